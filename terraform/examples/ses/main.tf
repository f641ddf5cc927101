# The minimum: mails through SES, from an identity that is verified there.
module "iam_key_rotator" {
  source = "../.." # path of the module

  mail_from = "Access keys <keys@example.com>"

  # A sealed mail is useless to anybody else, but it should still go to one of your own domains.
  allowed_mail_domains = ["example.com"]
}

output "user_policy_arn" {
  description = "Attach this policy to the users whose keys are rotated, or to a group of theirs."
  value       = module.iam_key_rotator.user_policy_arn
}
