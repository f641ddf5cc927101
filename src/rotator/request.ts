/**
 * What the rotator is asked to do.
 */
import * as z from 'zod/mini';

export interface Request {
  /** Only these users; everybody when missing. */
  readonly users?: readonly string[];
  /** Ignore the age of the keys, and a back-off. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

const narrowing = z.strictObject({
  users: z.optional(z.array(z.string().check(z.regex(/^[\w+=,.@-]{1,64}$/))).check(z.minLength(1))),
  force: z.optional(z.boolean()),
  dryRun: z.optional(z.boolean()),
});

/** What EventBridge sends by itself, from a rule or from Scheduler. */
const scheduled = z.looseObject({ 'detail-type': z.string() });

/**
 * Reads the event: nothing or a scheduled event means everybody. A misspelt field is an error, so
 * that a request for one user never becomes a request for all.
 * @throws Error that says what is wrong and what is allowed
 */
export function readEvent(event: unknown): Request {
  const input = event ?? {};
  if (scheduled.safeParse(input).success) return { force: false, dryRun: false };
  const parsed = narrowing.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown: ${issue.keys.join(', ')}`
        : `wrong: ${issue.path.join('.') || 'the event'}`,
    );
    throw new Error(
      `The event can't be read (${problems.join('; ')}). Allowed: {} for everybody, or {"users": ["alice"], "force": true, "dryRun": true}.`,
    );
  }
  const { users, force = false, dryRun = false } = parsed.data;
  if (force && !users) {
    throw new Error('"force" needs "users": it is never done to everybody at once.');
  }
  return { ...(users && { users }), force, dryRun };
}
