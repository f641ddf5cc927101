# The group has the tags, which a schedule can't have, and bounds who may use the role.
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
    arn      = aws_lambda_function.this["rotator"].arn
    role_arn = aws_iam_role.scheduler.arn
    # Everybody in the account.
    input = jsonencode({})

    # For the call of the function, not for what the function does.
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

# Scheduler calls asynchronously, and Lambda would run a function that failed twice more. The next
# scheduled run takes everything up where it was left, so a failure is only told.
resource "aws_lambda_function_event_invoke_config" "rotator" {
  function_name                = aws_lambda_function.this["rotator"].function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 3600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures["rotator"].arn
    }
  }
}
