locals {
  archive_directory = coalesce(var.archive_directory, "${path.module}/../dist")
  archives          = { for key in keys(local.function_names) : key => "${local.archive_directory}/${key}.zip" }

  descriptions = {
    rotator    = "Replaces access keys before they reach their age limit, and delivers the new ones"
    destructor = "Deactivates and deletes replaced access keys when they are due"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: a customer managed key is an option (cw_logs_kms_key_arn); the functions log no secret
  # checkov:skip=CKV_AWS_338: a year is the default (cw_log_group_retention)
  for_each = local.log_group_names

  name              = each.value
  retention_in_days = var.cw_log_group_retention
  kms_key_id        = var.cw_logs_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: the mode is an option (xray_tracing_mode)
  # checkov:skip=CKV_AWS_115: an option (reserved_concurrent_executions); new accounts have too little concurrency to reserve any
  # checkov:skip=CKV_AWS_116: failed invocations go to a queue through the event invoke configuration and the event source mapping, whose messages say more than those of a dead-letter queue
  # checkov:skip=CKV_AWS_117: an option (vpc_config); the functions call public AWS endpoints only
  # checkov:skip=CKV_AWS_173: the variables contain names and numbers, never a secret
  # checkov:skip=CKV_AWS_272: the archives are built from this repository and their hashes are verified
  for_each = local.function_names

  function_name    = each.value
  description      = local.descriptions[each.key]
  role             = aws_iam_role.function[each.key].arn
  filename         = local.archives[each.key]
  source_code_hash = fileexists(local.archives[each.key]) ? filebase64sha256(local.archives[each.key]) : null
  handler          = "index.handler"
  runtime          = var.lambda_runtime
  architectures    = ["arm64"]
  # Aliases need a published version; every change of code or settings publishes the next one.
  publish = each.key == "rotator"

  memory_size                    = var.function_memory_size
  timeout                        = var.function_timeout
  reserved_concurrent_executions = var.reserved_concurrent_executions

  environment {
    variables = local.environment
  }

  # The functions write JSON themselves; Lambda's JSON format would wrap it in JSON again.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this[each.key].name
  }

  tracing_config {
    mode = var.xray_tracing_mode
  }

  dynamic "vpc_config" {
    for_each = var.vpc_config == null ? [] : [var.vpc_config]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  tags = var.tags

  # A function without its permissions would fail; in a VPC it could not be created.
  depends_on = [aws_iam_role_policy.function]

  lifecycle {
    precondition {
      condition     = fileexists(local.archives[each.key])
      error_message = "${local.archives[each.key]} does not exist. Build the archives with `npm ci && npm run build` in the root of the repository, or set archive_directory to where they are."
    }
  }
}
