# Policies for people. The module attaches them to nobody.
locals {
  # Reading a parameter that is encrypted with a key of one's own takes the key as well.
  read_content_key_statements = [
    for statement in [
      {
        when      = true
        Sid       = "OwnContentKey"
        Action    = "ssm:GetParameter"
        Resource  = local.content_key_arns
        Condition = { StringEquals = { "aws:ResourceTag/${local.content_key_owner_tag}" = "$${aws:userid}" } }
      },
      {
        when     = var.ssm_kms_key_id != null
        Sid      = "ContentKeyDecryption"
        Action   = "kms:Decrypt"
        Resource = local.ssm_key_arn
        Condition = merge(local.ssm_key_alias_condition, {
          StringEquals = { "kms:ViaService" = local.via_service.ssm }
          StringLike   = { "kms:EncryptionContext:PARAMETER_ARN" = local.content_key_arns }
        })
      },
      ] : {
      Sid       = statement.Sid
      Effect    = "Allow"
      Action    = statement.Action
      Resource  = statement.Resource
      Condition = statement.Condition
    } if statement.when
  ]

  # `ikr tag`, `status`, `history` and `cancel`: see everything, tag, write vetoes. No secret can be
  # read with it and no key created.
  operator_statements = [
    for statement in [
      {
        when      = true
        Sid       = "Users"
        Action    = ["iam:GetAccountAuthorizationDetails", "iam:ListUsers"]
        Resource  = "*"
        Condition = {}
      },
      {
        when      = true
        Sid       = "Keys"
        Action    = ["iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAccessKeys", "iam:ListUserTags"]
        Resource  = local.managed_user_arn_pattern
        Condition = {}
      },
      {
        when      = true
        Sid       = "Tags"
        Action    = ["iam:TagUser"]
        Resource  = local.managed_user_arn_pattern
        Condition = { "ForAllValues:StringLike" = { "aws:TagKeys" = ["IKR:*", "Ikr:*", "ikr:*"] }, Null = { "aws:TagKeys" = "false" } }
      },
      {
        when      = true
        Sid       = "Table"
        Action    = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"]
        Resource  = local.table_arn
        Condition = {}
      },
      {
        when      = true
        Sid       = "Settings"
        Action    = ["lambda:GetFunctionConfiguration"]
        Resource  = values(local.function_arns)
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
    ] : statement if statement.when
  ]

  # `ikr rotate` and `ikr resend` do the rotator's work as their caller. Whoever has this can mail a
  # new key of any managed user.
  operator_rotation_statements = [
    for statement in local.statements.rotator : statement
    if statement.when && length(statement.Action) > 0 && !contains(["Logs", "Failures", "Tracing", "Network"], statement.Sid)
  ]

  people_policies = {
    user = {
      name        = "${var.name}-own-content-key"
      description = "Lets an IAM user read the content key that opens the user's own sealed key pair, and nothing else"
      statements  = local.read_content_key_statements
    }
    operator = {
      name        = "${var.name}-operator"
      description = "Lets a person use ikr tag, status, history and cancel"
      statements = [
        for statement in local.operator_statements : merge(
          { Sid = statement.Sid, Effect = "Allow", Action = statement.Action, Resource = statement.Resource },
          length(statement.Condition) == 0 ? {} : { Condition = statement.Condition }
        )
      ]
    }
    operator_rotation = {
      name        = "${var.name}-operator-rotation"
      description = "Lets a person rotate keys and send key mails with ikr rotate and ikr resend"
      statements = [
        for statement in local.operator_rotation_statements : merge(
          { Sid = statement.Sid, Effect = "Allow", Action = statement.Action, Resource = statement.Resource },
          length(statement.Condition) == 0 ? {} : { Condition = statement.Condition }
        )
      ]
    }
  }
}

resource "aws_iam_policy" "people" {
  for_each = toset(["operator", "operator_rotation", "user"])

  name        = local.people_policies[each.key].name
  path        = var.role_path
  description = local.people_policies[each.key].description
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.people_policies[each.key].statements
  })
  tags = var.tags
}
