# What the functions count, in the namespace and with the dimension that they write in CloudWatch's
# embedded metric format. A test compares these names with the code.
locals {
  metric_namespace = "IamKeyRotator"

  metrics = {
    # Once a run, zeros included.
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
    # Once a batch, zeros included.
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
