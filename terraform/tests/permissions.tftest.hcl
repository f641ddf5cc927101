# What each role and each person may do, in every variant. Which calls the functions make is
# compared with the lists in permissions.tf elsewhere; here those lists must arrive in the policies,
# whole and with nothing added.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "Access keys <keys@mail.example.com>"
  archive_directory = "tests/archives"
}

run "ses" {
  command = plan

  assert {
    condition = toset(flatten(jsondecode(aws_iam_role_policy.function["rotator"].policy).Statement[*].Action)) == toset([
      "iam:GetAccountAuthorizationDetails", "iam:ListAccountAliases",
      "iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAccessKeys", "iam:UpdateAccessKey",
      "iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListUsers", "iam:ListUserTags",
      "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan",
      "ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter",
      "ses:GetAccountSendingEnabled", "ses:GetIdentityVerificationAttributes", "ses:GetSendQuota", "ses:SendEmail",
      "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage",
    ])
    error_message = "The rotator may do what it does, and no more."
  }

  assert {
    condition = toset(flatten(jsondecode(aws_iam_role_policy.function["destructor"].policy).Statement[*].Action)) == toset([
      "iam:DeleteAccessKey", "iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAccessKeys", "iam:ListAccountAliases", "iam:UpdateAccessKey",
      "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem",
      "ssm:DeleteParameter", "ssm:GetParameter",
      "ses:SendEmail",
      "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage",
      "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
    ])
    error_message = "The destructor may do what it does, and no more; it can create no key."
  }

  assert {
    condition = toset(flatten([
      for key, policy in aws_iam_role_policy.function : flatten([
        for statement in jsondecode(policy.policy).Statement : statement.Action if statement.Resource == "*"
      ])
      ])) == toset([
      "iam:GetAccountAuthorizationDetails", "iam:ListAccountAliases", "iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListUsers",
      "ses:GetAccountSendingEnabled", "ses:GetIdentityVerificationAttributes", "ses:GetSendQuota",
    ])
    error_message = "Only what AWS allows for everything or not at all is allowed for everything."
  }

  assert {
    condition = alltrue(flatten([
      for key, policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : !can(statement.Condition) || contains(["ManagedUsers", "SesIdentity"], statement.Sid)
      ]
    ]))
    error_message = "No tag stands between an old key and its destruction."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.function["rotator"].policy).Statement : statement if contains(flatten([statement.Action]), "iam:CreateAccessKey")
      ]) == {
      Sid       = "ManagedUsers"
      Effect    = "Allow"
      Action    = ["iam:CreateAccessKey"]
      Resource  = "arn:aws:iam::111122223333:user/*"
      Condition = { Null = { "aws:ResourceTag/IKR:EMAIL" = "false" } }
    }
    error_message = "Keys are created for users with the tag alone."
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function : one([
        for statement in jsondecode(policy.policy).Statement : statement if statement.Sid == "SesIdentity"
        ]) == {
        Sid    = "SesIdentity"
        Effect = "Allow"
        Action = ["ses:SendEmail"]
        Resource = [
          "arn:aws:ses:eu-west-1:111122223333:identity/keys@mail.example.com",
          "arn:aws:ses:eu-west-1:111122223333:identity/mail.example.com",
          "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
        ]
        Condition = { StringEquals = { "ses:FromAddress" = "keys@mail.example.com" } }
      }
    ])
    error_message = "Mails are sent from one address, by whichever identity stands for it."
  }

  assert {
    condition = tomap({
      for statement in jsondecode(aws_iam_role_policy.function["destructor"].policy).Statement : statement.Sid => statement.Resource
      if contains(["Users", "Table", "Stream", "ContentKeys", "Logs", "Failures"], statement.Sid)
      }) == tomap({
      Users       = "arn:aws:iam::111122223333:user/*"
      Table       = "arn:aws:dynamodb:eu-west-1:111122223333:table/ikr"
      Stream      = "arn:aws:dynamodb:eu-west-1:111122223333:table/ikr/stream/*"
      ContentKeys = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*"
      Logs        = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/ikr-destructor:*"
      Failures    = "arn:aws:sqs:eu-west-1:111122223333:ikr-destructor-failures"
    })
    error_message = "Each permission is for the one thing that it is needed for."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.scheduler.policy).Statement : "${statement.Action} ${statement.Resource}"
      ])) == toset([
      "lambda:InvokeFunction arn:aws:lambda:eu-west-1:111122223333:function:ikr-rotator",
      "sqs:SendMessage arn:aws:sqs:eu-west-1:111122223333:ikr-schedule-failures",
    ])
    error_message = "The schedule may call the rotator and say that it could not."
  }

  assert {
    condition     = jsondecode(aws_iam_role.scheduler.assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/ikr"
    error_message = "Only schedules of the module's own group may use the role."
  }
}

run "ses_from_elsewhere" {
  command = plan

  variables {
    ses_region        = "us-east-1"
    mail_source_arn   = "arn:aws:ses:us-east-1:444455556666:identity/example.com"
    ses_resource_arns = ["arn:aws:ses:us-east-1:111122223333:configuration-set/default"]
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function : one([
        for statement in jsondecode(policy.policy).Statement : statement.Resource if statement.Sid == "SesIdentity"
      ]) == ["arn:aws:ses:us-east-1:444455556666:identity/example.com", "arn:aws:ses:us-east-1:111122223333:configuration-set/default"]
    ])
    error_message = "The identity of the other account is used, and what it needs."
  }
}

run "smtp" {
  command = plan

  variables {
    mail_client   = "smtp"
    smtp_server   = "smtp.example.com"
    smtp_password = "from-the-test"
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function :
      !anytrue([for action in flatten(jsondecode(policy.policy).Statement[*].Action) : startswith(action, "ses:") || startswith(action, "kms:")])
    ])
    error_message = "SMTP needs nothing of SES, and AWS's own key no permission."
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function : one([
        for statement in jsondecode(policy.policy).Statement : statement if statement.Sid == "MailSecret"
        ]) == {
        Sid      = "MailSecret"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter"]
        Resource = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/mail/smtp-password"
      }
    ])
    error_message = "Both functions may read the password, and only read it."
  }
}

run "mailgun_with_a_parameter_and_a_key_that_are_there" {
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
    error_message = "Both functions may read the key of Mailgun where it is."
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
    error_message = "The KMS key is for that parameter alone."
  }
}

run "keys_of_ones_own" {
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
    error_message = "The table's key is for the table alone."
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
            "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/mail/smtp-password",
          ]
        }
      }
    }
    error_message = "The parameters' key is for the parameters alone."
  }

  assert {
    condition = (
      contains(jsondecode(aws_iam_role_policy.function["rotator"].policy).Statement[*].Sid, "WriteParameterKey") &&
      !contains(jsondecode(aws_iam_role_policy.function["destructor"].policy).Statement[*].Sid, "WriteParameterKey")
    )
    error_message = "Only the rotator writes content keys."
  }

  assert {
    condition = jsondecode(aws_iam_policy.people["user"].policy).Statement[1] == {
      Sid      = "ContentKeyDecryption"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000003"
      Condition = {
        StringEquals = { "kms:ViaService" = ["ssm.eu-west-1.amazonaws.com"] }
        StringLike   = { "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*" }
      }
    }
    error_message = "Users may use the key through SSM, for content keys."
  }

  assert {
    condition = (
      contains(jsondecode(aws_iam_policy.people["operator"].policy).Statement[*].Sid, "TableKey") &&
      !contains(jsondecode(aws_iam_policy.people["operator"].policy).Statement[*].Sid, "ReadParameterKey")
    )
    error_message = "Operators may read the table, and no parameter."
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
        StringLike                 = { "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*" }
      }
    }
    error_message = "A key that is named by its alias is allowed by its alias."
  }
}

run "functions_in_a_vpc_with_tracing" {
  command = plan

  variables {
    xray_tracing_mode = "Active"
    vpc_config = {
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = ["sg-0a1b2c3d4e5f60718"]
    }
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function : length(setsubtract(
        ["xray:PutTelemetryRecords", "xray:PutTraceSegments", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"],
        flatten([for statement in jsondecode(policy.policy).Statement : statement.Action if statement.Effect == "Allow"])
      )) == 0
    ])
    error_message = "Lambda may trace and manage network interfaces."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.function["destructor"].policy).Statement : statement.Action if statement.Resource == "*" && statement.Effect == "Allow"
    ])) == toset(concat(["iam:ListAccountAliases"], local.beyond_calls.tracing.actions, local.beyond_calls.network.actions))
    error_message = "Besides what is always allowed for everything, only tracing and network interfaces are."
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function : one([
        for statement in jsondecode(policy.policy).Statement : statement if statement.Effect == "Deny"
        ]) == {
        Sid       = "NoNetworkFromCode"
        Effect    = "Deny"
        Action    = local.beyond_calls.network.actions
        Resource  = "*"
        Condition = { ArnEquals = { "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-west-1:111122223333:function:ikr-${key}" } }
      }
    ])
    error_message = "The code of the functions may not touch network interfaces."
  }
}

run "users_below_a_path" {
  command = plan

  variables {
    user_path = "/people/"
  }

  assert {
    condition = toset(flatten([
      for policy in concat(values(aws_iam_role_policy.function), [aws_iam_policy.people["operator"], aws_iam_policy.people["operator_rotation"]]) : [
        for statement in jsondecode(policy.policy).Statement : statement.Resource if can(regex("^arn:aws:iam:", statement.Resource))
      ]
    ])) == toset(["arn:aws:iam::111122223333:user/people/*"])
    error_message = "Users elsewhere are out of reach."
  }
}

run "people" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_policy.people["user"].policy).Statement == [{
      Sid       = "OwnContentKey"
      Effect    = "Allow"
      Action    = "ssm:GetParameter"
      Resource  = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*"
      Condition = { StringEquals = { "aws:ResourceTag/ikr:user-id" = "$${aws:userid}" } }
    }]
    error_message = "Users may read their own content key and nothing else."
  }

  assert {
    condition = length(setintersection(
      flatten(jsondecode(aws_iam_policy.people["operator"].policy).Statement[*].Action),
      ["ssm:GetParameter", "ssm:PutParameter", "iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:UpdateAccessKey", "lambda:InvokeFunction"]
    )) == 0
    error_message = "Operators can neither read a content key nor touch an access key."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_policy.people["operator"].policy).Statement : statement.Condition if contains(statement.Action, "iam:TagUser")
      ]) == {
      "ForAllValues:StringLike" = { "aws:TagKeys" = ["IKR:*", "Ikr:*", "ikr:*"] }
      Null                      = { "aws:TagKeys" = "false" }
    }
    error_message = "Operators set this program's tags and no others."
  }

  assert {
    condition = toset(flatten(jsondecode(aws_iam_policy.people["operator_rotation"].policy).Statement[*].Action)) == setsubtract(
      flatten(jsondecode(aws_iam_role_policy.function["rotator"].policy).Statement[*].Action),
      ["logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"]
    )
    error_message = "Whoever rotates by hand may do what the rotator does."
  }
}

run "policies_fit" {
  command = plan

  variables {
    name              = "a-name-of-thirty-two-characters-"
    mail_from         = "keys@a.very.long.chain.of.labels.in.the.department.of.keys.example.com"
    kms_key_arn       = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
    ssm_kms_key_id    = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000003"
    xray_tracing_mode = "Active"
    vpc_config = {
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = ["sg-0a1b2c3d4e5f60718"]
    }
  }

  assert {
    condition     = alltrue([for policy in aws_iam_policy.people : length(policy.policy) <= 6144])
    error_message = "IAM takes managed policies of at most 6,144 characters."
  }

  assert {
    condition     = alltrue([for policy in aws_iam_role_policy.function : length(policy.policy) <= 10240])
    error_message = "IAM takes inline policies of a role of at most 10,240 characters."
  }

  assert {
    condition     = alltrue([for name in concat(values(aws_iam_role.function)[*].name, [aws_iam_role.scheduler.name], values(aws_lambda_function.this)[*].function_name) : length(name) <= 64])
    error_message = "Names of roles and functions have at most 64 characters."
  }
}
