resource "aws_dynamodb_table" "this" {
  # checkov:skip=CKV_AWS_119: a customer managed key is an option (kms_key_arn); secrets in the table are sealed with keys that are stored in SSM
  name                        = local.table_name
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.enable_deletion_protection
  hash_key                    = "account"
  range_key                   = "item"

  attribute {
    name = "account"
    type = "S"
  }

  attribute {
    name = "item"
    type = "S"
  }

  ttl {
    attribute_name = "delete_on"
    enabled        = true
  }

  # The destructor reads the timer as it was before its removal.
  stream_enabled   = true
  stream_view_type = "OLD_IMAGE"

  server_side_encryption {
    enabled     = var.kms_key_arn != null
    kms_key_arn = var.kms_key_arn
  }

  point_in_time_recovery {
    enabled = var.enable_pitr
  }

  tags = var.tags
}
