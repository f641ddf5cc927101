output "table_name" {
  description = "Name of the DynamoDB table."
  value       = aws_dynamodb_table.this.name
}

output "table_arn" {
  description = "ARN of the DynamoDB table."
  value       = aws_dynamodb_table.this.arn
}

output "rotator_function_name" {
  description = "Name of the rotator function, for `ikr --function`."
  value       = aws_lambda_function.this["rotator"].function_name
}

output "rotator_function_arn" {
  description = "ARN of the rotator function."
  value       = aws_lambda_function.this["rotator"].arn
}

output "destructor_function_name" {
  description = "Name of the destructor function."
  value       = aws_lambda_function.this["destructor"].function_name
}

output "destructor_function_arn" {
  description = "ARN of the destructor function."
  value       = aws_lambda_function.this["destructor"].arn
}

output "rotator_role_arn" {
  description = "ARN of the execution role of the rotator."
  value       = aws_iam_role.function["rotator"].arn
}

output "destructor_role_arn" {
  description = "ARN of the execution role of the destructor."
  value       = aws_iam_role.function["destructor"].arn
}

output "schedule_name" {
  description = "Group and name of the schedule that invokes the rotator."
  value       = "${aws_scheduler_schedule.rotator.group_name}/${aws_scheduler_schedule.rotator.name}"
}

output "log_group_names" {
  description = "Names of the log groups, by function."
  value       = { for key, group in aws_cloudwatch_log_group.this : key => group.name }
}

output "failure_queue_urls" {
  description = "URLs of the queues with work that failed for good: schedules that could not invoke the function (`schedule`), failed invocations (`rotator`), stream records (`destructor`)."
  value       = { for key, queue in aws_sqs_queue.failures : key => queue.url }
}

output "mail_secret_parameter_name" {
  description = "Name of the SSM parameter with the SMTP password or the Mailgun API key; null with SES."
  value       = local.mail_secret_name
}

output "user_policy_arn" {
  description = "ARN of the policy that allows an IAM user to read the content key of the user's own sealed key pair, and nothing else. Attach it to the managed users or to a group of theirs."
  value       = aws_iam_policy.people["user"].arn
}

output "helpdesk_policy_arn" {
  description = "ARN of the policy that allows reading the content key of any sealed key pair, and nothing else: for people who open sealed mails for owners without console or CLI."
  value       = aws_iam_policy.people["helpdesk"].arn
}

output "read_policy_arn" {
  description = "ARN of the policy for commands that look at rotations, such as `ikr status` and `history`."
  value       = aws_iam_policy.people["read"].arn
}

output "support_policy_arn" {
  description = "ARN of the policy for commands that help one owner, such as `ikr resend` and `cancel`."
  value       = aws_iam_policy.people["support"].arn
}

output "admin_policy_arn" {
  description = "ARN of the policy for commands that create, deactivate or delete access keys, such as `ikr rotate`."
  value       = aws_iam_policy.people["admin"].arn
}

output "tagging_policy_arn" {
  description = "ARN of the policy for `ikr tag`: read the tags of users and set `IKR:` tags."
  value       = aws_iam_policy.people["tagging"].arn
}

output "alarm_names" {
  description = "Names of the alarms."
  value       = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard; null without one."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}
