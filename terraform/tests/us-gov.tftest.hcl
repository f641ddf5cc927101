# AWS GovCloud (US).
mock_provider "aws" {
  source = "./tests/mocks/us-gov"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
  kms_key_arn       = "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
  ssm_kms_key_id    = "alias/ikr"
  alarm_topic_arn   = "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alarms"
}

run "every_arn_is_of_the_partition" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for document in concat(
        values(aws_iam_role_policy.function)[*].policy, values(aws_iam_policy.people)[*].policy, values(aws_sqs_queue_policy.failures)[*].policy,
        [aws_iam_role_policy.scheduler.policy, aws_iam_role.scheduler.assume_role_policy],
      ) : [for arn in regexall("arn:[^:\"]+:", document) : arn == "arn:aws-us-gov:"]
    ]))
    error_message = "A policy contains an ARN of another partition."
  }
}
