output "rotator_function_name" {
  description = "For `ikr --function`."
  value       = module.iam_key_rotator.rotator_function_name
}

output "operator_policy_arn" {
  description = "For people who tag users and look at rotations."
  value       = module.iam_key_rotator.operator_policy_arn
}

output "operator_rotation_policy_arn" {
  description = "For the few who may rotate by hand."
  value       = module.iam_key_rotator.operator_rotation_policy_arn
}

output "dashboard_name" {
  description = "The CloudWatch dashboard."
  value       = module.iam_key_rotator.dashboard_name
}
