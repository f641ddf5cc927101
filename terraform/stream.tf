resource "aws_lambda_event_source_mapping" "destructor" {
  event_source_arn = aws_dynamodb_table.this.stream_arn
  function_name    = aws_lambda_function.this["destructor"].arn
  enabled          = var.enabled

  # A timer that was removed before the mapping existed must not be lost.
  starting_position = "TRIM_HORIZON"

  # Removals by the TTL service mean that a key is due, removals by anybody else are vetoes; the code
  # tells them apart by `userIdentity`. The filter is not narrowed to timers: their keys are
  # `<user ID>/timer/<access key ID>`, and a filter pattern can match a prefix or a suffix only.
  filter_criteria {
    filter {
      pattern = jsonencode({ eventName = ["REMOVE"] })
    }
  }

  # The function processes a batch in parallel; records of one user arrive in order.
  batch_size                         = 50
  maximum_batching_window_in_seconds = 5
  parallelization_factor             = 2

  # The code sets a new timer when a deactivation or deletion fails. Only records whose new timer
  # could not be written are retried here, a limited number of times; after that the next run of the
  # rotator finds them.
  function_response_types        = ["ReportBatchItemFailures"]
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = 10
  maximum_record_age_in_seconds  = 21600

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failures["destructor"].arn
    }
  }

  tags = var.tags

  depends_on = [aws_iam_role_policy.function]
}
