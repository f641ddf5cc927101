# A schedule cannot have tags, so its group has them. The group also limits who may assume the role.
resource "aws_scheduler_schedule_group" "this" {
  name = var.name
  tags = var.tags
}

resource "aws_scheduler_schedule" "rotator" {
  # checkov:skip=CKV_AWS_297: the schedule holds an empty event and no secret
  name                         = local.function_names.rotator
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = "Runs the IAM key rotator"
  state                        = var.enabled ? "ENABLED" : "DISABLED"
  schedule_expression          = var.schedule_expression
  schedule_expression_timezone = var.schedule_timezone

  flexible_time_window {
    mode                      = var.schedule_flexible_window_mins == 0 ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = var.schedule_flexible_window_mins == 0 ? null : var.schedule_flexible_window_mins
  }

  target {
    # Without an alias: see aliases.tf.
    arn      = aws_lambda_function.this["rotator"].arn
    role_arn = aws_iam_role.scheduler.arn
    # All managed users of the account.
    input = jsonencode({})

    # Retries of the invocation itself; aliases.tf says what happens when the function fails.
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }

    dead_letter_config {
      arn = aws_sqs_queue.failures["schedule"].arn
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}
