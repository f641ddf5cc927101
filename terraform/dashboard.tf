locals {
  # One list per row of widgets. A metric is [name, function, label] in the namespace of the functions,
  # or [namespace, name, function, label].
  dashboard_rows = [
    [
      {
        title  = "Ages of active keys (days)"
        stat   = "Maximum"
        period = 21600
        metrics = [
          ["OldestKeyAgeDays", "rotator", "oldest"],
          ["MedianKeyAgeDays", "rotator", "median"],
        ]
        limits = [
          { label = "rotate_after_days", value = var.rotate_after_days },
          { label = "max_key_age_days", value = var.max_key_age_days },
        ]
      },
      {
        title  = "Users"
        stat   = "Maximum"
        period = 21600
        metrics = [
          ["ManagedUsers", "rotator", "managed"],
          ["OpenRotations", "rotator", "with an open rotation"],
          ["UsersWithInvalidTags", "rotator", "with invalid tags"],
          ["UsersLeft", "rotator", "deferred to the next run"],
        ]
        limits = []
      },
    ],
    [
      {
        title  = "Rotations"
        stat   = "Sum"
        period = 86400
        metrics = [
          ["Rotations", "rotator", "keys replaced"],
          ["RotationsPostponed", "rotator", "postponed"],
          ["RotationsFailed", "rotator", "failed"],
        ]
        limits = []
      },
      {
        title  = "Mails"
        stat   = "Sum"
        period = 86400
        metrics = [
          ["MailsSent", "rotator", "sent by the rotator"],
          ["MailsSent", "destructor", "sent by the destructor"],
          ["MailsNotAccepted", "rotator", "not accepted from the rotator"],
          ["MailsNotAccepted", "destructor", "not accepted from the destructor"],
        ]
        limits = []
      },
      {
        title  = "Old keys"
        stat   = "Sum"
        period = 86400
        metrics = [
          ["KeysDeactivated", "destructor", "deactivated by the destructor"],
          ["KeysDeleted", "destructor", "deleted by the destructor"],
          ["KeysDeactivated", "rotator", "deactivated by the rotator"],
          ["KeysDeleted", "rotator", "deleted by the rotator"],
        ]
        limits = []
      },
    ],
    [
      {
        title  = "Failures"
        stat   = "Sum"
        period = 86400
        metrics = [
          ["RotationsFailed", "rotator", "rotations"],
          ["DestructionsFailed", "destructor", "deactivations and deletions"],
          ["BatchItemFailures", "destructor", "stream records to retry"],
          ["OverdueDestructions", "rotator", "old keys overdue by more than a day, in each run"],
        ]
        limits = []
      },
      {
        title  = "Errors and throttles of the functions"
        stat   = "Sum"
        period = 3600
        metrics = [
          ["AWS/Lambda", "Errors", "rotator", "rotator errors"],
          ["AWS/Lambda", "Errors", "destructor", "destructor errors"],
          ["AWS/Lambda", "Throttles", "rotator", "rotator throttles"],
          ["AWS/Lambda", "Throttles", "destructor", "destructor throttles"],
        ]
        limits = []
      },
      {
        title  = "Longest invocations (ms)"
        stat   = "Maximum"
        period = 3600
        metrics = [
          ["AWS/Lambda", "Duration", "rotator", "rotator"],
          ["AWS/Lambda", "Duration", "destructor", "destructor"],
        ]
        limits = [{ label = "function_timeout", value = var.function_timeout * 1000 }]
      },
    ],
  ]

  dashboard_height = 6
  dashboard_widgets = flatten([
    for y, row in local.dashboard_rows : [
      for x, widget in row : {
        type   = "metric"
        x      = x * 24 / length(row)
        y      = y * local.dashboard_height
        width  = 24 / length(row)
        height = local.dashboard_height
        properties = merge(length(widget.limits) == 0 ? {} : { annotations = { horizontal = widget.limits } }, {
          title  = widget.title
          region = local.region
          view   = "timeSeries"
          stat   = widget.stat
          period = widget.period
          metrics = [
            for metric in widget.metrics : concat(
              length(metric) == 4 ? [metric[0], metric[1]] : [local.metric_namespace, metric[0]],
              ["FunctionName", local.function_names[metric[length(metric) - 2]], { label = metric[length(metric) - 1] }]
            )
          ]
          yAxis = { left = { min = 0 } }
        })
      }
    ]
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.create_dashboard ? 1 : 0

  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = local.dashboard_widgets })
}
