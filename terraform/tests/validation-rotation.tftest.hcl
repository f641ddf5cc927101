# Invalid values, and valid ones at the limits, of the rotation variables.
# A test in the repository checks that every validation has a run.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
}

run "rotate_after_days_zero" {
  command = plan

  variables {
    rotate_after_days = 0
  }

  expect_failures = [var.rotate_after_days]
}

run "rotate_after_days_fraction" {
  command = plan

  variables {
    rotate_after_days = 1.5
  }

  expect_failures = [var.rotate_after_days]
}

run "delete_after_days_zero" {
  command = plan

  variables {
    delete_after_days = 0
  }

  expect_failures = [var.delete_after_days]
}

run "delete_after_days_fraction" {
  command = plan

  variables {
    delete_after_days = 6.5
  }

  expect_failures = [var.delete_after_days]
}

run "deactivate_after_days_zero" {
  command = plan

  variables {
    deactivate_after_days = 0
  }

  expect_failures = [var.deactivate_after_days]
}

run "deactivate_after_days_with_delete_after_days" {
  command = plan

  variables {
    deactivate_after_days = 7
  }

  expect_failures = [var.deactivate_after_days]
}

run "deactivate_after_days_after_delete_after_days" {
  command = plan

  variables {
    delete_after_days     = 8
    deactivate_after_days = 9
  }

  expect_failures = [var.deactivate_after_days]
}

run "max_key_age_days_fraction" {
  command = plan

  variables {
    max_key_age_days = 90.5
  }

  expect_failures = [var.max_key_age_days]
}

run "max_key_age_days_before_the_deletion" {
  command = plan

  variables {
    max_key_age_days = 86
  }

  expect_failures = [var.max_key_age_days]
}

run "max_key_age_days_with_late_rotation" {
  command = plan

  variables {
    rotate_after_days = 88
    max_key_age_days  = 90
  }

  expect_failures = [var.max_key_age_days]
}

run "retry_after_mins_zero" {
  command = plan

  variables {
    retry_after_mins = 0
  }

  expect_failures = [var.retry_after_mins]
}

run "max_rotations_per_run_zero" {
  command = plan

  variables {
    max_rotations_per_run = 0
  }

  expect_failures = [var.max_rotations_per_run]
}

run "user_path_without_slash_at_the_end" {
  command = plan

  variables {
    user_path = "/people"
  }

  expect_failures = [var.user_path]
}

run "user_path_with_a_wildcard" {
  command = plan

  variables {
    user_path = "/*/"
  }

  expect_failures = [var.user_path]
}

run "rotation_at_the_last_moment" {
  command = plan

  variables {
    rotate_after_days = 83
  }
}

run "rotate_after_days_beyond_the_limit" {
  command = plan

  variables {
    rotate_after_days = 3651
  }

  expect_failures = [var.rotate_after_days]
}

run "delete_after_days_beyond_the_limit" {
  command = plan

  variables {
    delete_after_days = 3651
  }

  expect_failures = [var.delete_after_days]
}

run "deactivate_after_days_beyond_the_limit" {
  command = plan

  variables {
    deactivate_after_days = 3651
  }

  expect_failures = [var.deactivate_after_days]
}

run "max_key_age_days_beyond_the_limit" {
  command = plan

  variables {
    max_key_age_days = 3651
  }

  expect_failures = [var.max_key_age_days]
}

run "retry_after_mins_beyond_the_limit" {
  command = plan

  variables {
    retry_after_mins = 1441
  }

  expect_failures = [var.retry_after_mins]
}

run "max_rotations_per_run_beyond_the_limit" {
  command = plan

  variables {
    max_rotations_per_run = 100001
  }

  expect_failures = [var.max_rotations_per_run]
}

run "numbers_at_their_limits" {
  command = plan

  variables {
    rotate_after_days     = 1
    deactivate_after_days = 3648
    delete_after_days     = 3649
    max_key_age_days      = 3650
    retry_after_mins      = 1440
    max_rotations_per_run = 100000
  }
}
