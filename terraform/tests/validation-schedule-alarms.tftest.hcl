# Invalid values, and valid ones at the limits, of the variables of schedule and alarms.
# A test in the repository checks that every validation has a run.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
}

run "schedule_expression_in_words" {
  command = plan

  variables {
    schedule_expression = "every 6 hours"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_expression_with_five_fields" {
  command = plan

  variables {
    schedule_expression = "cron(0 6 * * ?)"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_expression_too_often" {
  command = plan

  variables {
    schedule_expression = "rate(5 minutes)"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_expression_too_rare" {
  command = plan

  variables {
    schedule_expression = "rate(2 days)"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_expression_once" {
  command = plan

  variables {
    schedule_expression = "at(2030-01-01T00:00:00)"
  }

  expect_failures = [var.schedule_expression]
}

run "schedule_timezone_with_a_blank" {
  command = plan

  variables {
    schedule_timezone = "Central European"
  }

  expect_failures = [var.schedule_timezone]
}

run "schedule_flexible_window_mins_too_long" {
  command = plan

  variables {
    schedule_flexible_window_mins = 1441
  }

  expect_failures = [var.schedule_flexible_window_mins]
}

run "schedule_flexible_window_mins_negative" {
  command = plan

  variables {
    schedule_flexible_window_mins = -1
  }

  expect_failures = [var.schedule_flexible_window_mins]
}

run "alarm_topic_arn_of_a_fifo_topic" {
  command = plan

  variables {
    alarm_topic_arn = "arn:aws:sns:eu-west-1:111122223333:alarms.fifo"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "alarm_missed_schedule_hours_zero" {
  command = plan

  variables {
    alarm_missed_schedule_hours = 0
  }

  expect_failures = [var.alarm_missed_schedule_hours]
}

run "alarm_missed_schedule_hours_over_a_week" {
  command = plan

  variables {
    alarm_missed_schedule_hours = 169
  }

  expect_failures = [var.alarm_missed_schedule_hours]
}

run "schedule_of_a_day" {
  command = plan

  variables {
    schedule_expression = "rate(1 day)"
  }
}

run "schedule_of_half_an_hour" {
  command = plan

  variables {
    schedule_expression = "rate(30 minutes)"
  }
}

run "schedule_with_cron" {
  command = plan

  variables {
    schedule_expression = "cron(0/30 6-18 ? * MON-FRI *)"
  }
}

run "schedule_timezone_with_three_parts" {
  command = plan

  variables {
    schedule_timezone = "America/Argentina/Buenos_Aires"
  }
}
