resource "aws_dynamodb_table" "this" {
  # checkov:skip=CKV_AWS_119: a key of one's own is an option (kms_key_arn); what is secret in the table is sealed with keys that live elsewhere
  name                        = local.table_name
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.enable_deletion_protection
  hash_key                    = "user"
  range_key                   = "ak"

  attribute {
    name = "user"
    type = "S"
  }

  attribute {
    name = "ak"
    type = "S"
  }

  ttl {
    attribute_name = "delete_on"
    enabled        = true
  }

  # The destructor reads the timer as it was when it was removed; it never needs the new image.
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
