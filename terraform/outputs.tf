output "table_name" {
  description = "Name of the DynamoDB table."
  value       = aws_dynamodb_table.this.name
}

output "table_arn" {
  description = "ARN of the DynamoDB table."
  value       = aws_dynamodb_table.this.arn
}

output "rotator_function_name" {
  description = "Name of the rotator function, as `ikr --function` wants it."
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
  description = "ARN of the role that the rotator runs as."
  value       = aws_iam_role.function["rotator"].arn
}

output "destructor_role_arn" {
  description = "ARN of the role that the destructor runs as."
  value       = aws_iam_role.function["destructor"].arn
}

output "schedule_name" {
  description = "Group and name of the schedule that calls the rotator."
  value       = "${aws_scheduler_schedule.rotator.group_name}/${aws_scheduler_schedule.rotator.name}"
}

output "log_group_names" {
  description = "Names of the log groups, by function."
  value       = { for key, group in aws_cloudwatch_log_group.this : key => group.name }
}

output "failure_queue_urls" {
  description = "URLs of the queues with what was given up: schedules that could not start (`schedule`), runs that failed (`rotator`), stream records (`destructor`)."
  value       = { for key, queue in aws_sqs_queue.failures : key => queue.url }
}

output "mail_secret_parameter_name" {
  description = "Name of the SSM parameter with the SMTP password or the Mailgun key; null with SES."
  value       = local.mail_secret_name
}

output "user_policy_arn" {
  description = "ARN of the policy that lets an IAM user read the content key of the user's own sealed key pair. Attach it to the managed users or to a group of theirs."
  value       = aws_iam_policy.people["user"].arn
}

output "operator_policy_arn" {
  description = "ARN of the policy for people who use `ikr tag`, `status`, `history` and `cancel`."
  value       = aws_iam_policy.people["operator"].arn
}

output "operator_rotation_policy_arn" {
  description = "ARN of the policy for people who use `ikr rotate` and `ikr resend`, in addition to the one for operators. It allows what the rotator may do."
  value       = aws_iam_policy.people["operator_rotation"].arn
}

output "alarm_names" {
  description = "Names of the alarms."
  value       = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard; null without one."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}
