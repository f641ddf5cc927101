# Invalid values, and valid ones at the limits, of the SMTP and Mailgun variables.
# A test in the repository checks that every validation has a run.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
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

run "mailgun_api_url_without_tls" {
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
