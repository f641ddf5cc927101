# Invalid values, and valid ones at the limits, of the general mail and SES variables.
# A test in the repository checks that every validation has a run.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
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
