variable "table_name" {
  description = "Name of the DynamoDB table. When not set, `name`."
  type        = string
  default     = null

  validation {
    condition     = var.table_name == null ? true : can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.table_name))
    error_message = "table_name must be 3 to 255 letters, digits, dots, hyphens and underscores."
  }
}

variable "kms_key_arn" {
  description = "ARN of a customer managed KMS key for the table. When not set, the AWS owned key of DynamoDB."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key (not of an alias), or not set."
  }
}

variable "enable_pitr" {
  description = "Whether point-in-time recovery is enabled for the table: it can be restored to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_deletion_protection" {
  description = "Whether deletion protection is enabled for the table. Set it to `false` and apply before you destroy the module."
  type        = bool
  default     = true
  nullable    = false
}

variable "ssm_kms_key_id" {
  description = "Customer managed KMS key (ID, ARN or alias) for the SSM parameters. When not set, the AWS managed key `aws/ssm`, which decrypts a parameter for every principal of the account that may call `ssm:GetParameter` on it."
  type        = string
  default     = null

  validation {
    condition = (
      var.ssm_kms_key_id == null ? true :
      can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/.+|alias/[a-zA-Z0-9/_-]+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$", var.ssm_kms_key_id))
    )
    error_message = "ssm_kms_key_id must be the ID or ARN of a KMS key, or an alias such as alias/ikr."
  }
}

variable "lambda_runtime" {
  description = "Runtime of the functions. `nodejs22.x` is for Regions that do not have `nodejs24.x` yet."
  type        = string
  default     = "nodejs24.x"
  nullable    = false

  validation {
    condition     = contains(["nodejs22.x", "nodejs24.x"], var.lambda_runtime)
    error_message = "lambda_runtime must be nodejs24.x or nodejs22.x."
  }
}

variable "function_memory_size" {
  description = "Memory of each function in MB. CPU power is proportional to it."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.function_memory_size >= 128 && var.function_memory_size <= 10240 && floor(var.function_memory_size) == var.function_memory_size
    error_message = "function_memory_size must be a whole number of MB from 128 to 10240."
  }
}

variable "function_timeout" {
  description = "Timeout of each function in seconds. A function starts no work in the last two minutes; the next run starts with the users that are left."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.function_timeout >= 180 && var.function_timeout <= 900 && floor(var.function_timeout) == var.function_timeout
    error_message = "function_timeout must be a whole number of seconds from 180 to 900: a function starts no work in the last two minutes."
  }
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency of each function. -1 reserves none, 0 stops the functions. Scheduled runs and commands share it, so 1 rejects commands during a run."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrent_executions >= -1 && floor(var.reserved_concurrent_executions) == var.reserved_concurrent_executions
    error_message = "reserved_concurrent_executions must be a whole number, 0 or greater, or -1 for none."
  }
}

variable "xray_tracing_mode" {
  description = "Whether Lambda samples invocations for X-Ray (`Active`) or only traces what the caller has sampled (`PassThrough`)."
  type        = string
  default     = "PassThrough"
  nullable    = false

  validation {
    condition     = contains(["PassThrough", "Active"], var.xray_tracing_mode)
    error_message = "xray_tracing_mode must be PassThrough or Active."
  }
}

variable "vpc_config" {
  description = "Subnets and security groups of the functions. When not set, the functions are not attached to a VPC. The subnets need a route to DynamoDB, IAM, SSM and the mail service (HTTPS or SMTP)."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc_config == null ? true : length(var.vpc_config.subnet_ids) > 0 && length(var.vpc_config.security_group_ids) > 0
    error_message = "vpc_config must contain at least one subnet and one security group."
  }
}

variable "cw_log_group_retention" {
  description = "Days that CloudWatch Logs keeps the logs of the functions. 0 keeps them forever."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition = contains(
      [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.cw_log_group_retention
    )
    error_message = "cw_log_group_retention must be 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "cw_logs_kms_key_arn" {
  description = "ARN of a customer managed KMS key for the logs, whose key policy allows CloudWatch Logs to use it. When not set, the logs are encrypted by CloudWatch Logs."
  type        = string
  default     = null

  validation {
    condition     = var.cw_logs_kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.cw_logs_kms_key_arn))
    error_message = "cw_logs_kms_key_arn must be the ARN of a KMS key (not of an alias), or not set."
  }
}

variable "role_path" {
  description = "IAM path of the roles and policies."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([a-zA-Z0-9+=,.@_/-]{0,509}[a-zA-Z0-9+=,.@_-]/)?$", var.role_path))
    error_message = "role_path must begin and end with a slash, such as / or /service/."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the permissions boundary of the roles."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, or not set."
  }
}

variable "schedule_expression" {
  description = "Schedule of the rotator: a `rate(…)` or `cron(…)` expression of EventBridge Scheduler. The rotator also handles lost and late timers, so run it several times a day."
  type        = string
  default     = "rate(6 hours)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate\\((1 (hour|day)|([2-9]|1[0-9]|2[0-4]) hours|(3[0-9]|[4-9][0-9]|[1-9][0-9]{2}|1[0-3][0-9]{2}|14[0-3][0-9]|1440) minutes)\\)|cron\\((\\S+ ){5}\\S+\\))$", var.schedule_expression))
    error_message = "schedule_expression must be rate(…) between 30 minutes and 1 day, such as rate(6 hours), or cron(…) with six fields, such as cron(0 6,18 * * ? *)."
  }
}

variable "schedule_timezone" {
  description = "Time zone of a `cron(…)` schedule."
  type        = string
  default     = "UTC"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$", var.schedule_timezone))
    error_message = "schedule_timezone must be a name from the IANA time zone database such as UTC or Europe/Berlin."
  }
}

variable "schedule_flexible_window_mins" {
  description = "Flexible time window of the schedule in minutes; 0 for the exact time."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.schedule_flexible_window_mins >= 0 && var.schedule_flexible_window_mins <= 1440 && floor(var.schedule_flexible_window_mins) == var.schedule_flexible_window_mins
    error_message = "schedule_flexible_window_mins must be a whole number of minutes from 0 to 1440."
  }
}

variable "create_alarms" {
  description = "Whether CloudWatch alarms are created."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_topic_arn" {
  description = "ARN of the SNS topic that is notified of alarms. When not set, alarms notify nobody."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null ? true : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[a-zA-Z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of a standard SNS topic (not FIFO), or not set."
  }
}

variable "alarm_missed_schedule_hours" {
  description = "Hours without a completed run after which the alarm is raised. When not set, twice the interval of a `rate(…)` schedule plus one hour, or 49 for a `cron(…)` schedule."
  type        = number
  default     = null

  validation {
    condition = (
      var.alarm_missed_schedule_hours == null ? true :
      var.alarm_missed_schedule_hours >= 1 && var.alarm_missed_schedule_hours <= 168 && floor(var.alarm_missed_schedule_hours) == var.alarm_missed_schedule_hours
    )
    error_message = "alarm_missed_schedule_hours must be a whole number of hours from 1 to 168, or not set."
  }
}

variable "create_dashboard" {
  description = "Whether a CloudWatch dashboard is created."
  type        = bool
  default     = true
  nullable    = false
}
