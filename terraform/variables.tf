variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "ikr"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9-]{2,31}$", var.name)) && !can(regex("^(?i:aws|ssm)", var.name))
    error_message = "name must be 3 to 32 letters, digits and hyphens, must begin with a letter, and must not begin with aws or ssm."
  }
}

variable "enabled" {
  description = "Whether the schedule and the stream of the table invoke the functions. With `false` all resources stay and only commands (`ikr`) change keys."
  type        = bool
  default     = true
  nullable    = false
}

variable "dry_run" {
  description = "Whether the functions only report what they would do. Start with `true` in an account with many users."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_level" {
  description = "Lowest severity that the functions log: `debug`, `info`, `warn` or `error`."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.log_level)
    error_message = "log_level must be debug, info, warn or error."
  }
}

variable "tags" {
  description = "Tags of all resources that support tags."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key, value in var.tags :
      length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")
    ])
    error_message = "tags must have keys of 1 to 128 characters that do not begin with aws:, and values of at most 256 characters."
  }
}

variable "archive_directory" {
  description = "Directory that contains `rotator.zip` and `destructor.zip`. When not set, the `dist` directory of this repository."
  type        = string
  default     = null
}
