data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region
  account_id = data.aws_caller_identity.current.account_id

  table_name = coalesce(var.table_name, var.name)
  function_names = {
    rotator    = "${var.name}-rotator"
    destructor = "${var.name}-destructor"
  }
  log_group_names = { for key, name in local.function_names : key => "/aws/lambda/${name}" }

  # One queue for each kind of work that can fail for good; see failures.tf.
  queue_names = {
    schedule   = "${var.name}-schedule-failures"
    rotator    = "${var.name}-rotator-failures"
    destructor = "${var.name}-destructor-failures"
  }

  # ARNs are built from names, so that a plan shows every policy in full before anything exists.
  table_arn     = "arn:${local.partition}:dynamodb:${local.region}:${local.account_id}:table/${local.table_name}"
  function_arns = { for key, name in local.function_names : key => "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${name}" }
  queue_arns    = { for key, name in local.queue_names : key => "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${name}" }

  # Constants of the functions. A content key is `<prefix><user name>/<user ID>`; the unique ID of
  # every IAM user begins with AIDA.
  content_key_prefix      = "/ikr/secret/iam/"
  parameter_arn_prefix    = "arn:${local.partition}:ssm:${local.region}:${local.account_id}:parameter"
  content_key_arn_pattern = "${local.parameter_arn_prefix}${local.content_key_prefix}*/AIDA*"
  # `aws:userid` of an IAM user is its unique ID; IAM inserts it when it evaluates the policy.
  own_content_key_arn_pattern = "${local.parameter_arn_prefix}${local.content_key_prefix}*/$${aws:userid}"
  managed_user_tag            = "IKR:EMAIL"
  managed_user_arn_pattern    = "arn:${local.partition}:iam::${local.account_id}:user${var.user_path}*"
}
