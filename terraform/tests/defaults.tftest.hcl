# The module with nothing set but a mail address.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
  # A test that applies must set ephemeral variables.
  smtp_password   = "unused"
  mailgun_api_key = "unused"
}

run "table" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.this.name == "ikr" && aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    error_message = "The table is named after the module and billed on demand."
  }

  assert {
    condition = (
      aws_dynamodb_table.this.hash_key == "account" &&
      aws_dynamodb_table.this.range_key == "item" &&
      tomap({ for attribute in aws_dynamodb_table.this.attribute : attribute.name => attribute.type }) == tomap({ account = "S", item = "S" })
    )
    error_message = "The keys of the table are account and item, both strings."
  }

  assert {
    condition     = aws_dynamodb_table.this.ttl[0].attribute_name == "delete_on" && aws_dynamodb_table.this.ttl[0].enabled
    error_message = "Items expire at delete_on."
  }

  assert {
    condition     = aws_dynamodb_table.this.stream_enabled && aws_dynamodb_table.this.stream_view_type == "OLD_IMAGE"
    error_message = "The stream contains the old image of an item."
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled && aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "The table has point-in-time recovery and deletion protection."
  }

  assert {
    condition     = !aws_dynamodb_table.this.server_side_encryption[0].enabled
    error_message = "The table is encrypted with the AWS owned key of DynamoDB."
  }
}

run "functions" {
  command = plan

  assert {
    condition     = tomap({ for key, function in aws_lambda_function.this : key => function.function_name }) == tomap({ rotator = "ikr-rotator", destructor = "ikr-destructor" })
    error_message = "There are two functions, named after the module."
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this :
      function.runtime == "nodejs24.x" && function.handler == "index.handler" && one(function.architectures) == "arm64"
    ])
    error_message = "The functions run on Node.js 24 on arm64."
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this :
      function.filename == "tests/archives/${key}.zip" && function.source_code_hash == filebase64sha256("tests/archives/${key}.zip")
    ])
    error_message = "Each function has its own archive, and a changed archive updates the function."
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this :
      function.timeout == 900 && function.memory_size == 256 && function.reserved_concurrent_executions == -1 &&
      function.tracing_config[0].mode == "PassThrough" && length(function.vpc_config) == 0
    ])
    error_message = "The functions have a timeout of 15 minutes, 256 MB, no reserved concurrency, no tracing and no VPC."
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this :
      tomap(function.environment[0].variables) == tomap({
        IAM_KEY_ROTATOR_TABLE = "ikr"
        MAIL_FROM             = "keys@example.com"
        MAIL_CLIENT           = "ses"
        ROTATE_AFTER_DAYS     = "80"
        DELETE_AFTER_DAYS     = "7"
        REQUIRE_NEW_KEY_USED  = "true"
        MAX_KEY_AGE_DAYS      = "90"
        RETRY_AFTER_MINS      = "5"
        ENCRYPT_KEY_PAIR      = "true"
        DRY_RUN               = "false"
        LOG_LEVEL             = "info"
      })
    ])
    error_message = "The environment contains every setting that has a value, and no other."
  }

  assert {
    condition = alltrue([
      for key, group in aws_cloudwatch_log_group.this :
      group.name == "/aws/lambda/ikr-${key}" && group.retention_in_days == 365 &&
      aws_lambda_function.this[key].logging_config[0].log_group == group.name
    ])
    error_message = "Each function has its own log group with a retention of a year."
  }
}

run "schedule" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.rotator.schedule_expression == "rate(6 hours)" && aws_scheduler_schedule.rotator.schedule_expression_timezone == "UTC" && aws_scheduler_schedule.rotator.state == "ENABLED"
    error_message = "The rotator runs every six hours."
  }

  assert {
    condition     = aws_scheduler_schedule.rotator.flexible_time_window[0].mode == "FLEXIBLE" && aws_scheduler_schedule.rotator.flexible_time_window[0].maximum_window_in_minutes == 15
    error_message = "The flexible time window is 15 minutes."
  }

  assert {
    condition     = aws_scheduler_schedule.rotator.target[0].input == "{}"
    error_message = "A scheduled run is for all users: an empty event."
  }

  assert {
    condition = (
      toset(keys(aws_lambda_function_event_invoke_config.rotator)) == toset(["$LATEST", "read", "support", "admin"]) &&
      alltrue([for key, config in aws_lambda_function_event_invoke_config.rotator : config.qualifier == key && config.maximum_retry_attempts == 0])
    )
    error_message = "A failed asynchronous invocation is not retried, with or without an alias: the next run resumes its work."
  }
}

run "stream" {
  command = plan

  assert {
    condition     = one(one(aws_lambda_event_source_mapping.destructor.filter_criteria).filter).pattern == "{\"eventName\":[\"REMOVE\"]}"
    error_message = "The filter passes removals by anybody, and no inserts and changes."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.destructor.function_response_types == toset(["ReportBatchItemFailures"]) &&
      aws_lambda_event_source_mapping.destructor.bisect_batch_on_function_error &&
      aws_lambda_event_source_mapping.destructor.maximum_retry_attempts > 0 &&
      aws_lambda_event_source_mapping.destructor.maximum_record_age_in_seconds > 0
    )
    error_message = "Only failed records are retried, in halves, and a limited number of times."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.destructor.enabled && aws_lambda_event_source_mapping.destructor.starting_position == "TRIM_HORIZON"
    error_message = "The destructor receives every removal."
  }
}

run "connections" {
  override_resource {
    target = aws_sqs_queue.failures["schedule"]
    values = { arn = "arn:aws:sqs:eu-west-1:111122223333:schedule" }
  }

  override_resource {
    target = aws_sqs_queue.failures["rotator"]
    values = { arn = "arn:aws:sqs:eu-west-1:111122223333:rotator" }
  }

  override_resource {
    target = aws_sqs_queue.failures["destructor"]
    values = { arn = "arn:aws:sqs:eu-west-1:111122223333:destructor" }
  }

  override_resource {
    target = aws_lambda_function.this["rotator"]
    values = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:rotator", version = "42" }
  }

  override_resource {
    target = aws_iam_role.function["rotator"]
    values = { arn = "arn:aws:iam::111122223333:role/rotator" }
  }

  override_resource {
    target = aws_lambda_function.this["destructor"]
    values = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:destructor" }
  }

  override_resource {
    target = aws_iam_role.function["destructor"]
    values = { arn = "arn:aws:iam::111122223333:role/destructor" }
  }

  override_resource {
    target = aws_iam_role.scheduler
    values = { arn = "arn:aws:iam::111122223333:role/scheduler" }
  }

  assert {
    condition     = alltrue([for key, queue in aws_sqs_queue.failures : queue.name == "ikr-${key}-failures" && queue.sqs_managed_sse_enabled && queue.message_retention_seconds == 1209600])
    error_message = "Each failure queue is encrypted and keeps messages for two weeks."
  }

  assert {
    condition = (
      aws_scheduler_schedule.rotator.target[0].dead_letter_config[0].arn == "arn:aws:sqs:eu-west-1:111122223333:schedule" &&
      alltrue([for config in aws_lambda_function_event_invoke_config.rotator : config.destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-west-1:111122223333:rotator"]) &&
      aws_lambda_event_source_mapping.destructor.destination_config[0].on_failure[0].destination_arn == "arn:aws:sqs:eu-west-1:111122223333:destructor"
    )
    error_message = "Each kind of work that fails for good has its own queue."
  }

  assert {
    condition = (
      aws_scheduler_schedule.rotator.target[0].arn == "arn:aws:lambda:eu-west-1:111122223333:function:rotator" &&
      aws_scheduler_schedule.rotator.target[0].role_arn == "arn:aws:iam::111122223333:role/scheduler" &&
      alltrue([for config in aws_lambda_function_event_invoke_config.rotator : config.function_name == "ikr-rotator"]) &&
      aws_lambda_event_source_mapping.destructor.function_name == "arn:aws:lambda:eu-west-1:111122223333:function:destructor" &&
      aws_lambda_event_source_mapping.destructor.event_source_arn == aws_dynamodb_table.this.stream_arn
    )
    error_message = "The schedule invokes the rotator without an alias, and the stream the destructor."
  }

  assert {
    condition     = alltrue([for alias in aws_lambda_alias.rotator : alias.function_version == "42" && alias.function_name == "ikr-rotator"])
    error_message = "Every alias points to the version that was published last."
  }

  assert {
    condition     = aws_lambda_function.this["rotator"].publish && !aws_lambda_function.this["destructor"].publish
    error_message = "Every change of the rotator publishes a version."
  }

  assert {
    condition     = alltrue([for key, function in aws_lambda_function.this : function.role == "arn:aws:iam::111122223333:role/${key}"])
    error_message = "Each function has its own role."
  }

  assert {
    condition     = alltrue([for key, policy in aws_sqs_queue_policy.failures : jsondecode(policy.policy).Statement[0].Effect == "Deny"])
    error_message = "The queues reject unencrypted connections."
  }
}
