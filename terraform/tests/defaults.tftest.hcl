# What one gets for a mail address alone.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
  # Terraform wants an ephemeral variable set in a test that applies.
  smtp_password   = "unused"
  mailgun_api_key = "unused"
}

run "table" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.this.name == "ikr" && aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    error_message = "The table is called like the module and paid by use."
  }

  assert {
    condition = (
      aws_dynamodb_table.this.hash_key == "user" &&
      aws_dynamodb_table.this.range_key == "ak" &&
      tomap({ for attribute in aws_dynamodb_table.this.attribute : attribute.name => attribute.type }) == tomap({ user = "S", ak = "S" })
    )
    error_message = "The table's keys are user and ak, both strings."
  }

  assert {
    condition     = aws_dynamodb_table.this.ttl[0].attribute_name == "delete_on" && aws_dynamodb_table.this.ttl[0].enabled
    error_message = "Timers expire by delete_on."
  }

  assert {
    condition     = aws_dynamodb_table.this.stream_enabled && aws_dynamodb_table.this.stream_view_type == "OLD_IMAGE"
    error_message = "The stream carries what an item was before."
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled && aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "The table can be restored and is protected from deletion."
  }

  assert {
    condition     = !aws_dynamodb_table.this.server_side_encryption[0].enabled
    error_message = "The table is encrypted with the key that DynamoDB owns."
  }
}

run "functions" {
  command = plan

  assert {
    condition     = tomap({ for key, function in aws_lambda_function.this : key => function.function_name }) == tomap({ rotator = "ikr-rotator", destructor = "ikr-destructor" })
    error_message = "There are two functions, called after the module."
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
    error_message = "Each function has its own archive, and a changed archive changes the function."
  }

  assert {
    condition = alltrue([
      for key, function in aws_lambda_function.this :
      function.timeout == 900 && function.memory_size == 256 && function.reserved_concurrent_executions == -1 &&
      function.tracing_config[0].mode == "PassThrough" && length(function.vpc_config) == 0
    ])
    error_message = "The functions have 15 minutes and 256 MB, reserve no concurrency, are not traced and not in a VPC."
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
    error_message = "The functions get every setting that has a value, and no other."
  }

  assert {
    condition = alltrue([
      for key, group in aws_cloudwatch_log_group.this :
      group.name == "/aws/lambda/ikr-${key}" && group.retention_in_days == 365 &&
      aws_lambda_function.this[key].logging_config[0].log_group == group.name
    ])
    error_message = "Each function logs to its own group, which keeps a year."
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
    error_message = "Scheduler may choose the moment within a quarter of an hour."
  }

  assert {
    condition     = aws_scheduler_schedule.rotator.target[0].input == "{}"
    error_message = "A scheduled run is for everybody: an empty event."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.rotator.maximum_retry_attempts == 0
    error_message = "A run that failed is not repeated: the next one takes it up."
  }
}

run "stream" {
  command = plan

  assert {
    condition     = one(one(aws_lambda_event_source_mapping.destructor.filter_criteria).filter).pattern == "{\"eventName\":[\"REMOVE\"]}"
    error_message = "Removals pass, of whoever removed the item; inserts and changes do not."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.destructor.function_response_types == toset(["ReportBatchItemFailures"]) &&
      aws_lambda_event_source_mapping.destructor.bisect_batch_on_function_error &&
      aws_lambda_event_source_mapping.destructor.maximum_retry_attempts > 0 &&
      aws_lambda_event_source_mapping.destructor.maximum_record_age_in_seconds > 0
    )
    error_message = "Only what failed comes back, in halves, and not for ever."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.destructor.enabled && aws_lambda_event_source_mapping.destructor.starting_position == "TRIM_HORIZON"
    error_message = "The destructor sees every removal."
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
    values = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:rotator" }
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
    error_message = "Each queue of failures is encrypted and keeps two weeks."
  }

  assert {
    condition = (
      aws_scheduler_schedule.rotator.target[0].dead_letter_config[0].arn == "arn:aws:sqs:eu-west-1:111122223333:schedule" &&
      aws_lambda_function_event_invoke_config.rotator.destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-west-1:111122223333:rotator" &&
      aws_lambda_event_source_mapping.destructor.destination_config[0].on_failure[0].destination_arn == "arn:aws:sqs:eu-west-1:111122223333:destructor"
    )
    error_message = "Whatever is given up goes to a queue of its own."
  }

  assert {
    condition = (
      aws_scheduler_schedule.rotator.target[0].arn == "arn:aws:lambda:eu-west-1:111122223333:function:rotator" &&
      aws_scheduler_schedule.rotator.target[0].role_arn == "arn:aws:iam::111122223333:role/scheduler" &&
      aws_lambda_function_event_invoke_config.rotator.function_name == "ikr-rotator" &&
      aws_lambda_event_source_mapping.destructor.function_name == "arn:aws:lambda:eu-west-1:111122223333:function:destructor" &&
      aws_lambda_event_source_mapping.destructor.event_source_arn == aws_dynamodb_table.this.stream_arn
    )
    error_message = "The schedule calls the rotator, and the stream the destructor."
  }

  assert {
    condition     = alltrue([for key, function in aws_lambda_function.this : function.role == "arn:aws:iam::111122223333:role/${key}"])
    error_message = "Each function has its own role."
  }

  assert {
    condition     = alltrue([for key, policy in aws_sqs_queue_policy.failures : jsondecode(policy.policy).Statement[0].Effect == "Deny"])
    error_message = "The queues refuse connections in clear."
  }
}

run "alarms" {
  command = plan

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset([
      "rotator-missed-schedule", "rotator-errors", "destructor-errors", "destructor-behind", "rotations-failed",
      "users-with-invalid-tags", "destructions-overdue", "destructions-failing", "key-too-old",
      "schedule-dead-letters", "rotator-dead-letters", "destructor-dead-letters",
    ])
    error_message = "There is an alarm for everything that somebody has to look after."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].namespace == "AWS/Lambda" &&
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].treat_missing_data == "breaching" &&
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].evaluation_periods == 13 &&
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].dimensions == tomap({ FunctionName = "ikr-rotator" })
    )
    error_message = "A second run that fails to come is told, without a word from the function."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["key-too-old"].threshold == 90 && aws_cloudwatch_metric_alarm.this["key-too-old"].comparison_operator == "GreaterThanThreshold"
    error_message = "A key older than max_key_age_days is told."
  }

  assert {
    condition = alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.this :
      contains(local.metrics[trimprefix(alarm.dimensions.FunctionName, "ikr-")], alarm.metric_name)
      if alarm.namespace == "IamKeyRotator"
    ])
    error_message = "Alarms look at metrics that the function writes."
  }

  assert {
    condition = alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.this :
      alarm.actions_enabled && length(alarm.alarm_actions) == 0 && length(alarm.ok_actions) == 0 && alarm.evaluation_periods * alarm.period <= 604800
    ])
    error_message = "Without a topic alarms tell nobody, and none looks back further than CloudWatch allows."
  }
}

run "dashboard" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets : [
        for metric in widget.properties.metrics :
        contains(local.metrics[trimprefix(metric[3], "ikr-")], metric[1]) if metric[0] == "IamKeyRotator"
      ]
    ]))
    error_message = "The dashboard shows metrics that the function writes."
  }

  assert {
    condition = length(setsubtract(
      toset(flatten([for key, names in local.metrics : [for name in names : "${key} ${name}"]])),
      toset(flatten([
        for widget in jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets : [
          for metric in widget.properties.metrics : "${trimprefix(metric[3], "ikr-")} ${metric[1]}"
        ]
      ]))
    )) == 0
    error_message = "The dashboard shows every metric."
  }
}
