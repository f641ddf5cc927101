variable "subnet_ids" {
  description = "Private subnets from which IAM, DynamoDB, SSM and SES can be reached."
  type        = list(string)
  default     = ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5a60718"]
}

variable "security_group_ids" {
  description = "Security groups that allow outbound HTTPS."
  type        = list(string)
  default     = ["sg-0a1b2c3d4e5f60718"]
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the roles; none when not set."
  type        = string
  default     = null
}
