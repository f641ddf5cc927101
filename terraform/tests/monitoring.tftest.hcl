# Alarms and dashboard.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
}

run "alarms" {
  command = plan

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset([
      "rotator-missed-schedule", "rotator-errors", "destructor-errors", "destructor-behind", "rotations-failed",
      "users-with-invalid-tags", "destructions-overdue", "destructions-failing", "key-too-old",
      "schedule-dead-letters", "rotator-dead-letters", "destructor-dead-letters",
    ])
    error_message = "There is an alarm for everything that needs attention."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].namespace == "IamKeyRotator" &&
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].metric_name == "ManagedUsers" &&
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].statistic == "SampleCount" &&
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].treat_missing_data == "breaching" &&
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].evaluation_periods == 13 &&
      aws_cloudwatch_metric_alarm.this["rotator-missed-schedule"].dimensions == tomap({ FunctionName = "ikr-rotator" })
    )
    error_message = "Two missing runs in a row raise an alarm, and commands count as no run."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["key-too-old"].threshold == 90 && aws_cloudwatch_metric_alarm.this["key-too-old"].comparison_operator == "GreaterThanThreshold"
    error_message = "A key older than max_key_age_days raises an alarm."
  }

  assert {
    condition = alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.this :
      contains(local.metrics[trimprefix(alarm.dimensions.FunctionName, "ikr-")], alarm.metric_name)
      if alarm.namespace == "IamKeyRotator"
    ])
    error_message = "Alarms use metrics that the function writes."
  }

  assert {
    condition = alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.this :
      alarm.actions_enabled && length(alarm.alarm_actions) == 0 && length(alarm.ok_actions) == 0 && alarm.evaluation_periods * alarm.period <= 604800
    ])
    error_message = "Without a topic alarms notify nobody, and no evaluation range exceeds what CloudWatch allows."
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
