locals {
  # Keys are given by ID, ARN or alias; policies name keys by ARN, or any key by its alias.
  ssm_key_is_alias = var.ssm_kms_key_id == null ? false : can(regex("(^|:)alias/", var.ssm_kms_key_id))
  ssm_key_arn = (
    var.ssm_kms_key_id == null ? null :
    local.ssm_key_is_alias ? "${try(regex("^arn:.*:", var.ssm_kms_key_id), "arn:${local.partition}:kms:${local.region}:${local.account_id}:")}key/*" :
    startswith(var.ssm_kms_key_id, "arn:") ? var.ssm_kms_key_id :
    "arn:${local.partition}:kms:${local.region}:${local.account_id}:key/${var.ssm_kms_key_id}"
  )
  ssm_key_alias_condition = local.ssm_key_is_alias ? {
    "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = regex("alias/.*$", var.ssm_kms_key_id) }
  } : {}

  # AWS writes the service's own host name here; in China it ends differently.
  via_service = { for service in ["dynamodb", "ssm"] : service => distinct(["${service}.${local.region}.amazonaws.com", "${service}.${local.region}.${data.aws_partition.current.dns_suffix}"]) }

  # The parameters that a key is used for: content keys, and the mail secret where it uses that key.
  encrypted_parameter_arns = compact([
    local.content_key_arns,
    var.mail_secret_kms_key_arn == null ? local.mail_secret_arn : null,
  ])

  # SES asks for the identity that it finds for the sender: the address, its domain or a parent domain.
  mail_address = endswith(var.mail_from, ">") ? trimspace(regex("<([^<>]+)>$", var.mail_from)[0]) : trimspace(var.mail_from)
  mail_labels  = split(".", split("@", local.mail_address)[1])
  mail_identities = concat([local.mail_address], [
    for i in range(length(local.mail_labels) - 1) : join(".", slice(local.mail_labels, i, length(local.mail_labels)))
  ])
  ses_arns = concat(
    var.mail_source_arn != null ? [var.mail_source_arn] : [
      for identity in local.mail_identities :
      "arn:${local.partition}:ses:${coalesce(var.ses_region, local.region)}:${local.account_id}:identity/${identity}"
    ],
    var.ses_resource_arns
  )

  # Every statement that a function may have, and when it has it.
  statements = {
    for key in keys(local.function_names) : key => [
      {
        when      = true
        Sid       = "Account"
        Action    = local.calls[key].account
        Resource  = "*"
        Condition = {}
      },
      # No tag condition: the key of a user who lost the tag must still be destroyed.
      {
        when      = true
        Sid       = "Users"
        Action    = local.calls[key].users
        Resource  = local.managed_user_arn_pattern
        Condition = {}
      },
      {
        when      = true
        Sid       = "ManagedUsers"
        Action    = local.calls[key].managed_users
        Resource  = local.managed_user_arn_pattern
        Condition = { Null = { "aws:ResourceTag/${local.managed_user_tag}" = "false" } }
      },
      {
        when      = true
        Sid       = "FallbackAccount"
        Action    = local.calls[key].fallback_account
        Resource  = "*"
        Condition = {}
      },
      {
        when      = true
        Sid       = "FallbackUsers"
        Action    = local.calls[key].fallback_users
        Resource  = local.managed_user_arn_pattern
        Condition = {}
      },
      {
        when      = true
        Sid       = "Table"
        Action    = local.calls[key].table
        Resource  = local.table_arn
        Condition = {}
      },
      {
        when      = true
        Sid       = "ContentKeys"
        Action    = local.calls[key].content_keys
        Resource  = local.content_key_arns
        Condition = {}
      },
      {
        when      = var.mail_client == "ses"
        Sid       = "SesIdentity"
        Action    = local.mail_calls[key].ses_identity
        Resource  = local.ses_arns
        Condition = { StringEquals = { "ses:FromAddress" = local.mail_address } }
      },
      {
        when      = var.mail_client == "ses"
        Sid       = "SesAccount"
        Action    = local.mail_calls[key].ses_account
        Resource  = "*"
        Condition = {}
      },
      {
        when      = local.mail_secret != null
        Sid       = "MailSecret"
        Action    = local.mail_calls[key].secret
        Resource  = local.mail_secret_arn
        Condition = {}
      },
      {
        when      = true
        Sid       = "Logs"
        Action    = local.beyond_calls.logs.actions
        Resource  = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:${local.log_group_names[key]}:*"
        Condition = {}
      },
      {
        when      = true
        Sid       = "Failures"
        Action    = local.beyond_calls.failures.actions
        Resource  = local.queue_arns[key]
        Condition = {}
      },
      {
        when      = contains(local.beyond_calls.stream.functions, key)
        Sid       = "Stream"
        Action    = local.beyond_calls.stream.actions
        Resource  = "${local.table_arn}/stream/*"
        Condition = {}
      },
      {
        when      = var.xray_tracing_mode == "Active"
        Sid       = "Tracing"
        Action    = local.beyond_calls.tracing.actions
        Resource  = "*"
        Condition = {}
      },
      {
        when      = var.vpc_config != null
        Sid       = "Network"
        Action    = local.beyond_calls.network.actions
        Resource  = "*"
        Condition = {}
      },
      {
        when     = var.kms_key_arn != null
        Sid      = "TableKey"
        Action   = local.beyond_calls.table_key.actions
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:ViaService"                               = local.via_service.dynamodb
            "kms:EncryptionContext:aws:dynamodb:tableName" = local.table_name
          }
        }
      },
      {
        when     = var.ssm_kms_key_id != null
        Sid      = "ReadParameterKey"
        Action   = local.beyond_calls.read_parameter_key.actions
        Resource = local.ssm_key_arn
        Condition = merge(local.ssm_key_alias_condition, {
          StringEquals = { "kms:ViaService" = local.via_service.ssm }
          StringLike   = { "kms:EncryptionContext:PARAMETER_ARN" = local.encrypted_parameter_arns }
        })
      },
      {
        when     = var.ssm_kms_key_id != null && contains(local.beyond_calls.write_parameter_key.functions, key)
        Sid      = "WriteParameterKey"
        Action   = local.beyond_calls.write_parameter_key.actions
        Resource = local.ssm_key_arn
        Condition = merge(local.ssm_key_alias_condition, {
          StringEquals = { "kms:ViaService" = local.via_service.ssm }
          StringLike   = { "kms:EncryptionContext:PARAMETER_ARN" = local.content_key_arns }
        })
      },
      {
        when     = local.mail_secret != null && var.mail_secret_kms_key_arn != null
        Sid      = "MailSecretKey"
        Action   = local.beyond_calls.read_parameter_key.actions
        Resource = var.mail_secret_kms_key_arn
        Condition = {
          StringEquals = {
            "kms:ViaService"                      = local.via_service.ssm
            "kms:EncryptionContext:PARAMETER_ARN" = local.mail_secret_arn
          }
        }
      },
    ]
  }

  # Network interfaces are Lambda's to manage: the code of the functions itself may not.
  network_denial = {
    for key, arn in local.function_arns : key => {
      Sid       = "NoNetworkFromCode"
      Effect    = "Deny"
      Action    = local.beyond_calls.network.actions
      Resource  = "*"
      Condition = { ArnEquals = { "lambda:SourceFunctionArn" = arn } }
    }
  }

  function_policies = {
    for key, statements in local.statements : key => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          for statement in statements : merge(
            {
              Sid      = statement.Sid
              Effect   = "Allow"
              Action   = statement.Action
              Resource = statement.Resource
            },
            length(statement.Condition) == 0 ? {} : { Condition = statement.Condition }
          ) if statement.when && length(statement.Action) > 0
        ],
        [for denial in [local.network_denial[key]] : denial if var.vpc_config != null]
      )
    })
  }
}

resource "aws_iam_role" "function" {
  for_each = local.function_names

  name                 = each.value
  path                 = var.role_path
  description          = "What the function ${each.value} may do"
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
  # checkov:skip=CKV_AWS_290: with vpc_config and with tracing, Lambda needs actions of EC2 and X-Ray that know no resource; the module's tests list all that is allowed for everything
  for_each = local.function_names

  name   = each.value
  role   = aws_iam_role.function[each.key].name
  policy = local.function_policies[each.key]
}

resource "aws_iam_role" "scheduler" {
  name                 = "${var.name}-scheduler"
  path                 = var.role_path
  description          = "Lets the schedule call the function ${local.function_names.rotator}"
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
        Sid      = "Call"
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
