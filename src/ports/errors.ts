/**
 * The errors that somebody catches, and how an error is told. `name` is a literal, because minifiers
 * rename classes.
 */
import type { RotationRecord } from '../domain/record.ts';

/** The record is not what it was when it was read: somebody else went on with it. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  /** What stands there now. */
  readonly current: RotationRecord | undefined;

  constructor(message: string, current: RotationRecord | undefined) {
    super(message);
    this.current = current;
  }
}

/** IAM answered that it created no key: nothing exists that would have to be undone. */
export class KeyNotCreated extends Error {
  override readonly name = 'KeyNotCreated';
  /** A throttled call may be repeated; a refused one would be refused again. */
  readonly throttled: boolean;

  constructor(message: string, throttled: boolean, cause: unknown) {
    super(message, { cause });
    this.throttled = throttled;
  }
}

/** Too little of the lease or of the function's time is left to begin another step. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/**
 * What an error may say in a log or a report: its name and message, and those of its causes. Never
 * the object itself, which may hold a request with a secret in it.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message ? `${error.name}: ${error.message}` : error.name;
  return error.cause === undefined ? own : `${own} (because ${describeError(error.cause)})`;
}
