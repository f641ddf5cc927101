# Missing archives.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from = "keys@example.com"
}

run "missing_archives" {
  command = plan

  variables {
    archive_directory = "tests/mocks"
  }

  expect_failures = [aws_lambda_function.this]
}
