# Mails through Mailgun, from a domain in the EU.
module "iam_key_rotator" {
  source = "../.." # path of the module

  mail_client = "mailgun"
  mail_from   = "Access keys <keys@mg.example.com>"

  mailgun_api_url = "https://api.eu.mailgun.net" # https://api.mailgun.net for domains in the US
  mailgun_domain  = "mg.example.com"

  # Written to an SSM parameter, and not stored in the state or in a plan. A sending key of the domain
  # is sufficient. Increase the version with every new key: TF_VAR_mailgun_api_key=… terraform apply
  mailgun_api_key         = var.mailgun_api_key
  mailgun_api_key_version = 1

  allowed_mail_domains = ["example.com"]
}

variable "mailgun_api_key" {
  description = "Sending key of mg.example.com at Mailgun."
  type        = string
  ephemeral   = true
  sensitive   = true
}

output "user_policy_arn" {
  description = "Attach this policy to the users whose keys are rotated, or to a group of theirs."
  value       = module.iam_key_rotator.user_policy_arn
}
