# People invoke the rotator through an alias, which decides the commands that the function accepts.
# The schedule invokes the function without an alias: there the function accepts no command. IAM
# tells the two apart, because a permission for an alias is none for the function and vice versa.
locals {
  # Each includes the commands of the ones before it.
  rotator_aliases = {
    read    = "Commands that look at rotations"
    support = "Commands that resend, postpone or cancel"
    admin   = "Commands that create, deactivate or delete access keys"
  }
  rotator_alias_arns = { for alias in keys(local.rotator_aliases) : alias => "${local.function_arns.rotator}:${alias}" }
}

resource "aws_lambda_alias" "rotator" {
  for_each = local.rotator_aliases

  name             = each.key
  description      = each.value
  function_name    = aws_lambda_function.this["rotator"].function_name
  function_version = aws_lambda_function.this["rotator"].version
}

# Lambda retries a failed asynchronous invocation twice. The next scheduled run resumes whatever was
# interrupted, so a failure is only reported. Every alias has a configuration of its own, and without
# one it has Lambda's defaults.
resource "aws_lambda_function_event_invoke_config" "rotator" {
  for_each = toset(concat(["$LATEST"], keys(local.rotator_aliases)))

  function_name                = aws_lambda_function.this["rotator"].function_name
  qualifier                    = each.key == "$LATEST" ? each.key : aws_lambda_alias.rotator[each.key].name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 3600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures["rotator"].arn
    }
  }
}
