/**
 * What the rotator is asked for: a run, or a command of a person. Who may ask for what follows the
 * alias that the function is invoked by, because permissions to invoke are given by alias.
 */
import * as z from 'zod/mini';
import { ALIASES, isAllowed, LOWEST_ALIAS } from '../rotation/commands/aliases.ts';
import type { Asked } from '../rotation/commands/execute.ts';
import { Refusal, type RefusalCode } from '../rotation/commands/refusal.ts';
import { problemsOf, readCommand, USER_NAME } from '../rotation/commands/requests.ts';
import type { RunRequest } from '../rotation/run-request.ts';

export type RotatorRequest =
  | { readonly kind: 'run'; readonly request: RunRequest }
  | ({ readonly kind: 'command' } & Asked)
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const narrowing = z.strictObject({
  users: z.optional(z.array(z.string().check(z.regex(USER_NAME))).check(z.minLength(1))),
  force: z.optional(z.boolean()),
  dryRun: z.optional(z.boolean()),
});

/** What EventBridge sends by itself, from a rule or from Scheduler. */
const scheduled = z.looseObject({ 'detail-type': z.string() });

/**
 * Reads an event. A command that can't be read or is not allowed is refused with an answer.
 * @param functionArn by which the function was invoked: it ends with the alias, if there is one
 * @throws Error when anything else can't be read, or comes through an alias: nobody reads the answer
 *   to a schedule, and a run that does not take place must not look like a success
 */
export function readEvent(event: unknown, functionArn: string): RotatorRequest {
  const qualifier = qualifierOf(functionArn);
  const isCommand = typeof event === 'object' && event !== null && Object.hasOwn(event, 'action');
  if (isCommand) return readThrough(qualifier, event);
  if (qualifier !== undefined) {
    throw new Error(
      `Through ${qualifier} come commands only, such as {"action": "status"}. Invoke the function without an alias for a run.`,
    );
  }
  return { kind: 'run', request: readRun(event) };
}

function readThrough(qualifier: string | undefined, event: unknown): RotatorRequest {
  const aliases = ALIASES.join(', ');
  if (qualifier === undefined) {
    return refused('no-alias', `Commands come through an alias of the function: ${aliases}.`);
  }
  const alias = ALIASES.find((name) => name === qualifier);
  if (!alias) {
    return refused('unknown-alias', `The function's aliases are ${aliases}, not ${qualifier}.`);
  }
  const reading = readCommand(event);
  if ('problems' in reading) {
    const problems = reading.problems.join('; ');
    return refused('invalid-request', `The command can't be read (${problems}).`);
  }
  const { command } = reading;
  if (isAllowed(command.action, alias)) return { kind: 'command', command, alias };
  const lowest = LOWEST_ALIAS[command.action];
  return refused(
    'alias-not-allowed',
    `The alias ${alias} is not allowed ${command.action}; the alias ${lowest} is.`,
  );
}

function refused(code: RefusalCode, message: string): RotatorRequest {
  return { kind: 'refused', refusal: new Refusal(code, message) };
}

/** `arn:aws:lambda:<region>:<account>:function:<name>:<qualifier>` */
function qualifierOf(functionArn: string): string | undefined {
  const qualifier = functionArn.split(':')[7];
  return qualifier === '$LATEST' ? undefined : qualifier;
}

/**
 * Nothing or a scheduled event means everybody. A misspelt field is an error, so that a request for
 * one user never becomes a request for all.
 */
function readRun(event: unknown): RunRequest {
  const input = event ?? {};
  if (scheduled.safeParse(input).success) return { force: false, dryRun: false };
  const parsed = narrowing.safeParse(input);
  if (!parsed.success) {
    throw new Error(
      `The event can't be read (${problemsOf(parsed.error).join('; ')}). Allowed: {} for everybody, or {"users": ["alice"], "force": true, "dryRun": true}.`,
    );
  }
  const { users, force = false, dryRun = false } = parsed.data;
  if (force && !users) {
    throw new Error('"force" needs "users": it is never done to everybody at once.');
  }
  return { ...(users && { users }), force, dryRun };
}
