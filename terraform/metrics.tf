# The metrics that the functions write in CloudWatch's embedded metric format, with the dimension
# FunctionName. A test compares these names with the code.
locals {
  metric_namespace = "IamKeyRotator"

  metrics = {
    # Once per run, including zeros.
    rotator = [
      "KeysDeactivated",
      "KeysDeleted",
      "MailsNotAccepted",
      "MailsSent",
      "ManagedUsers",
      "MedianKeyAgeDays",
      "OldestKeyAgeDays",
      "OpenRotations",
      "OverdueDestructions",
      "Rotations",
      "RotationsFailed",
      "RotationsPostponed",
      "UsersLeft",
      "UsersWithInvalidTags",
    ]
    # Once per batch, including zeros.
    destructor = [
      "BatchItemFailures",
      "DestructionsFailed",
      "KeysDeactivated",
      "KeysDeleted",
      "MailsNotAccepted",
      "MailsSent",
    ]
  }
}
