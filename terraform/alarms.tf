locals {
  # rate(6 hours) → 13 hours: one run may be missing or late, two in a row may not.
  schedule_rate       = try(regex("^rate\\(([0-9]+) (minute|hour|day)", var.schedule_expression), null)
  schedule_rate_hours = local.schedule_rate == null ? 24 : ceil(tonumber(local.schedule_rate[0]) * { minute = 1, hour = 60, day = 1440 }[local.schedule_rate[1]] / 60)
  missed_schedule_hours = coalesce(
    var.alarm_missed_schedule_hours,
    2 * local.schedule_rate_hours + 1
  )

  # A value that the rotator reports once per run applies until its next run, so missing data keeps
  # the state of the alarm.
  alarm_of_run = {
    namespace           = local.metric_namespace
    function            = "rotator"
    statistic           = "Maximum"
    period              = 3600
    evaluation_periods  = 1
    comparison_operator = "GreaterThanThreshold"
    threshold           = 0
    treat_missing_data  = "ignore"
  }

  alarm_of_function = {
    namespace           = "AWS/Lambda"
    statistic           = "Sum"
    period              = 300
    evaluation_periods  = 1
    comparison_operator = "GreaterThanThreshold"
    threshold           = 0
    treat_missing_data  = "notBreaching"
  }

  function_alarms = {
    # Counts completed runs for the whole account. Lambda's Invocations would count commands as well,
    # so that a person who looks at the status would end this alarm.
    rotator-missed-schedule = merge(local.alarm_of_run, {
      metric_name         = "ManagedUsers"
      function            = "rotator"
      statistic           = "SampleCount"
      evaluation_periods  = local.missed_schedule_hours
      comparison_operator = "LessThanThreshold"
      threshold           = 1
      treat_missing_data  = "breaching"
      description         = "The rotator completed no run for ${local.missed_schedule_hours} hours. Check the schedule, the queue ${local.queue_names.schedule} and the log."
    })
    rotator-errors = merge(local.alarm_of_function, {
      metric_name = "Errors"
      function    = "rotator"
      description = "A run of the rotator, or a command, failed as a whole: settings, mail service or AWS. The log has the reason."
    })
    destructor-errors = merge(local.alarm_of_function, {
      metric_name = "Errors"
      function    = "destructor"
      description = "The destructor failed as a whole: settings or an unreadable batch. The log has the reason."
    })
    destructor-behind = merge(local.alarm_of_function, {
      metric_name = "IteratorAge"
      function    = "destructor"
      statistic   = "Maximum"
      threshold   = 3600000
      description = "The destructor is more than an hour behind the table's stream."
    })
    rotations-failed = merge(local.alarm_of_run, {
      metric_name = "RotationsFailed"
      description = "The keys of some users could not be replaced. The report in the log lists them with the reasons."
    })
    users-with-invalid-tags = merge(local.alarm_of_run, {
      metric_name = "UsersWithInvalidTags"
      description = "Some users have an invalid IKR: tag, such as a malformed mail address. Their keys are not replaced until the tag is corrected. The report in the log lists them."
    })
    destructions-overdue = merge(local.alarm_of_run, {
      metric_name = "OverdueDestructions"
      description = "Old keys are overdue for deactivation or deletion by more than a day. The report in the log lists them with the reasons."
    })
    destructions-failing = merge(local.alarm_of_run, {
      metric_name        = "DestructionsFailed"
      function           = "destructor"
      statistic          = "Sum"
      period             = 86400
      threshold          = 4
      treat_missing_data = "notBreaching"
      description        = "The destructor failed to deactivate or delete old keys at least five times within a day. The log has the reasons."
    })
    key-too-old = merge(local.alarm_of_run, {
      metric_name = "OldestKeyAgeDays"
      threshold   = var.max_key_age_days
      description = "A managed user has an active key that is older than ${var.max_key_age_days} days. The report in the log has the reason."
    })
  }

  alarms = merge(
    {
      for key, alarm in local.function_alarms : key => merge(alarm, {
        dimensions = { FunctionName = local.function_names[alarm.function] }
      })
    },
    {
      for key, name in local.queue_names : "${key}-dead-letters" => {
        namespace           = "AWS/SQS"
        metric_name         = "ApproximateNumberOfMessagesVisible"
        dimensions          = { QueueName = name }
        statistic           = "Maximum"
        period              = 300
        evaluation_periods  = 1
        comparison_operator = "GreaterThanThreshold"
        threshold           = 0
        treat_missing_data  = "notBreaching"
        description         = "Work failed for good, and the queue ${name} has a message about it. Read the message, fix the cause, then delete the message."
      }
    }
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.create_alarms ? toset(keys(local.alarms)) : []

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = local.alarms[each.key].description
  namespace           = local.alarms[each.key].namespace
  metric_name         = local.alarms[each.key].metric_name
  dimensions          = local.alarms[each.key].dimensions
  statistic           = local.alarms[each.key].statistic
  period              = local.alarms[each.key].period
  evaluation_periods  = local.alarms[each.key].evaluation_periods
  comparison_operator = local.alarms[each.key].comparison_operator
  threshold           = local.alarms[each.key].threshold
  treat_missing_data  = local.alarms[each.key].treat_missing_data

  # With the module disabled on purpose, alarms would only repeat that nothing runs.
  actions_enabled = var.enabled
  alarm_actions   = compact([var.alarm_topic_arn])
  ok_actions      = compact([var.alarm_topic_arn])

  tags = var.tags
}
