variable "rotate_after_days" {
  description = "Age in full days at which an access key is replaced. The tag `IKR:ROTATE_AFTER_DAYS` of a user comes first."
  type        = number
  default     = 80
  nullable    = false

  validation {
    condition     = var.rotate_after_days >= 1 && var.rotate_after_days <= 999999 && floor(var.rotate_after_days) == var.rotate_after_days
    error_message = "rotate_after_days must be a whole number of days from 1 on."
  }
}

variable "delete_after_days" {
  description = "Days from the delivery of the new key until the old key is deleted. The tag `IKR:DELETE_AFTER_DAYS` of a user comes first."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.delete_after_days >= 1 && var.delete_after_days <= 999999 && floor(var.delete_after_days) == var.delete_after_days
    error_message = "delete_after_days must be a whole number of days from 1 on."
  }
}

variable "deactivate_after_days" {
  description = "Days from the delivery until the old key is deactivated, a stage before its deletion; no such stage when it is not set. The tag `IKR:DEACTIVATE_AFTER_DAYS` of a user comes first."
  type        = number
  default     = null

  validation {
    condition = (
      var.deactivate_after_days == null ? true :
      var.deactivate_after_days >= 1 && floor(var.deactivate_after_days) == var.deactivate_after_days
    )
    error_message = "deactivate_after_days must be a whole number of days from 1 on, or not set."
  }

  validation {
    condition     = var.deactivate_after_days == null ? true : var.deactivate_after_days < var.delete_after_days
    error_message = "deactivate_after_days must be less than delete_after_days: a key is deactivated before it is deleted."
  }
}

variable "require_new_key_used" {
  description = "Whether the old key is kept until the new one was used."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_key_age_days" {
  description = "Age at which an old key that is due is deactivated even if the new one was never used. An alarm tells of older keys."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.max_key_age_days >= 1 && var.max_key_age_days <= 999999 && floor(var.max_key_age_days) == var.max_key_age_days
    error_message = "max_key_age_days must be a whole number of days from 1 on."
  }

  validation {
    condition     = var.rotate_after_days + var.delete_after_days <= var.max_key_age_days
    error_message = "max_key_age_days must be at least rotate_after_days + delete_after_days: otherwise old keys are deactivated before their owners were told they would be."
  }
}

variable "retry_after_mins" {
  description = "Minutes until a destruction that failed is tried again."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.retry_after_mins >= 1 && var.retry_after_mins <= 999999 && floor(var.retry_after_mins) == var.retry_after_mins
    error_message = "retry_after_mins must be a whole number of minutes from 1 on."
  }
}

variable "encrypt_key_pair" {
  description = "Mail the key pair sealed; with `false` it is mailed in clear."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_rotations_per_run" {
  description = "How many rotations one run may begin, longest due first; as many as are due when it is not set."
  type        = number
  default     = null

  validation {
    condition = (
      var.max_rotations_per_run == null ? true :
      var.max_rotations_per_run >= 1 && var.max_rotations_per_run <= 999999 && floor(var.max_rotations_per_run) == var.max_rotations_per_run
    )
    error_message = "max_rotations_per_run must be a whole number from 1 on, or not set."
  }
}

variable "user_path" {
  description = "IAM path of the users whose keys the functions may touch, such as `/people/`. Tag no users elsewhere: what is done for them would be denied."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([a-zA-Z0-9+=,.@_/-]{0,509}[a-zA-Z0-9+=,.@_-]/)?$", var.user_path))
    error_message = "user_path must begin and end with a slash, such as / or /people/."
  }
}
