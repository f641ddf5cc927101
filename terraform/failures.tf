# Work that failed for good: schedules that could not invoke the function, failed invocations, and
# stream records whose retries are used up. The messages contain no secret.
resource "aws_sqs_queue" "failures" {
  for_each = local.queue_names

  name                      = each.value
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "failures" {
  for_each = local.queue_names

  queue_url = aws_sqs_queue.failures[each.key].url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EncryptedConnectionsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = local.queue_arns[each.key]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
