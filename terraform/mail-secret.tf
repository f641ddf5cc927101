locals {
  # The one secret that a mailer may need: a parameter of the module, or an existing one.
  mail_secrets = {
    smtp = {
      existing = var.smtp_password_parameter
      own      = "/${var.name}/mail/smtp-password"
    }
    mailgun = {
      existing = var.mailgun_api_key_name
      own      = "/${var.name}/mail/mailgun-api-key"
    }
  }
  mail_secret      = lookup(local.mail_secrets, var.mail_client, null)
  mail_secret_name = local.mail_secret == null ? null : coalesce(local.mail_secret.existing, local.mail_secret.own)
  mail_secret_arn  = local.mail_secret_name == null ? null : "${local.parameter_arn_prefix}/${trimprefix(local.mail_secret_name, "/")}"
}

resource "aws_ssm_parameter" "smtp_password" {
  # checkov:skip=CKV_AWS_337: a customer managed key is an option (ssm_kms_key_id)
  count = var.mail_client == "smtp" && var.smtp_password_parameter == null ? 1 : 0

  name             = local.mail_secrets.smtp.own
  description      = "Password of the IAM key rotator at the SMTP server"
  type             = "SecureString"
  key_id           = var.ssm_kms_key_id
  value_wo         = var.smtp_password
  value_wo_version = var.smtp_password_version
  tags             = var.tags
}

resource "aws_ssm_parameter" "mailgun_api_key" {
  # checkov:skip=CKV_AWS_337: a customer managed key is an option (ssm_kms_key_id)
  count = var.mail_client == "mailgun" && var.mailgun_api_key_name == null ? 1 : 0

  name             = local.mail_secrets.mailgun.own
  description      = "API key of the IAM key rotator at Mailgun"
  type             = "SecureString"
  key_id           = var.ssm_kms_key_id
  value_wo         = var.mailgun_api_key
  value_wo_version = var.mailgun_api_key_version
  tags             = var.tags
}
