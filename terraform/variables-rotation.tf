# The limits of the settings, which the functions check as well, in settings and in tags. A test
# compares them.
locals {
  limits = {
    days              = 3650
    retry_minutes     = 1440
    rotations_per_run = 100000
  }
}

variable "rotate_after_days" {
  description = "Age in full days at which an access key is replaced. The tag `IKR:ROTATE_AFTER_DAYS` of a user takes precedence."
  type        = number
  default     = 80
  nullable    = false

  validation {
    condition     = var.rotate_after_days >= 1 && var.rotate_after_days <= local.limits.days && floor(var.rotate_after_days) == var.rotate_after_days
    error_message = "rotate_after_days must be a whole number of days from 1 to ${local.limits.days}."
  }
}

variable "delete_after_days" {
  description = "Days from the delivery of the new key until the old key is deleted. The tag `IKR:DELETE_AFTER_DAYS` of a user takes precedence."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.delete_after_days >= 1 && var.delete_after_days <= local.limits.days && floor(var.delete_after_days) == var.delete_after_days
    error_message = "delete_after_days must be a whole number of days from 1 to ${local.limits.days}."
  }
}

variable "deactivate_after_days" {
  description = "Days from the delivery of the new key until the old key is deactivated, before its deletion. When not set, the old key is deleted without a deactivation before. The tag `IKR:DEACTIVATE_AFTER_DAYS` of a user takes precedence."
  type        = number
  default     = null

  validation {
    condition = (
      var.deactivate_after_days == null ? true :
      var.deactivate_after_days >= 1 && var.deactivate_after_days <= local.limits.days && floor(var.deactivate_after_days) == var.deactivate_after_days
    )
    error_message = "deactivate_after_days must be a whole number of days from 1 to ${local.limits.days}, or not set."
  }

  validation {
    condition     = var.deactivate_after_days == null ? true : var.deactivate_after_days < var.delete_after_days
    error_message = "deactivate_after_days must be less than delete_after_days: a key is deactivated before it is deleted."
  }
}

variable "require_new_key_used" {
  description = "Whether the old key is kept until the new key has been used."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_key_age_days" {
  description = "Age in days at which an old key that is due is deactivated even if the new key was never used. An alarm reports older active keys."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.max_key_age_days >= 1 && var.max_key_age_days <= local.limits.days && floor(var.max_key_age_days) == var.max_key_age_days
    error_message = "max_key_age_days must be a whole number of days from 1 to ${local.limits.days}."
  }

  validation {
    condition     = var.rotate_after_days + var.delete_after_days <= var.max_key_age_days
    error_message = "max_key_age_days must be at least rotate_after_days + delete_after_days: otherwise old keys are deactivated before the date that their owners were told."
  }
}

variable "retry_after_mins" {
  description = "Minutes until a failed deactivation or deletion is retried."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.retry_after_mins >= 1 && var.retry_after_mins <= local.limits.retry_minutes && floor(var.retry_after_mins) == var.retry_after_mins
    error_message = "retry_after_mins must be a whole number of minutes from 1 to ${local.limits.retry_minutes}."
  }
}

variable "encrypt_key_pair" {
  description = "Whether the key pair is mailed sealed. With `false` it is mailed in plaintext."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_rotations_per_run" {
  description = "Maximum number of rotations that one run begins, longest due first. When not set, a run begins all that are due."
  type        = number
  default     = null

  validation {
    condition = (
      var.max_rotations_per_run == null ? true :
      var.max_rotations_per_run >= 1 && var.max_rotations_per_run <= local.limits.rotations_per_run && floor(var.max_rotations_per_run) == var.max_rotations_per_run
    )
    error_message = "max_rotations_per_run must be a whole number from 1 to ${local.limits.rotations_per_run}, or not set."
  }
}

variable "user_path" {
  description = "IAM path of the managed users, such as `/people/`. The functions have no permissions for users under other paths, so do not tag those."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([a-zA-Z0-9+=,.@_/-]{0,509}[a-zA-Z0-9+=,.@_-]/)?$", var.user_path))
    error_message = "user_path must begin and end with a slash, such as / or /people/."
  }
}
