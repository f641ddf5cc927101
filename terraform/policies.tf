# Policies for people. The module attaches them to nobody.
locals {
  # With a customer managed key, reading a parameter also takes permission to decrypt with that key.
  content_key_readers = {
    owner    = { sid = "OwnContentKey", arn_pattern = local.own_content_key_arn_pattern }
    helpdesk = { sid = "ContentKeys", arn_pattern = local.content_key_arn_pattern }
  }
  content_key_statements = {
    for reader, content_keys in local.content_key_readers : reader => [
      for statement in [
        {
          when      = true
          Sid       = content_keys.sid
          Action    = "ssm:GetParameter"
          Resource  = content_keys.arn_pattern
          Condition = {}
        },
        {
          when     = var.ssm_kms_key_id != null
          Sid      = "${content_keys.sid}Decryption"
          Action   = "kms:Decrypt"
          Resource = local.ssm_key_arn
          Condition = merge(local.ssm_key_alias_condition, {
            StringEquals = { "kms:ViaService" = local.via_service.ssm }
            StringLike   = { "kms:EncryptionContext:PARAMETER_ARN" = content_keys.arn_pattern }
          })
        },
      ] : statement if statement.when
    ]
  }

  # One alias each: people have no access to the table and to access keys. What a command needs is
  # done by the function.
  command_statements = {
    for alias, arn in local.rotator_alias_arns : alias => [{
      Sid       = "InvokeThroughAlias"
      Action    = "lambda:InvokeFunction"
      Resource  = arn
      Condition = {}
    }]
  }

  # `ikr tag` works with the rights of its caller.
  tagging_statements = [
    {
      Sid       = "ReadTags"
      Action    = "iam:ListUserTags"
      Resource  = local.managed_user_arn_pattern
      Condition = {}
    },
    {
      Sid      = "SetTags"
      Action   = "iam:TagUser"
      Resource = local.managed_user_arn_pattern
      Condition = {
        "ForAllValues:StringLike" = { "aws:TagKeys" = ["IKR:*", "Ikr:*", "ikr:*"] }
        Null                      = { "aws:TagKeys" = "false" }
      }
    },
  ]

  # IAM replaces a policy whose name or description changes, so descriptions name no single command.
  people_policies = merge(
    {
      user = {
        name        = "${var.name}-own-content-key"
        description = "Read the content key of one's own sealed key pair"
        statements  = local.content_key_statements.owner
      }
      helpdesk = {
        name        = "${var.name}-helpdesk"
        description = "Read the content key of any sealed key pair"
        statements  = local.content_key_statements.helpdesk
      }
      tagging = {
        name        = "${var.name}-tagging"
        description = "Read the tags of users and set IKR: tags"
        statements  = local.tagging_statements
      }
    },
    {
      for alias, statements in local.command_statements : alias => {
        name        = "${var.name}-${alias}"
        description = "Invoke the rotator through its alias ${alias}"
        statements  = statements
      }
    }
  )
}

resource "aws_iam_policy" "people" {
  for_each = toset(concat(["helpdesk", "tagging", "user"], keys(local.rotator_aliases)))

  name        = local.people_policies[each.key].name
  path        = var.role_path
  description = local.people_policies[each.key].description
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in local.people_policies[each.key].statements : merge(
        { Sid = statement.Sid, Effect = "Allow", Action = statement.Action, Resource = statement.Resource },
        length(statement.Condition) == 0 ? {} : { Condition = statement.Condition }
      )
    ]
  })
  tags = var.tags
}
