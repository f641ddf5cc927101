variable "table_name" {
  description = "Name of the DynamoDB table; `name` when it is not set."
  type        = string
  default     = null

  validation {
    condition     = var.table_name == null ? true : can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.table_name))
    error_message = "table_name must be 3 to 255 letters, digits, dots, hyphens and underscores."
  }
}

variable "kms_key_arn" {
  description = "ARN of a KMS key for the table; the key that DynamoDB owns when it is not set."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key (not of an alias), or not set."
  }
}

variable "enable_pitr" {
  description = "Whether the table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_deletion_protection" {
  description = "Whether the table refuses to be deleted. Set it to `false` and apply before you destroy the module."
  type        = bool
  default     = true
  nullable    = false
}

variable "ssm_kms_key_id" {
  description = "KMS key (ID, ARN or alias) for the SSM parameters; AWS's own key `aws/ssm` when it is not set, with which everybody who may call `ssm:GetParameter` on a parameter can read it."
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
  description = "Node.js of the functions. `nodejs22.x` is for Regions that do not have `nodejs24.x` yet."
  type        = string
  default     = "nodejs24.x"
  nullable    = false

  validation {
    condition     = contains(["nodejs22.x", "nodejs24.x"], var.lambda_runtime)
    error_message = "lambda_runtime must be nodejs24.x or nodejs22.x."
  }
}

variable "function_memory_size" {
  description = "Memory of each function in MB; processor time comes with it."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.function_memory_size >= 128 && var.function_memory_size <= 10240 && floor(var.function_memory_size) == var.function_memory_size
    error_message = "function_memory_size must be a whole number of MB from 128 to 10240."
  }
}

variable "function_timeout" {
  description = "Seconds that a function may run. Nothing is begun in the last two minutes, and whoever is left is first in the next run."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.function_timeout >= 180 && var.function_timeout <= 900 && floor(var.function_timeout) == var.function_timeout
    error_message = "function_timeout must be a whole number of seconds from 180 to 900: nothing is begun in the last two minutes."
  }
}

variable "reserved_concurrent_executions" {
  description = "Concurrency reserved for each function; -1 reserves none, 0 keeps the functions from running at all."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrent_executions >= -1 && floor(var.reserved_concurrent_executions) == var.reserved_concurrent_executions
    error_message = "reserved_concurrent_executions must be a whole number from 0 on, or -1 for none."
  }
}

variable "xray_tracing_mode" {
  description = "Whether X-Ray samples invocations by itself (`Active`) or only when the caller asks for it (`PassThrough`)."
  type        = string
  default     = "PassThrough"
  nullable    = false

  validation {
    condition     = contains(["PassThrough", "Active"], var.xray_tracing_mode)
    error_message = "xray_tracing_mode must be PassThrough or Active."
  }
}

variable "vpc_config" {
  description = "Subnets and security groups of the functions; outside of a VPC when it is not set. From the subnets the functions must reach DynamoDB, IAM, SSM and the mail service over HTTPS or SMTP."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc_config == null ? true : length(var.vpc_config.subnet_ids) > 0 && length(var.vpc_config.security_group_ids) > 0
    error_message = "vpc_config must name at least one subnet and one security group."
  }
}

variable "cw_log_group_retention" {
  description = "Days that CloudWatch keeps the logs of the functions; 0 keeps them for ever."
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
  description = "ARN of a KMS key for the logs, whose policy lets CloudWatch Logs use it; the key that CloudWatch owns when it is not set."
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
  description = "ARN of a policy that bounds the permissions of the roles."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, or not set."
  }
}

variable "schedule_expression" {
  description = "When the rotator runs: `rate(…)` or `cron(…)` as EventBridge Scheduler reads it. It also finishes what a lost or late timer left, so it should run several times a day."
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
    error_message = "schedule_timezone must be a name of the IANA time zone database such as UTC or Europe/Berlin."
  }
}

variable "schedule_flexible_window_mins" {
  description = "Minutes within which Scheduler may choose the moment of a run; 0 for the exact time."
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
  description = "ARN of the SNS topic that alarms are sent to; nowhere when it is not set."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null ? true : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[a-zA-Z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic that is no FIFO topic, or not set."
  }
}

variable "alarm_missed_schedule_hours" {
  description = "Hours without a run after which the alarm goes off; twice the interval of a `rate(…)` schedule and an hour more, or 49 for a `cron(…)` schedule, when it is not set."
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
