# Every variable refuses what it does not allow. A test in the repository sees to it that no
# validation is without a run here.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
}

run "name_with_a_slash" {
  command = plan

  variables {
    name = "a/b"
  }

  expect_failures = [var.name]
}

run "name_too_short" {
  command = plan

  variables {
    name = "ab"
  }

  expect_failures = [var.name]
}

run "name_that_parameters_may_not_have" {
  command = plan

  variables {
    name = "SSM-keys"
  }

  expect_failures = [var.name]
}

run "name_that_begins_with_a_digit" {
  command = plan

  variables {
    name = "1st"
  }

  expect_failures = [var.name]
}

run "name_too_long" {
  command = plan

  variables {
    name = "a12345678901234567890123456789012"
  }

  expect_failures = [var.name]
}

run "log_level_unknown" {
  command = plan

  variables {
    log_level = "verbose"
  }

  expect_failures = [var.log_level]
}

run "tags_of_aws" {
  command = plan

  variables {
    tags = { "aws:owner" = "me" }
  }

  expect_failures = [var.tags]
}

run "rotate_after_days_zero" {
  command = plan

  variables {
    rotate_after_days = 0
  }

  expect_failures = [var.rotate_after_days]
}

run "rotate_after_days_fraction" {
  command = plan

  variables {
    rotate_after_days = 1.5
  }

  expect_failures = [var.rotate_after_days]
}

run "delete_after_days_zero" {
  command = plan

  variables {
    delete_after_days = 0
  }

  expect_failures = [var.delete_after_days]
}

run "delete_after_days_fraction" {
  command = plan

  variables {
    delete_after_days = 6.5
  }

  expect_failures = [var.delete_after_days]
}

run "deactivate_after_days_zero" {
  command = plan

  variables {
    deactivate_after_days = 0
  }

  expect_failures = [var.deactivate_after_days]
}

run "deactivate_after_days_with_delete_after_days" {
  command = plan

  variables {
    deactivate_after_days = 7
  }

  expect_failures = [var.deactivate_after_days]
}

run "deactivate_after_days_after_delete_after_days" {
  command = plan

  variables {
    delete_after_days     = 8
    deactivate_after_days = 9
  }

  expect_failures = [var.deactivate_after_days]
}

run "max_key_age_days_fraction" {
  command = plan

  variables {
    max_key_age_days = 90.5
  }

  expect_failures = [var.max_key_age_days]
}

run "max_key_age_days_before_the_deletion" {
  command = plan

  variables {
    max_key_age_days = 86
  }

  expect_failures = [var.max_key_age_days]
}

run "max_key_age_days_with_late_rotation" {
  command = plan

  variables {
    rotate_after_days = 88
    max_key_age_days  = 90
  }

  expect_failures = [var.max_key_age_days]
}

run "retry_after_mins_zero" {
  command = plan

  variables {
    retry_after_mins = 0
  }

  expect_failures = [var.retry_after_mins]
}

run "max_rotations_per_run_zero" {
  command = plan

  variables {
    max_rotations_per_run = 0
  }

  expect_failures = [var.max_rotations_per_run]
}

run "user_path_without_slash_at_the_end" {
  command = plan

  variables {
    user_path = "/people"
  }

  expect_failures = [var.user_path]
}

run "user_path_with_a_wildcard" {
  command = plan

  variables {
    user_path = "/*/"
  }

  expect_failures = [var.user_path]
}

run "mail_client_unknown" {
  command = plan

  variables {
    mail_client = "sendmail"
  }

  expect_failures = [var.mail_client]
}

run "mail_from_without_domain" {
  command = plan

  variables {
    mail_from = "keys"
  }

  expect_failures = [var.mail_from]
}

run "mail_from_with_an_open_bracket" {
  command = plan

  variables {
    mail_from = "Keys <keys@example.com"
  }

  expect_failures = [var.mail_from]
}

run "mail_from_with_a_closing_bracket" {
  command = plan

  variables {
    mail_from = "keys@example.com>"
  }

  expect_failures = [var.mail_from]
}

run "mail_from_with_a_line_break" {
  command = plan

  variables {
    mail_from = "Keys\nBcc: x@example.org <keys@example.com>"
  }

  expect_failures = [var.mail_from]
}

run "allowed_mail_domains_with_a_wildcard" {
  command = plan

  variables {
    allowed_mail_domains = ["*.example.com"]
  }

  expect_failures = [var.allowed_mail_domains]
}

run "allowed_mail_domains_with_an_address" {
  command = plan

  variables {
    allowed_mail_domains = ["me@example.com"]
  }

  expect_failures = [var.allowed_mail_domains]
}

run "ses_region_of_nowhere" {
  command = plan

  variables {
    ses_region = "Ireland"
  }

  expect_failures = [var.ses_region]
}

run "mail_source_arn_of_something_else" {
  command = plan

  variables {
    mail_source_arn = "arn:aws:sns:eu-west-1:111122223333:topic"
  }

  expect_failures = [var.mail_source_arn]
}

run "ses_resource_arns_of_something_else" {
  command = plan

  variables {
    ses_resource_arns = ["arn:aws:iam::111122223333:role/any"]
  }

  expect_failures = [var.ses_resource_arns]
}

run "smtp_server_with_a_protocol" {
  command = plan

  variables {
    smtp_server = "smtp://smtp.example.com"
  }

  expect_failures = [var.smtp_server]
}

run "smtp_server_missing" {
  command = plan

  variables {
    mail_client             = "smtp"
    smtp_password_parameter = "/mail/password"
    smtp_server             = null
  }

  expect_failures = [var.smtp_server]
}

run "smtp_port_zero" {
  command = plan

  variables {
    smtp_port = 0
  }

  expect_failures = [var.smtp_port]
}

run "smtp_port_too_high" {
  command = plan

  variables {
    smtp_port = 65536
  }

  expect_failures = [var.smtp_port]
}

run "smtp_protocol_none" {
  command = plan

  variables {
    smtp_protocol = "none"
  }

  expect_failures = [var.smtp_protocol]
}

run "smtp_user_with_a_line_break" {
  command = plan

  variables {
    smtp_user = "a\nb"
  }

  expect_failures = [var.smtp_user]
}

run "smtp_password_missing" {
  command = plan

  variables {
    mail_client   = "smtp"
    smtp_server   = "smtp.example.com"
    smtp_password = null
  }

  expect_failures = [var.smtp_password]
}

run "smtp_password_twice" {
  command = plan

  variables {
    mail_client             = "smtp"
    smtp_server             = "smtp.example.com"
    smtp_password_parameter = "/mail/password"
    smtp_password           = "from-the-test"
  }

  expect_failures = [var.smtp_password]
}

run "smtp_password_version_zero" {
  command = plan

  variables {
    smtp_password_version = 0
  }

  expect_failures = [var.smtp_password_version]
}

run "smtp_password_parameter_with_a_blank" {
  command = plan

  variables {
    smtp_password_parameter = "my password"
  }

  expect_failures = [var.smtp_password_parameter]
}

run "mailgun_api_url_in_clear" {
  command = plan

  variables {
    mailgun_api_url = "http://api.mailgun.net"
  }

  expect_failures = [var.mailgun_api_url]
}

run "mailgun_api_url_with_a_path" {
  command = plan

  variables {
    mailgun_api_url = "https://api.mailgun.net/v3/mg.example.com"
  }

  expect_failures = [var.mailgun_api_url]
}

run "mailgun_domain_with_an_address" {
  command = plan

  variables {
    mailgun_domain = "me@mg.example.com"
  }

  expect_failures = [var.mailgun_domain]
}

run "mailgun_domain_missing" {
  command = plan

  variables {
    mail_client          = "mailgun"
    mailgun_api_key_name = "/mail/key"
    mailgun_domain       = null
  }

  expect_failures = [var.mailgun_domain]
}

run "mailgun_api_key_missing" {
  command = plan

  variables {
    mail_client     = "mailgun"
    mailgun_domain  = "mg.example.com"
    mailgun_api_key = null
  }

  expect_failures = [var.mailgun_api_key]
}

run "mailgun_api_key_twice" {
  command = plan

  variables {
    mail_client          = "mailgun"
    mailgun_domain       = "mg.example.com"
    mailgun_api_key_name = "/mail/key"
    mailgun_api_key      = "from-the-test"
  }

  expect_failures = [var.mailgun_api_key]
}

run "mailgun_api_key_version_fraction" {
  command = plan

  variables {
    mailgun_api_key_version = 1.5
  }

  expect_failures = [var.mailgun_api_key_version]
}

run "mailgun_api_key_name_with_a_colon" {
  command = plan

  variables {
    mailgun_api_key_name = "arn:aws:ssm"
  }

  expect_failures = [var.mailgun_api_key_name]
}

run "mail_secret_kms_key_arn_of_an_alias" {
  command = plan

  variables {
    mail_secret_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/mail"
  }

  expect_failures = [var.mail_secret_kms_key_arn]
}

run "table_name_too_short" {
  command = plan

  variables {
    table_name = "ab"
  }

  expect_failures = [var.table_name]
}

run "table_name_with_a_slash" {
  command = plan

  variables {
    table_name = "iam/keys"
  }

  expect_failures = [var.table_name]
}

run "kms_key_arn_of_an_alias" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/table"
  }

  expect_failures = [var.kms_key_arn]
}

run "ssm_kms_key_id_of_nothing" {
  command = plan

  variables {
    ssm_kms_key_id = "my key"
  }

  expect_failures = [var.ssm_kms_key_id]
}

run "lambda_runtime_of_the_past" {
  command = plan

  variables {
    lambda_runtime = "nodejs18.x"
  }

  expect_failures = [var.lambda_runtime]
}

run "function_memory_size_too_small" {
  command = plan

  variables {
    function_memory_size = 64
  }

  expect_failures = [var.function_memory_size]
}

run "function_memory_size_too_large" {
  command = plan

  variables {
    function_memory_size = 10241
  }

  expect_failures = [var.function_memory_size]
}

run "function_timeout_too_short" {
  command = plan

  variables {
    function_timeout = 120
  }

  expect_failures = [var.function_timeout]
}

run "function_timeout_too_long" {
  command = plan

  variables {
    function_timeout = 901
  }

  expect_failures = [var.function_timeout]
}

run "reserved_concurrent_executions_negative" {
  command = plan

  variables {
    reserved_concurrent_executions = -2
  }

  expect_failures = [var.reserved_concurrent_executions]
}

run "xray_tracing_mode_unknown" {
  command = plan

  variables {
    xray_tracing_mode = "On"
  }

  expect_failures = [var.xray_tracing_mode]
}

run "vpc_config_without_subnets" {
  command = plan

  variables {
    vpc_config = { subnet_ids = [], security_group_ids = ["sg-0a1b2c3d4e5f60718"] }
  }

  expect_failures = [var.vpc_config]
}

run "vpc_config_without_security_groups" {
  command = plan

  variables {
    vpc_config = { subnet_ids = ["subnet-0a1b2c3d4e5f60718"], security_group_ids = [] }
  }

  expect_failures = [var.vpc_config]
}

run "cw_log_group_retention_of_a_fortnight_and_a_day" {
  command = plan

  variables {
    cw_log_group_retention = 15
  }

  expect_failures = [var.cw_log_group_retention]
}

run "cw_logs_kms_key_arn_of_an_id" {
  command = plan

  variables {
    cw_logs_kms_key_arn = "0a1b2c3d-0000-4000-8000-000000000000"
  }

  expect_failures = [var.cw_logs_kms_key_arn]
}

run "role_path_without_slash" {
  command = plan

  variables {
    role_path = "service"
  }

  expect_failures = [var.role_path]
}

run "permissions_boundary_arn_of_a_role" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "schedule_expression_in_words" {
  command = plan

  variables {
    schedule_expression = "every 6 hours"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_expression_with_five_fields" {
  command = plan

  variables {
    schedule_expression = "cron(0 6 * * ?)"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_expression_too_often" {
  command = plan

  variables {
    schedule_expression = "rate(5 minutes)"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_expression_too_rare" {
  command = plan

  variables {
    schedule_expression = "rate(2 days)"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_expression_once" {
  command = plan

  variables {
    schedule_expression = "at(2030-01-01T00:00:00)"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_timezone_with_a_blank" {
  command = plan

  variables {
    schedule_timezone = "Central European"
  }

  expect_failures = [var.schedule_timezone]
}

run "schedule_flexible_window_mins_too_long" {
  command = plan

  variables {
    schedule_flexible_window_mins = 1441
  }

  expect_failures = [var.schedule_flexible_window_mins]
}

run "schedule_flexible_window_mins_negative" {
  command = plan

  variables {
    schedule_flexible_window_mins = -1
  }

  expect_failures = [var.schedule_flexible_window_mins]
}

run "alarm_topic_arn_of_a_fifo_topic" {
  command = plan

  variables {
    alarm_topic_arn = "arn:aws:sns:eu-west-1:111122223333:alarms.fifo"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "alarm_missed_schedule_hours_zero" {
  command = plan

  variables {
    alarm_missed_schedule_hours = 0
  }

  expect_failures = [var.alarm_missed_schedule_hours]
}

run "alarm_missed_schedule_hours_over_a_week" {
  command = plan

  variables {
    alarm_missed_schedule_hours = 169
  }

  expect_failures = [var.alarm_missed_schedule_hours]
}

# And what is allowed but looks odd is let through.

run "mail_from_with_a_name" {
  command = plan

  variables {
    mail_from = "\"Keys, Ltd.\" <keys+ikr@mail.example.co.uk>"
  }
}

run "mail_from_with_a_name_beyond_ascii" {
  command = plan

  variables {
    mail_from = "Schlüssel <keys@example.com>"
  }
}

run "names_of_three_letters" {
  command = plan

  variables {
    name = "x-1"
  }
}

run "schedules_of_a_day" {
  command = plan

  variables {
    schedule_expression = "rate(1 day)"
  }
}

run "schedules_of_half_an_hour" {
  command = plan

  variables {
    schedule_expression = "rate(30 minutes)"
  }
}

run "schedules_by_the_clock" {
  command = plan

  variables {
    schedule_expression = "cron(0/30 6-18 ? * MON-FRI *)"
  }
}

run "time_zones_with_three_parts" {
  command = plan

  variables {
    schedule_timezone = "America/Argentina/Buenos_Aires"
  }
}

run "functions_that_are_stopped" {
  command = plan

  variables {
    reserved_concurrent_executions = 0
  }
}

run "logs_for_ever" {
  command = plan

  variables {
    cw_log_group_retention = 0
  }
}

run "rotation_at_the_last_moment" {
  command = plan

  variables {
    rotate_after_days = 83
  }
}
