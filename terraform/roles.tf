resource "aws_iam_role" "function" {
  for_each = local.function_names

  name                 = each.value
  path                 = var.role_path
  description          = "Execution role of the function ${each.value}"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "function" {
  # checkov:skip=CKV_AWS_290: with vpc_config and with tracing, Lambda needs actions of EC2 and X-Ray that support no resource-level permissions; the module's tests list every action that is allowed on all resources
  for_each = local.function_names

  name   = each.value
  role   = aws_iam_role.function[each.key].name
  policy = local.function_policies[each.key]
}

resource "aws_iam_role" "scheduler" {
  name                 = "${var.name}-scheduler"
  path                 = var.role_path
  description          = "Allows the schedule to invoke the function ${local.function_names.rotator}"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
        ArnEquals    = { "aws:SourceArn" = "arn:${local.partition}:scheduler:${local.region}:${local.account_id}:schedule-group/${var.name}" }
      }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "scheduler" {
  name = "${var.name}-scheduler"
  role = aws_iam_role.scheduler.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "InvokeWithoutAlias"
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = local.function_arns.rotator
      },
      {
        Sid      = "Failures"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = local.queue_arns.schedule
      },
    ]
  })
}
