/** The errors that a command ends with on purpose: their message is all that there is to tell. */

/** Something failed or was found wrong: exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
