# Mails through an SMTP server that requires a login.
module "iam_key_rotator" {
  source = "../.." # path of the module

  mail_client = "smtp"
  mail_from   = "Access keys <keys@example.com>"

  smtp_server   = "smtp.example.com"
  smtp_protocol = "tls" # STARTTLS, on port 587; "ssl" is TLS from the first byte, on port 465
  smtp_user     = "iam-key-rotator"

  # Written to an SSM parameter, and not stored in the state or in a plan. Increase the version with
  # every new password: TF_VAR_smtp_password=… terraform apply
  smtp_password         = var.smtp_password
  smtp_password_version = 1

  allowed_mail_domains = ["example.com"]
}

variable "smtp_password" {
  description = "Password of iam-key-rotator at smtp.example.com."
  type        = string
  ephemeral   = true
  sensitive   = true
}

output "user_policy_arn" {
  description = "Attach this policy to the users whose keys are rotated, or to a group of theirs."
  value       = module.iam_key_rotator.user_policy_arn
}
