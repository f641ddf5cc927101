# The permissions of the functions, by function and by kind of resource. A test compares this list
# with the recorded calls of the functions, so write every action in full.
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
        "dynamodb:Query",
      ]
      content_keys = [
        "ssm:DeleteParameter",
        "ssm:GetParameter",
        "ssm:PutParameter",
      ]
      # If GetAccountAuthorizationDetails is denied, the rotator lists the users and their tags instead.
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

  # The permissions of the mailers. Only the rotator verifies in advance that mail can be sent.
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

  # Permissions that no recorded call shows, because AWS services use them on behalf of the roles.
  beyond_calls = {
    logs = {
      reason    = "Lambda writes the output of a function to its log group."
      functions = ["rotator", "destructor"]
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    }
    failures = {
      reason    = "Lambda sends failed invocations, and stream records whose retries are used up, to the failure queues."
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
      reason    = "With kms_key_arn, DynamoDB decrypts the key of the table on behalf of the caller."
      functions = ["rotator", "destructor"]
      actions   = ["kms:Decrypt"]
    }
    read_parameter_key = {
      reason    = "With ssm_kms_key_id or mail_secret_kms_key_arn, SSM decrypts parameters on behalf of the caller."
      functions = ["rotator", "destructor"]
      actions   = ["kms:Decrypt"]
    }
    write_parameter_key = {
      reason    = "With ssm_kms_key_id, SSM encrypts parameters on behalf of the caller."
      functions = ["rotator"]
      actions   = ["kms:Encrypt"]
    }
  }
}
