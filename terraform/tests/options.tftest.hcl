# Options.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
}

run "every_setting_reaches_the_functions" {
  command = plan

  variables {
    name                  = "keys"
    table_name            = "key-journal"
    rotate_after_days     = 30
    delete_after_days     = 14
    deactivate_after_days = 10
    require_new_key_used  = false
    max_key_age_days      = 60
    retry_after_mins      = 20
    encrypt_key_pair      = false
    ssm_kms_key_id        = "alias/ikr"
    allowed_mail_domains  = ["example.com", "example.org"]
    max_rotations_per_run = 5
    dry_run               = true
    log_level             = "debug"
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this :
      tomap(function.environment[0].variables) == tomap({
        IAM_KEY_ROTATOR_TABLE = "key-journal"
        MAIL_FROM             = "keys@example.com"
        MAIL_CLIENT           = "ses"
        ROTATE_AFTER_DAYS     = "30"
        DELETE_AFTER_DAYS     = "14"
        DEACTIVATE_AFTER_DAYS = "10"
        REQUIRE_NEW_KEY_USED  = "false"
        MAX_KEY_AGE_DAYS      = "60"
        RETRY_AFTER_MINS      = "20"
        ENCRYPT_KEY_PAIR      = "false"
        SSM_KMS_KEY_ID        = "alias/ikr"
        ALLOWED_MAIL_DOMAINS  = "example.com,example.org"
        MAX_ROTATIONS_PER_RUN = "5"
        DRY_RUN               = "true"
        LOG_LEVEL             = "debug"
      })
    ])
    error_message = "Every setting reaches both functions."
  }

  assert {
    condition = (
      aws_dynamodb_table.this.name == "key-journal" &&
      aws_lambda_function.this["rotator"].function_name == "keys-rotator" &&
      aws_iam_role.function["destructor"].name == "keys-destructor" &&
      aws_iam_role.scheduler.name == "keys-scheduler" &&
      aws_cloudwatch_dashboard.this[0].dashboard_name == "keys" &&
      aws_cloudwatch_metric_alarm.this["key-too-old"].alarm_name == "keys-key-too-old"
    )
    error_message = "Resources are named after the module, and the table has the name that is set."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["key-too-old"].threshold == 60
    error_message = "The alarm follows max_key_age_days."
  }
}

run "customer_managed_keys" {
  command = plan

  variables {
    kms_key_arn         = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
    cw_logs_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000002"
    ssm_kms_key_id      = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000003"
    mail_client         = "smtp"
    smtp_server         = "smtp.example.com"
    smtp_password       = "from-the-test"
  }

  assert {
    condition = (
      aws_dynamodb_table.this.server_side_encryption[0].enabled &&
      aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
    )
    error_message = "The table is encrypted with kms_key_arn."
  }

  assert {
    condition     = alltrue([for key, group in aws_cloudwatch_log_group.this : group.kms_key_id == "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000002"])
    error_message = "The logs are encrypted with cw_logs_kms_key_arn."
  }

  assert {
    condition = (
      aws_ssm_parameter.smtp_password[0].key_id == "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000003" &&
      aws_lambda_function.this["rotator"].environment[0].variables.SSM_KMS_KEY_ID == "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000003"
    )
    error_message = "Parameters are encrypted with ssm_kms_key_id."
  }
}

run "table_without_protection" {
  command = plan

  variables {
    enable_deletion_protection = false
    enable_pitr                = false
  }

  assert {
    condition     = !aws_dynamodb_table.this.deletion_protection_enabled && !aws_dynamodb_table.this.point_in_time_recovery[0].enabled
    error_message = "Deletion protection and recovery can be disabled."
  }
}

run "functions_in_a_vpc" {
  command = plan

  variables {
    vpc_config = {
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = ["sg-0a1b2c3d4e5f60718"]
    }
    lambda_runtime                 = "nodejs22.x"
    xray_tracing_mode              = "Active"
    reserved_concurrent_executions = 3
    function_memory_size           = 512
    function_timeout               = 600
    cw_log_group_retention         = 90
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this :
      one(function.vpc_config[0].subnet_ids) == "subnet-0a1b2c3d4e5f60718" && one(function.vpc_config[0].security_group_ids) == "sg-0a1b2c3d4e5f60718"
    ])
    error_message = "Both functions are in the VPC."
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this :
      function.runtime == "nodejs22.x" && function.tracing_config[0].mode == "Active" && function.reserved_concurrent_executions == 3 &&
      function.memory_size == 512 && function.timeout == 600 && aws_cloudwatch_log_group.this[key].retention_in_days == 90
    ])
    error_message = "Both functions have the options that are set."
  }
}

run "roles_with_a_boundary" {
  command = plan

  variables {
    role_path                = "/service/"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
  }

  assert {
    condition = alltrue([
      for role in concat(values(aws_iam_role.function), [aws_iam_role.scheduler]) :
      role.path == "/service/" && role.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    ])
    error_message = "Every role has the path and the permissions boundary."
  }

  assert {
    condition     = alltrue([for policy in aws_iam_policy.people : policy.path == "/service/"])
    error_message = "Every policy has the path."
  }
}

run "disabled" {
  command = plan

  variables {
    enabled = false
  }

  assert {
    condition     = aws_scheduler_schedule.rotator.state == "DISABLED" && !aws_lambda_event_source_mapping.destructor.enabled
    error_message = "Neither the schedule nor the stream invokes the functions."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : !alarm.actions_enabled])
    error_message = "Alarms notify nobody."
  }
}

run "schedule_with_cron" {
  command = plan

  variables {
    schedule_expression           = "cron(0 6,18 * * ? *)"
    schedule_timezone             = "Europe/Berlin"
    schedule_flexible_window_mins = 0
    alarm_topic_arn               = "arn:aws:sns:eu-west-1:111122223333:alarms"
  }

  assert {
    condition = (
      aws_scheduler_schedule.rotator.schedule_expression == "cron(0 6,18 * * ? *)" &&
      aws_scheduler_schedule.rotator.schedule_expression_timezone == "Europe/Berlin" &&
      aws_scheduler_schedule.rotator.flexible_time_window[0].mode == "OFF"
    )
    error_message = "The rotator runs at the time that is set."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].evaluation_periods == 49
    error_message = "The interval of cron(…) is unknown: two days and an hour."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      one(alarm.alarm_actions) == "arn:aws:sns:eu-west-1:111122223333:alarms" && one(alarm.ok_actions) == "arn:aws:sns:eu-west-1:111122223333:alarms"
    ])
    error_message = "The topic is notified when an alarm is raised and when it ends."
  }
}

run "missed_schedule_with_frequent_runs" {
  command = plan

  variables {
    schedule_expression = "rate(45 minutes)"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].evaluation_periods == 3
    error_message = "Twice the interval in full hours plus one hour."
  }
}

run "missed_schedule_with_hours_set" {
  command = plan

  variables {
    schedule_expression         = "rate(1 day)"
    alarm_missed_schedule_hours = 25
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].evaluation_periods == 25
    error_message = "alarm_missed_schedule_hours takes precedence."
  }
}

run "no_alarms_and_no_dashboard" {
  command = plan

  variables {
    create_alarms    = false
    create_dashboard = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0 && length(aws_cloudwatch_dashboard.this) == 0 && output.dashboard_name == null
    error_message = "Alarms and dashboard can be omitted."
  }
}

run "tags" {
  command = plan

  variables {
    tags = { Service = "keys" }
  }

  assert {
    condition = alltrue([
      for tagged in concat(
        [aws_dynamodb_table.this.tags, aws_scheduler_schedule_group.this.tags, aws_iam_role.scheduler.tags, aws_lambda_event_source_mapping.destructor.tags],
        values(aws_lambda_function.this)[*].tags, values(aws_cloudwatch_log_group.this)[*].tags, values(aws_iam_role.function)[*].tags,
        values(aws_iam_policy.people)[*].tags, values(aws_sqs_queue.failures)[*].tags, values(aws_cloudwatch_metric_alarm.this)[*].tags,
      ) : tagged == tomap({ Service = "keys" })
    ])
    error_message = "All resources that support tags have them."
  }
}
