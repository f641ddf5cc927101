# The environment variables of the functions. A test compares these names and defaults with the
# settings in the code, so write every name in full, and only settings.
locals {
  core_environment = {
    IAM_KEY_ROTATOR_TABLE = local.table_name
    ROTATE_AFTER_DAYS     = var.rotate_after_days
    DELETE_AFTER_DAYS     = var.delete_after_days
    DEACTIVATE_AFTER_DAYS = var.deactivate_after_days
    REQUIRE_NEW_KEY_USED  = var.require_new_key_used
    MAX_KEY_AGE_DAYS      = var.max_key_age_days
    RETRY_AFTER_MINS      = var.retry_after_mins
    SSM_KMS_KEY_ID        = var.ssm_kms_key_id
    ALLOWED_MAIL_DOMAINS  = length(var.allowed_mail_domains) == 0 ? null : join(",", var.allowed_mail_domains)
    MAX_ROTATIONS_PER_RUN = var.max_rotations_per_run
    DRY_RUN               = var.dry_run
    LOG_LEVEL             = var.log_level
  }

  delivery_environment = {
    mail = {
      MAIL_FROM        = var.mail_from
      MAIL_CLIENT      = var.mail_client
      ENCRYPT_KEY_PAIR = var.encrypt_key_pair
    }
  }

  mailer_environment = {
    ses = {
      SES_REGION      = var.ses_region
      MAIL_SOURCE_ARN = var.mail_source_arn
    }
    smtp = {
      SMTP_SERVER             = var.smtp_server
      SMTP_PORT               = var.smtp_port
      SMTP_PROTOCOL           = var.smtp_protocol
      SMTP_USER               = var.smtp_user
      SMTP_PASSWORD_PARAMETER = local.mail_secret_name
    }
    mailgun = {
      MAILGUN_API_URL      = var.mailgun_api_url
      MAILGUN_DOMAIN       = var.mailgun_domain
      MAILGUN_API_KEY_NAME = local.mail_secret_name
    }
  }

  # Both functions read all settings: the destructor follows the same rules and sends mail as well.
  environment = {
    for name, value in merge(local.core_environment, local.delivery_environment.mail, local.mailer_environment[var.mail_client]) :
    name => tostring(value) if value != null
  }
}
