variable "mail_client" {
  description = "Service that sends the mails: `ses`, `smtp` or `mailgun`."
  type        = string
  default     = "ses"
  nullable    = false

  validation {
    condition     = contains(["ses", "smtp", "mailgun"], var.mail_client)
    error_message = "mail_client must be ses, smtp or mailgun."
  }
}

variable "mail_from" {
  description = "Sender of the mails, as an address or as `Name <address>`."
  type        = string
  nullable    = false

  validation {
    condition = can(regex(
      "^([^<>\"\\\\[:cntrl:]]{0,128}<|\"[^<>\"\\\\[:cntrl:]]{0,128}\"\\s*<)?[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?([.][a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+>?$",
      var.mail_from
    )) && length(regexall("<", var.mail_from)) == length(regexall(">", var.mail_from))
    error_message = "mail_from must be an address such as keys@example.com, or Name <keys@example.com>."
  }
}

variable "allowed_mail_domains" {
  description = "Mail domains that keys may be sent to; any domain when the list is empty. Subdomains must be listed separately."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for domain in var.allowed_mail_domains :
      can(regex("^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?([.][a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$", domain))
    ])
    error_message = "allowed_mail_domains must be domains such as example.com, without @ and without wildcards."
  }
}

variable "ses_region" {
  description = "Region of SES. When not set, the Region of the functions."
  type        = string
  default     = null

  validation {
    condition     = var.ses_region == null ? true : can(regex("^[a-z]{2,3}(-[a-z]+)+-[0-9]{1,2}$", var.ses_region))
    error_message = "ses_region must be an AWS Region such as eu-west-1, or not set."
  }
}

variable "mail_source_arn" {
  description = "ARN of an SES identity of another account that this account is authorized to send from."
  type        = string
  default     = null

  validation {
    condition     = var.mail_source_arn == null ? true : can(regex("^arn:aws[a-z-]*:ses:[a-z0-9-]+:[0-9]{12}:identity/[^[:cntrl:][:space:]]+$", var.mail_source_arn))
    error_message = "mail_source_arn must be the ARN of an SES identity such as arn:aws:ses:eu-west-1:111122223333:identity/example.com, or not set."
  }
}

variable "ses_resource_arns" {
  description = "ARNs of further SES resources that sending needs: the default configuration set of the identity, and the verified recipients of an account in the SES sandbox."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for arn in var.ses_resource_arns :
      can(regex("^arn:aws[a-z-]*:ses:[a-z0-9-]+:[0-9]{12}:(identity|configuration-set)/.+$", arn))
    ])
    error_message = "ses_resource_arns must be ARNs of SES identities and configuration sets."
  }
}

variable "smtp_server" {
  description = "Host name of the SMTP server. Required with `mail_client = \"smtp\"`."
  type        = string
  default     = null

  validation {
    condition     = var.smtp_server == null ? true : can(regex("^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$", var.smtp_server))
    error_message = "smtp_server must be a host name such as smtp.example.com."
  }

  validation {
    condition     = var.mail_client != "smtp" || var.smtp_server != null
    error_message = "smtp_server is required with mail_client = \"smtp\"."
  }
}

variable "smtp_port" {
  description = "Port of the SMTP server. When not set, 587 for the protocol `tls` and 465 for `ssl`. Lambda blocks outbound port 25."
  type        = number
  default     = null

  validation {
    condition     = var.smtp_port == null ? true : var.smtp_port >= 1 && var.smtp_port <= 65535 && floor(var.smtp_port) == var.smtp_port
    error_message = "smtp_port must be a whole number from 1 to 65535, or not set."
  }
}

variable "smtp_protocol" {
  description = "Encryption of the connection: `tls` requires STARTTLS before anything else is sent, `ssl` uses TLS from the first byte."
  type        = string
  default     = "tls"
  nullable    = false

  validation {
    condition     = contains(["tls", "ssl"], var.smtp_protocol)
    error_message = "smtp_protocol must be tls (STARTTLS) or ssl (TLS from the first byte)."
  }
}

variable "smtp_user" {
  description = "User name for the login. When not set, the address in `mail_from`."
  type        = string
  default     = null

  validation {
    condition     = var.smtp_user == null ? true : length(var.smtp_user) <= 1024 && can(regex("^[^[:cntrl:]]+$", var.smtp_user))
    error_message = "smtp_user must be text without control characters, or not set."
  }
}

variable "smtp_password" {
  description = "Password for the login. It is written to an SSM parameter and is not stored in the state or in a plan, so it is required for every plan and apply. To avoid that, set `smtp_password_parameter`."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.mail_client != "smtp" || (var.smtp_password != null) != (var.smtp_password_parameter != null)
    error_message = "With mail_client = \"smtp\", set either smtp_password (for every plan and apply) or smtp_password_parameter."
  }
}

variable "smtp_password_version" {
  description = "Increase this number when `smtp_password` changes: Terraform cannot detect a change of a value that is not in the state."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.smtp_password_version >= 1 && floor(var.smtp_password_version) == var.smtp_password_version
    error_message = "smtp_password_version must be a whole number, 1 or greater."
  }
}

variable "smtp_password_parameter" {
  description = "Name of an existing SSM parameter (SecureString) that contains the password, instead of `smtp_password`."
  type        = string
  default     = null

  validation {
    condition     = var.smtp_password_parameter == null ? true : can(regex("^(/[a-zA-Z0-9_.-]+)+$|^[a-zA-Z0-9_.-]+$", var.smtp_password_parameter))
    error_message = "smtp_password_parameter must be the name of an SSM parameter such as /mail/smtp-password."
  }
}

variable "mailgun_api_url" {
  description = "URL of the Mailgun API: `https://api.mailgun.net`, or `https://api.eu.mailgun.net` for domains in the EU."
  type        = string
  default     = "https://api.mailgun.net"
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-zA-Z0-9.-]+(:[0-9]{1,5})?(/(v[0-9]/?)?)?$", var.mailgun_api_url))
    error_message = "mailgun_api_url must be an https URL such as https://api.eu.mailgun.net."
  }
}

variable "mailgun_domain" {
  description = "Mailgun domain that the mails are sent from. Required with `mail_client = \"mailgun\"`."
  type        = string
  default     = null

  validation {
    condition     = var.mailgun_domain == null ? true : can(regex("^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$", var.mailgun_domain))
    error_message = "mailgun_domain must be a domain such as mg.example.com."
  }

  validation {
    condition     = var.mail_client != "mailgun" || var.mailgun_domain != null
    error_message = "mailgun_domain is required with mail_client = \"mailgun\"."
  }
}

variable "mailgun_api_key" {
  description = "Mailgun API key; a sending key of the domain is sufficient. It is written to an SSM parameter and is not stored in the state or in a plan, so it is required for every plan and apply. To avoid that, set `mailgun_api_key_name`."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.mail_client != "mailgun" || (var.mailgun_api_key != null) != (var.mailgun_api_key_name != null)
    error_message = "With mail_client = \"mailgun\", set either mailgun_api_key (for every plan and apply) or mailgun_api_key_name."
  }
}

variable "mailgun_api_key_version" {
  description = "Increase this number when `mailgun_api_key` changes: Terraform cannot detect a change of a value that is not in the state."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.mailgun_api_key_version >= 1 && floor(var.mailgun_api_key_version) == var.mailgun_api_key_version
    error_message = "mailgun_api_key_version must be a whole number, 1 or greater."
  }
}

variable "mailgun_api_key_name" {
  description = "Name of an existing SSM parameter (SecureString) that contains the API key, instead of `mailgun_api_key`."
  type        = string
  default     = null

  validation {
    condition     = var.mailgun_api_key_name == null ? true : can(regex("^(/[a-zA-Z0-9_.-]+)+$|^[a-zA-Z0-9_.-]+$", var.mailgun_api_key_name))
    error_message = "mailgun_api_key_name must be the name of an SSM parameter such as /mail/mailgun-api-key."
  }
}

variable "mail_secret_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the parameter in `smtp_password_parameter` or `mailgun_api_key_name`. Required only if that key is neither the AWS managed key `aws/ssm` nor `ssm_kms_key_id`."
  type        = string
  default     = null

  validation {
    condition     = var.mail_secret_kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.mail_secret_kms_key_arn))
    error_message = "mail_secret_kms_key_arn must be the ARN of a KMS key (not of an alias), or not set."
  }
}
