# The policies for people.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  mail_from         = "Access keys <keys@mail.example.com>"
  archive_directory = "tests/archives"
}

run "content_keys" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_policy.people["user"].policy).Statement == [{
      Sid      = "OwnContentKey"
      Effect   = "Allow"
      Action   = "ssm:GetParameter"
      Resource = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*/$${aws:userid}"
    }]
    error_message = "Users can read their own content key and nothing else."
  }

  assert {
    condition = jsondecode(aws_iam_policy.people["helpdesk"].policy).Statement == [{
      Sid      = "ContentKeys"
      Effect   = "Allow"
      Action   = "ssm:GetParameter"
      Resource = "arn:aws:ssm:eu-west-1:111122223333:parameter/ikr/secret/iam/*/AIDA*"
    }]
    error_message = "The helpdesk can read content keys and nothing else."
  }
}

run "commands" {
  command = plan

  assert {
    condition = alltrue([
      for alias in ["read", "support", "admin"] : jsondecode(aws_iam_policy.people[alias].policy).Statement == [{
        Sid      = "InvokeThroughAlias"
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = "arn:aws:lambda:eu-west-1:111122223333:function:ikr-rotator:${alias}"
      }]
    ])
    error_message = "A policy for commands allows invoking the rotator through one alias and nothing else."
  }

  assert {
    condition = alltrue([
      for alias, resource in aws_lambda_alias.rotator :
      endswith(jsondecode(aws_iam_policy.people[alias].policy).Statement[0].Resource, ":${resource.function_name}:${resource.name}")
    ]) && toset(keys(aws_lambda_alias.rotator)) == toset(["read", "support", "admin"])
    error_message = "Every alias exists and has a policy."
  }
}

run "tags" {
  command = plan

  assert {
    condition = toset(flatten(jsondecode(aws_iam_policy.people["tagging"].policy).Statement[*].Action)) == toset([
      "iam:ListUserTags", "iam:TagUser",
    ])
    error_message = "The policy for tagging allows reading and setting tags and nothing else."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_policy.people["tagging"].policy).Statement : statement.Condition if statement.Action == "iam:TagUser"
      ]) == {
      "ForAllValues:StringLike" = { "aws:TagKeys" = ["IKR:*", "Ikr:*", "ikr:*"] }
      Null                      = { "aws:TagKeys" = "false" }
    }
    error_message = "Only tags of this program can be set."
  }
}

run "no_policy_reaches_table_or_access_keys" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.people : [
        for action in flatten(jsondecode(policy.policy).Statement[*].Action) :
        contains(["iam:ListUserTags", "iam:TagUser", "lambda:InvokeFunction", "ssm:GetParameter"], action)
      ]
    ]))
    error_message = "People have no access to the table, to its KMS key and to access keys."
  }
}
