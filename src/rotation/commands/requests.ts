/**
 * The commands that people give the rotator function, as the function and the command line both
 * read them. A misspelt field is an error, so that a request for one user never becomes a request
 * for all.
 */
import * as z from 'zod/mini';
import type { Action } from './aliases.ts';

/** A user name as IAM accepts it. */
export const USER_NAME = /^[\w+=,.@-]{1,64}$/;

/** A name or a unique ID. Whatever else it is, no user is called so, and that is the answer. */
const wanted = z.string().check(z.minLength(1), z.maxLength(128));
const wantedUsers = z.array(wanted).check(z.minLength(1));
const cursor = z.string().check(z.minLength(1), z.maxLength(2048));
const requestId = z.string().check(z.regex(/^[\w-]{1,64}$/));

const common = {
  /** Who the caller says that they are; nothing depends on it. */
  claimedBy: z.optional(z.string().check(z.regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,256}$/u))),
  /** Refuse the command when it arrives later: an asynchronous invocation may wait for hours. */
  notAfter: z.optional(z.iso.datetime({ offset: true })),
};

const schema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('status'),
    user: z.optional(wanted),
    users: z.optional(wantedUsers),
    cursor: z.optional(cursor),
    /** Of a run that a person asked for: where it stands, and nothing else. */
    requestId: z.optional(requestId),
    ...common,
  }),
  z.strictObject({
    action: z.literal('history'),
    user: z.optional(wanted),
    cursor: z.optional(cursor),
    ...common,
  }),
  z.strictObject({ action: z.literal('resend'), user: wanted, ...common }),
  z.strictObject({ action: z.literal('cancel'), user: wanted, ...common }),
  z.strictObject({
    action: z.literal('rotate'),
    user: z.optional(z.string().check(z.regex(USER_NAME))),
    users: z.optional(z.array(z.string().check(z.regex(USER_NAME))).check(z.minLength(1))),
    force: z.optional(z.boolean()),
    dryRun: z.optional(z.boolean()),
    /** Names a run over everybody, which is done once however often it is asked for. */
    requestId: z.optional(requestId),
    ...common,
  }),
]);

export type Command = z.output<typeof schema>;
export type CommandOf<A extends Action> = Extract<Command, { readonly action: A }>;

/** A command, or what is wrong with it. */
export type CommandReading =
  | { readonly command: Command }
  | { readonly problems: readonly string[] };

/** Reads an event that has an `action`. */
export function readCommand(event: unknown): CommandReading {
  const parsed = schema.safeParse(event);
  if (!parsed.success) return { problems: problemsOf(parsed.error) };
  const command = parsed.data;
  if ('users' in command && command.user !== undefined && command.users !== undefined) {
    return { problems: ['both user and users'] };
  }
  if (command.action === 'rotate' && command.force && usersOf(command) === undefined) {
    return { problems: ['"force" needs "users": it is never done to everybody at once'] };
  }
  return { command };
}

/** The users that a command names; `undefined` for everybody. */
export function usersOf(
  command: CommandOf<'status'> | CommandOf<'rotate'>,
): readonly string[] | undefined {
  return command.user === undefined ? command.users : [command.user];
}

/** What is wrong with an event, a few words for each field. */
export function problemsOf({ issues }: Pick<z.core.$ZodError, 'issues'>): string[] {
  return issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `unknown: ${issue.keys.join(', ')}`
      : `wrong: ${issue.path.join('.') || 'the event'}`,
  );
}
