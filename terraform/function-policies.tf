# The policy document of each function's role, from the actions in permissions.tf.
locals {
  # A variable names a KMS key by ID, ARN or alias. A policy names it by ARN, or every key by `*` with
  # a condition on the alias.
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

  # The value of kms:ViaService is the host name of the service, which differs in China.
  via_service = { for service in ["dynamodb", "ssm"] : service => distinct(["${service}.${local.region}.amazonaws.com", "${service}.${local.region}.${data.aws_partition.current.dns_suffix}"]) }

  # The parameters that ssm_kms_key_id encrypts: content keys, and the mail secret unless it has a key
  # of its own.
  encrypted_parameter_arns = compact([
    local.content_key_arn_pattern,
    var.mail_secret_kms_key_arn == null ? local.mail_secret_arn : null,
  ])

  # SES authorizes against the identity that it finds for the sender: the address, its domain or a
  # parent domain.
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

  # Every statement that a function can have, and the condition (`when`) under which it has it.
  statements = {
    for key in keys(local.function_names) : key => [
      {
        when      = true
        Sid       = "Account"
        Action    = local.calls[key].account
        Resource  = "*"
        Condition = {}
      },
      # No tag condition: the old key of a user who lost the tag is still deleted.
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
        Resource  = local.content_key_arn_pattern
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
          StringLike   = { "kms:EncryptionContext:PARAMETER_ARN" = local.content_key_arn_pattern }
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

  # Only the Lambda service manages network interfaces; the code of the functions may not.
  network_denial = {
    for key, arn in local.function_arns : key => {
      Sid      = "NoNetworkFromCode"
      Effect   = "Deny"
      Action   = local.beyond_calls.network.actions
      Resource = "*"
      # With and without the version that is running.
      Condition = { ArnLike = { "lambda:SourceFunctionArn" = [arn, "${arn}:*"] } }
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
