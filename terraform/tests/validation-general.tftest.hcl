# Invalid values, and valid ones at the limits, of the general variables.
# A test in the repository checks that every validation has a run.
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

run "name_of_three_letters" {
  command = plan

  variables {
    name = "x-1"
  }
}
