# The least there is: mails through SES, from an identity that is verified there.
module "iam_key_rotator" {
  source = "../.." # where the module is, from here

  mail_from = "Access keys <keys@example.com>"

  # Sealed mails are no use to anybody else, but an address should still be one of your own.
  allowed_mail_domains = ["example.com"]
}

output "user_policy_arn" {
  description = "Attach this policy to the users whose keys are rotated, or to a group of theirs."
  value       = module.iam_key_rotator.user_policy_arn
}
