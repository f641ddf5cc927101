# The mail services.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "Access keys <keys@mail.example.com>"
  archive_directory = "tests/archives"
  # A test that applies must set ephemeral variables.
  smtp_password   = "unused"
  mailgun_api_key = "unused"
}

run "ses_identity_of_another_account" {
  command = plan

  variables {
    ses_region      = "us-east-1"
    mail_source_arn = "arn:aws:ses:us-east-1:444455556666:identity/example.com"
  }

  assert {
    condition = (
      aws_lambda_function.this["destructor"].environment[0].variables.SES_REGION == "us-east-1" &&
      aws_lambda_function.this["destructor"].environment[0].variables.MAIL_SOURCE_ARN == "arn:aws:ses:us-east-1:444455556666:identity/example.com"
    )
    error_message = "The functions use the Region and the identity that are set."
  }

  assert {
    condition     = length(aws_ssm_parameter.smtp_password) == 0 && length(aws_ssm_parameter.mailgun_api_key) == 0 && output.mail_secret_parameter_name == null
    error_message = "SES needs no secret."
  }
}

run "smtp" {
  variables {
    mail_client   = "smtp"
    smtp_server   = "smtp.example.com"
    smtp_port     = 2587
    smtp_user     = "robot"
    smtp_password = "from-the-test"
  }

  assert {
    condition = (
      aws_ssm_parameter.smtp_password[0].name == "/ikr/mail/smtp-password" &&
      aws_ssm_parameter.smtp_password[0].type == "SecureString" &&
      aws_ssm_parameter.smtp_password[0].value_wo == null &&
      aws_ssm_parameter.smtp_password[0].value_wo_version == 1
    )
    error_message = "The password is written to a parameter and is not stored in the state."
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this : tomap({
        for name, value in function.environment[0].variables : name => value if startswith(name, "SMTP_") || startswith(name, "MAIL")
        }) == tomap({
        MAIL_CLIENT             = "smtp"
        MAIL_FROM               = "Access keys <keys@mail.example.com>"
        SMTP_SERVER             = "smtp.example.com"
        SMTP_PORT               = "2587"
        SMTP_PROTOCOL           = "tls"
        SMTP_USER               = "robot"
        SMTP_PASSWORD_PARAMETER = "/ikr/mail/smtp-password"
      })
    ])
    error_message = "The environment names the server and the parameter, and does not contain the password."
  }
}

run "smtp_with_an_existing_parameter" {
  command = plan

  variables {
    mail_client             = "smtp"
    smtp_server             = "smtp.example.com"
    smtp_protocol           = "ssl"
    smtp_password_parameter = "/mail/password"
    smtp_password           = null
  }

  assert {
    condition     = length(aws_ssm_parameter.smtp_password) == 0 && output.mail_secret_parameter_name == "/mail/password"
    error_message = "No parameter is created."
  }

  assert {
    condition = (
      aws_lambda_function.this["rotator"].environment[0].variables.SMTP_PASSWORD_PARAMETER == "/mail/password" &&
      aws_lambda_function.this["rotator"].environment[0].variables.SMTP_PROTOCOL == "ssl" &&
      !contains(keys(aws_lambda_function.this["rotator"].environment[0].variables), "SMTP_PORT")
    )
    error_message = "The functions read the existing parameter, and settings without a value are omitted."
  }
}

run "mailgun" {
  variables {
    mail_client             = "mailgun"
    mailgun_domain          = "mg.example.com"
    mailgun_api_url         = "https://api.eu.mailgun.net"
    mailgun_api_key         = "from-the-test"
    mailgun_api_key_version = 3
  }

  assert {
    condition = (
      aws_ssm_parameter.mailgun_api_key[0].name == "/ikr/mail/mailgun-api-key" &&
      aws_ssm_parameter.mailgun_api_key[0].type == "SecureString" &&
      aws_ssm_parameter.mailgun_api_key[0].value_wo == null &&
      aws_ssm_parameter.mailgun_api_key[0].value_wo_version == 3
    )
    error_message = "The API key is written to a parameter and is not stored in the state."
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this : tomap({
        for name, value in function.environment[0].variables : name => value if startswith(name, "MAILGUN_")
        }) == tomap({
        MAILGUN_API_URL      = "https://api.eu.mailgun.net"
        MAILGUN_DOMAIN       = "mg.example.com"
        MAILGUN_API_KEY_NAME = "/ikr/mail/mailgun-api-key"
      })
    ])
    error_message = "The environment names the domain and the parameter, and does not contain the API key."
  }
}

run "mailgun_with_an_existing_parameter" {
  command = plan

  variables {
    mail_client          = "mailgun"
    mailgun_domain       = "mg.example.com"
    mailgun_api_key_name = "mailgun-key"
    mailgun_api_key      = null
  }

  assert {
    condition     = length(aws_ssm_parameter.mailgun_api_key) == 0 && aws_lambda_function.this["rotator"].environment[0].variables.MAILGUN_API_KEY_NAME == "mailgun-key"
    error_message = "No parameter is created."
  }
}
