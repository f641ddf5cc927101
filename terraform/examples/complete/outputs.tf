output "rotator_function_name" {
  description = "For `ikr --function`."
  value       = module.iam_key_rotator.rotator_function_name
}

output "dashboard_name" {
  description = "The CloudWatch dashboard."
  value       = module.iam_key_rotator.dashboard_name
}
