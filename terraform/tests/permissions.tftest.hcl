# The policies of the roles in every variant. A test in the repository compares the lists in
# permissions.tf with the calls of the functions; here those lists must arrive in the policies,
# complete and with no addition.
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
      "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
      "ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter",
      "ses:GetAccountSendingEnabled", "ses:GetIdentityVerificationAttributes", "ses:GetSendQuota", "ses:SendEmail",
      "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage",
    ])
    error_message = "The rotator has the permissions for its calls, and no others."
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
    error_message = "The destructor has the permissions for its calls, and no others; it cannot create a key."
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
    error_message = "Only actions without resource-level permissions are allowed on all resources."
  }

  assert {
    condition = alltrue(flatten([
      for key, policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : !can(statement.Condition) || contains(["ManagedUsers", "SesIdentity"], statement.Sid)
      ]
    ]))
    error_message = "Deactivating and deleting an old key depends on no tag."
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
    error_message = "Keys can be created only for users with the tag."
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
    error_message = "Mail is sent from one address only, through any SES identity that covers it."
  }

  assert {
    condition = tomap({
      for statement in jsondecode(aws_iam_role_policy.function["destructor"].policy).Statement : statement.Sid => statement.Resource
      if contains(["Users", "Table", "Stream", "ContentKeys", "Logs", "Failures"], statement.Sid)
      }) == tomap({
      Users       = "arn:aws:iam::111122223333:user/*"
      Table       = "arn:aws:dynamodb:eu-west-1:111122223333:table/ikr"
      Stream      = "arn:aws:dynamodb:eu-west-1:111122223333:table/ikr/stream/*"
      ContentKeys = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*/AIDA*"
      Logs        = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/ikr-destructor:*"
      Failures    = "arn:aws:sqs:eu-west-1:111122223333:ikr-destructor-failures"
    })
    error_message = "Each permission is limited to the resource that needs it."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.scheduler.policy).Statement : "${statement.Action} ${statement.Resource}"
      ])) == toset([
      "lambda:InvokeFunction arn:aws:lambda:eu-west-1:111122223333:function:ikr-rotator",
      "sqs:SendMessage arn:aws:sqs:eu-west-1:111122223333:ikr-schedule-failures",
    ])
    error_message = "The schedule can invoke the rotator without an alias, and report that it failed to."
  }

  assert {
    condition     = jsondecode(aws_iam_role.scheduler.assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/ikr"
    error_message = "Only schedules in the group of the module can assume the role."
  }
}

run "ses_identity_of_another_account" {
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
    error_message = "The permission covers the identity of the other account and the further SES resources."
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
    error_message = "SMTP needs no permissions for SES, and the AWS managed key needs none for KMS."
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
    error_message = "Both functions can read the password, and only read it."
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
    error_message = "Lambda can trace and manage network interfaces."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.function["destructor"].policy).Statement : statement.Action if statement.Resource == "*" && statement.Effect == "Allow"
    ])) == toset(concat(["iam:ListAccountAliases"], local.beyond_calls.tracing.actions, local.beyond_calls.network.actions))
    error_message = "Tracing and network interfaces are the only further actions on all resources."
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
        Condition = { ArnLike = { "lambda:SourceFunctionArn" = ["arn:aws:lambda:eu-west-1:111122223333:function:ikr-${key}", "arn:aws:lambda:eu-west-1:111122223333:function:ikr-${key}:*"] } }
      }
    ])
    error_message = "The code of the functions cannot manage network interfaces."
  }
}

run "users_under_a_path" {
  command = plan

  variables {
    user_path = "/people/"
  }

  assert {
    condition = toset(flatten([
      for policy in concat(values(aws_iam_role_policy.function), [aws_iam_policy.people["tagging"]]) : [
        for statement in jsondecode(policy.policy).Statement : statement.Resource if can(regex("^arn:aws:iam:", statement.Resource))
      ]
    ])) == toset(["arn:aws:iam::111122223333:user/people/*"])
    error_message = "There are no permissions for users under other paths."
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
    error_message = "A managed policy can have at most 6,144 characters."
  }

  assert {
    condition     = alltrue([for policy in aws_iam_role_policy.function : length(policy.policy) <= 10240])
    error_message = "The inline policies of a role can have at most 10,240 characters."
  }

  assert {
    condition     = alltrue([for name in concat(values(aws_iam_role.function)[*].name, [aws_iam_role.scheduler.name], values(aws_lambda_function.this)[*].function_name) : length(name) <= 64])
    error_message = "Names of roles and functions can have at most 64 characters."
  }
}
