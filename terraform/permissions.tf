# Everything that the functions may do, by function and by what it is done to. A test compares this
# list with the calls that the functions really make, so write actions one by one and as they are.
locals {
  calls = {
    rotator = {
      account = [
        "iam:GenerateCredentialReport",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetCredentialReport",
        "iam:ListAccountAliases",
      ]
      users = [
        "iam:DeleteAccessKey",
        "iam:GetAccessKeyLastUsed",
        "iam:GetUser",
        "iam:ListAccessKeys",
        "iam:UpdateAccessKey",
      ]
      managed_users = [
        "iam:CreateAccessKey",
      ]
      table = [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Scan",
      ]
      content_keys = [
        "ssm:AddTagsToResource",
        "ssm:DeleteParameter",
        "ssm:GetParameter",
        "ssm:PutParameter",
      ]
      # Where GetAccountAuthorizationDetails is denied, the users are found the slower way.
      fallback_account = [
        "iam:ListUsers",
      ]
      fallback_users = [
        "iam:ListUserTags",
      ]
    }
    destructor = {
      account = [
        "iam:ListAccountAliases",
      ]
      users = [
        "iam:DeleteAccessKey",
        "iam:GetAccessKeyLastUsed",
        "iam:GetUser",
        "iam:ListAccessKeys",
        "iam:UpdateAccessKey",
      ]
      managed_users = []
      table = [
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
      ]
      content_keys = [
        "ssm:DeleteParameter",
        "ssm:GetParameter",
      ]
      fallback_account = []
      fallback_users   = []
    }
  }

  # What the mailers do. Only the rotator asks beforehand whether mails can be sent.
  mail_calls = {
    rotator = {
      ses_identity = ["ses:SendEmail"]
      ses_account = [
        "ses:GetAccountSendingEnabled",
        "ses:GetIdentityVerificationAttributes",
        "ses:GetSendQuota",
      ]
      secret = ["ssm:GetParameter"]
    }
    destructor = {
      ses_identity = ["ses:SendEmail"]
      ses_account  = []
      secret       = ["ssm:GetParameter"]
    }
  }

  # What no call of the functions shows, because AWS does it in the name of their roles.
  beyond_calls = {
    logs = {
      reason    = "Lambda writes what a function prints to its log group."
      functions = ["rotator", "destructor"]
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    }
    failures = {
      reason    = "Lambda puts failed runs, and stream records that it gave up, into the failure queues."
      functions = ["rotator", "destructor"]
      actions   = ["sqs:SendMessage"]
    }
    stream = {
      reason    = "The event source mapping finds and reads the table's stream."
      functions = ["destructor"]
      actions = [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
      ]
    }
    tracing = {
      reason    = "With xray_tracing_mode Active, Lambda sends traces."
      functions = ["rotator", "destructor"]
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    }
    network = {
      reason    = "With vpc_config, Lambda manages the function's network interfaces."
      functions = ["rotator", "destructor"]
      actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ]
    }
    table_key = {
      reason    = "With kms_key_arn, DynamoDB decrypts the table's key in the caller's name."
      functions = ["rotator", "destructor"]
      actions   = ["kms:Decrypt"]
    }
    read_parameter_key = {
      reason    = "With ssm_kms_key_id or mail_secret_kms_key_arn, SSM decrypts parameters in the caller's name."
      functions = ["rotator", "destructor"]
      actions   = ["kms:Decrypt"]
    }
    write_parameter_key = {
      reason    = "With ssm_kms_key_id, SSM encrypts parameters in the caller's name."
      functions = ["rotator"]
      actions   = ["kms:Encrypt"]
    }
  }
}
