# All options: customer managed keys, a VPC, deactivation before deletion, alarms that notify people,
# groups with the policies for people.
module "iam_key_rotator" {
  source = "../.." # path of the module

  name       = "key-rotator"
  table_name = "key-rotator-journal"
  dry_run    = false # true for the first weeks in a large account
  log_level  = "info"

  rotate_after_days     = 60
  deactivate_after_days = 7
  delete_after_days     = 14
  max_key_age_days      = 90
  require_new_key_used  = true
  retry_after_mins      = 15
  max_rotations_per_run = 50
  user_path             = "/people/"

  mail_client          = "ses"
  mail_from            = "Access keys <keys@example.com>"
  ses_region           = "eu-central-1"
  ses_resource_arns    = ["arn:${data.aws_partition.current.partition}:ses:eu-central-1:${data.aws_caller_identity.current.account_id}:configuration-set/default"]
  allowed_mail_domains = ["example.com", "contractors.example.com"]

  kms_key_arn         = aws_kms_key.ikr.arn
  ssm_kms_key_id      = aws_kms_key.ikr.arn
  cw_logs_kms_key_arn = aws_kms_key.ikr.arn

  schedule_expression           = "cron(0 3,9,15,21 * * ? *)"
  schedule_timezone             = "Europe/Berlin"
  schedule_flexible_window_mins = 30
  alarm_missed_schedule_hours   = 13
  alarm_topic_arn               = aws_sns_topic.alarms.arn

  function_memory_size           = 512
  reserved_concurrent_executions = 2
  xray_tracing_mode              = "Active"
  cw_log_group_retention         = 731
  vpc_config = {
    subnet_ids         = var.subnet_ids
    security_group_ids = var.security_group_ids
  }

  role_path                = "/service/"
  permissions_boundary_arn = var.permissions_boundary_arn

  tags = {
    Service = "iam-key-rotator"
    Owner   = "platform"
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

# One key for the table, the parameters, the logs and the topic of the alarms.
resource "aws_kms_key" "ikr" {
  description         = "IAM key rotator"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "IamPoliciesOfTheAccount"
        Effect    = "Allow"
        Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "LogsOfTheFunctions"
        Effect    = "Allow"
        Principal = { Service = "logs.${data.aws_region.current.region}.${data.aws_partition.current.dns_suffix}" }
        Action    = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/aws/lambda/key-rotator-*"
          }
        }
      },
      {
        Sid       = "AlarmsToTheTopic"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}

resource "aws_kms_alias" "ikr" {
  name          = "alias/key-rotator"
  target_key_id = aws_kms_key.ikr.key_id
}

resource "aws_sns_topic" "alarms" {
  name              = "key-rotator-alarms"
  kms_master_key_id = aws_kms_key.ikr.arn
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = "platform@example.com"
}

# Members of key-owners can open the mails that are sent to them; the others can run commands.
locals {
  policies_of_groups = {
    key-owners   = module.iam_key_rotator.user_policy_arn
    key-helpdesk = module.iam_key_rotator.helpdesk_policy_arn
    key-readers  = module.iam_key_rotator.read_policy_arn
    key-support  = module.iam_key_rotator.support_policy_arn
    key-admins   = module.iam_key_rotator.admin_policy_arn
    key-taggers  = module.iam_key_rotator.tagging_policy_arn
  }
}

resource "aws_iam_group" "people" {
  for_each = local.policies_of_groups

  name = each.key
  path = "/people/"
}

resource "aws_iam_group_policy_attachment" "people" {
  for_each = local.policies_of_groups

  group      = aws_iam_group.people[each.key].name
  policy_arn = each.value
}
