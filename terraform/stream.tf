resource "aws_lambda_event_source_mapping" "destructor" {
  event_source_arn = aws_dynamodb_table.this.stream_arn
  function_name    = aws_lambda_function.this["destructor"].arn
  enabled          = var.enabled

  # A timer that was removed before the mapping existed must not be missed.
  starting_position = "TRIM_HORIZON"

  # Removals by the TTL service and by people: the first are due, the second are vetoes. Which is
  # which is decided in the code, from `userIdentity`.
  filter_criteria {
    filter {
      pattern = jsonencode({ eventName = ["REMOVE"] })
    }
  }

  # A batch is worked on in parallel; records of one user always come in order.
  batch_size                         = 50
  maximum_batching_window_in_seconds = 5
  parallelization_factor             = 2

  # The code sets a timer again when a destruction fails. Only what it could not even set again
  # comes back here, a bounded number of times; then the next run of the rotator finds it.
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
