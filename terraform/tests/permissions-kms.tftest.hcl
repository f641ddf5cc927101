# The use of customer managed KMS keys, by the functions and by people.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "Access keys <keys@mail.example.com>"
  archive_directory = "tests/archives"
}

run "customer_managed_keys" {
  command = plan

  variables {
    kms_key_arn    = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
    ssm_kms_key_id = "0a1b2c3d-0000-4000-8000-000000000003"
    mail_client    = "smtp"
    smtp_server    = "smtp.example.com"
    smtp_password  = "from-the-test"
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function : one([
        for statement in jsondecode(policy.policy).Statement : statement if statement.Sid == "TableKey"
        ]) == {
        Sid      = "TableKey"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
        Condition = {
          StringEquals = {
            "kms:ViaService"                               = ["dynamodb.eu-west-1.amazonaws.com"]
            "kms:EncryptionContext:aws:dynamodb:tableName" = "ikr"
          }
        }
      }
    ])
    error_message = "The key of the table can be used for the table only."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.function["destructor"].policy).Statement : statement if statement.Sid == "ReadParameterKey"
      ]) == {
      Sid      = "ReadParameterKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000003"
      Condition = {
        StringEquals = { "kms:ViaService" = ["ssm.eu-west-1.amazonaws.com"] }
        StringLike = {
          "kms:EncryptionContext:PARAMETER_ARN" = [
            "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*/AIDA*",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/mail/smtp-password",
          ]
        }
      }
    }
    error_message = "The key of the parameters can be used for the parameters only."
  }

  assert {
    condition = (
      contains(jsondecode(aws_iam_role_policy.function["rotator"].policy).Statement[*].Sid, "WriteParameterKey") &&
      !contains(jsondecode(aws_iam_role_policy.function["destructor"].policy).Statement[*].Sid, "WriteParameterKey")
    )
    error_message = "Only the rotator can write content keys."
  }

  assert {
    condition = jsondecode(aws_iam_policy.people["user"].policy).Statement[1] == {
      Sid      = "OwnContentKeyDecryption"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000003"
      Condition = {
        StringEquals = { "kms:ViaService" = ["ssm.eu-west-1.amazonaws.com"] }
        StringLike   = { "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*/$${aws:userid}" }
      }
    }
    error_message = "Users can decrypt with the key through SSM, and only their own content key."
  }

  assert {
    condition = jsondecode(aws_iam_policy.people["helpdesk"].policy).Statement[1] == {
      Sid      = "ContentKeysDecryption"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000003"
      Condition = {
        StringEquals = { "kms:ViaService" = ["ssm.eu-west-1.amazonaws.com"] }
        StringLike   = { "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*/AIDA*" }
      }
    }
    error_message = "The helpdesk can decrypt with the key through SSM, and only content keys."
  }

  assert {
    condition = toset([
      for key, policy in aws_iam_policy.people : key if strcontains(policy.policy, "kms:")
    ]) == toset(["helpdesk", "user"])
    error_message = "Only readers of content keys can use a KMS key."
  }
}

run "keys_by_alias" {
  command = plan

  variables {
    ssm_kms_key_id = "arn:aws:kms:eu-west-1:444455556666:alias/shared"
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.function["rotator"].policy).Statement : statement if statement.Sid == "WriteParameterKey"
      ]) == {
      Sid      = "WriteParameterKey"
      Effect   = "Allow"
      Action   = ["kms:Encrypt"]
      Resource = "arn:aws:kms:eu-west-1:444455556666:key/*"
      Condition = {
        "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = "alias/shared" }
        StringEquals               = { "kms:ViaService" = ["ssm.eu-west-1.amazonaws.com"] }
        StringLike                 = { "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*/AIDA*" }
      }
    }
    error_message = "A key that is set by its alias is allowed by its alias."
  }
}

run "mailgun_with_an_existing_parameter_and_its_key" {
  command = plan

  variables {
    mail_client             = "mailgun"
    mailgun_domain          = "mg.example.com"
    mailgun_api_key_name    = "mailgun-key"
    mail_secret_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000004"
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function : tomap({
        for statement in jsondecode(policy.policy).Statement : statement.Sid => "${join(" ", flatten([statement.Action]))} ${statement.Resource}" if startswith(statement.Sid, "MailSecret")
        }) == tomap({
        MailSecret    = "ssm:GetParameter arn:aws:ssm:eu-west-1:111122223333:parameter/mailgun-key"
        MailSecretKey = "kms:Decrypt arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000004"
      })
    ])
    error_message = "Both functions can read the existing parameter with the Mailgun API key."
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function : one([
        for statement in jsondecode(policy.policy).Statement : statement.Condition.StringEquals if statement.Sid == "MailSecretKey"
        ]) == {
        "kms:ViaService"                      = ["ssm.eu-west-1.amazonaws.com"]
        "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/mailgun-key"
      }
    ])
    error_message = "The KMS key can be used for that parameter only."
  }
}
