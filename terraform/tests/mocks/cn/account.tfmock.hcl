mock_data "aws_partition" {
  defaults = {
    partition  = "aws-cn"
    dns_suffix = "amazonaws.com.cn"
  }
}

mock_data "aws_region" {
  defaults = {
    region = "cn-north-1"
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "111122223333"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws-cn:iam::111122223333:role/mock"
  }
}

mock_resource "aws_iam_policy" {
  defaults = {
    arn = "arn:aws-cn:iam::111122223333:policy/mock"
  }
}

mock_resource "aws_dynamodb_table" {
  defaults = {
    arn        = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/mock"
    stream_arn = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/mock/stream/2026-01-01T00:00:00.000"
  }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn     = "arn:aws-cn:lambda:cn-north-1:111122223333:function:mock"
    version = "7"
  }
}

mock_resource "aws_sqs_queue" {
  defaults = {
    arn = "arn:aws-cn:sqs:cn-north-1:111122223333:mock"
  }
}
