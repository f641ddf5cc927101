# Invalid values, and valid ones at the limits, of the variables of table, functions and roles.
# A test in the repository checks that every validation has a run.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "keys@example.com"
  archive_directory = "tests/archives"
}

run "table_name_too_short" {
  command = plan

  variables {
    table_name = "ab"
  }

  expect_failures = [var.table_name]
}

run "table_name_with_a_slash" {
  command = plan

  variables {
    table_name = "iam/keys"
  }

  expect_failures = [var.table_name]
}

run "kms_key_arn_of_an_alias" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/table"
  }

  expect_failures = [var.kms_key_arn]
}

run "ssm_kms_key_id_of_nothing" {
  command = plan

  variables {
    ssm_kms_key_id = "my key"
  }

  expect_failures = [var.ssm_kms_key_id]
}

run "lambda_runtime_deprecated" {
  command = plan

  variables {
    lambda_runtime = "nodejs18.x"
  }

  expect_failures = [var.lambda_runtime]
}

run "function_memory_size_too_small" {
  command = plan

  variables {
    function_memory_size = 64
  }

  expect_failures = [var.function_memory_size]
}

run "function_memory_size_too_large" {
  command = plan

  variables {
    function_memory_size = 10241
  }

  expect_failures = [var.function_memory_size]
}

run "function_timeout_too_short" {
  command = plan

  variables {
    function_timeout = 120
  }

  expect_failures = [var.function_timeout]
}

run "function_timeout_too_long" {
  command = plan

  variables {
    function_timeout = 901
  }

  expect_failures = [var.function_timeout]
}

run "reserved_concurrent_executions_negative" {
  command = plan

  variables {
    reserved_concurrent_executions = -2
  }

  expect_failures = [var.reserved_concurrent_executions]
}

run "xray_tracing_mode_unknown" {
  command = plan

  variables {
    xray_tracing_mode = "On"
  }

  expect_failures = [var.xray_tracing_mode]
}

run "vpc_config_without_subnets" {
  command = plan

  variables {
    vpc_config = { subnet_ids = [], security_group_ids = ["sg-0a1b2c3d4e5f60718"] }
  }

  expect_failures = [var.vpc_config]
}

run "vpc_config_without_security_groups" {
  command = plan

  variables {
    vpc_config = { subnet_ids = ["subnet-0a1b2c3d4e5f60718"], security_group_ids = [] }
  }

  expect_failures = [var.vpc_config]
}

run "cw_log_group_retention_of_a_fortnight_and_a_day" {
  command = plan

  variables {
    cw_log_group_retention = 15
  }

  expect_failures = [var.cw_log_group_retention]
}

run "cw_logs_kms_key_arn_of_an_id" {
  command = plan

  variables {
    cw_logs_kms_key_arn = "0a1b2c3d-0000-4000-8000-000000000000"
  }

  expect_failures = [var.cw_logs_kms_key_arn]
}

run "role_path_without_slash" {
  command = plan

  variables {
    role_path = "service"
  }

  expect_failures = [var.role_path]
}

run "permissions_boundary_arn_of_a_role" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "reserved_concurrent_executions_zero" {
  command = plan

  variables {
    reserved_concurrent_executions = 0
  }
}

run "logs_kept_forever" {
  command = plan

  variables {
    cw_log_group_retention = 0
  }
}
