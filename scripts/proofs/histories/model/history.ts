/**
 * A history: what happens to a few users in the course of some weeks, as plain data. It can be
 * drawn at random, shrunk, printed, and kept as a regression test.
 */
import type { CallFault, CallPlace, MailOutcome } from '../../../../simulation/scenario/faults.ts';
import type { FunctionName } from '../../../../simulation/scenario/functions.ts';
import type { UserAction } from '../../../../simulation/scenario/user-actions.ts';

/** What holds for a whole history. */
export interface Conditions {
  readonly rotateAfterDays: number;
  readonly deleteAfterDays: number;
  readonly deactivateAfterDays: number | undefined;
  readonly requireNewKeyUsed: boolean;
  readonly maxKeyAgeDays: number;
  readonly encryptKeyPair: boolean;
  readonly maxRotationsPerRun: number | undefined;
  /** Whether keys may only be mailed to `example.com`. */
  readonly oneMailDomain: boolean;
  /** How late IAM lists keys, knows new keys, and tells of a use; whether it has a report. */
  readonly listLagSeconds: number;
  readonly settleSeconds: number;
  readonly lastUsedLagMinutes: number;
  readonly report: boolean;
  /** How late a scan of the table is. */
  readonly scanLagSeconds: number;
  /** The slowest clock of any run is this much behind AWS's; the fastest is 60 s before it. */
  readonly clocksBehindSeconds: number;
  /** How old the first key of each user is, in days before it is due; negative when overdue. */
  readonly dueInDays: readonly number[];
  /** What becomes of every mail, until the recovery, where nothing else is said. */
  readonly mailOutcome: MailOutcome;
  /** Whether owners read their mail and change keys in the recovery at the end. */
  readonly ownersActive: boolean;
}

/** Something that goes wrong at a call of an invocation. */
export interface PlannedFault extends CallFault {
  readonly at: CallPlace['call'];
  readonly nth: CallPlace['nth'];
  /** How long a pause takes. */
  readonly minutes: number;
  /** What others do meanwhile. */
  readonly meanwhile: readonly Command[];
}

/** One invocation of a function, or of the command line. */
export interface InvocationPlan {
  /** The usual timeout is 15 minutes, a short one 2 and a half. */
  readonly timeout: 'usual' | 'none' | 'short';
  /** How far its clock is ahead of the slowest one. */
  readonly skewSeconds: number;
  readonly dryRun: boolean;
  readonly faults: readonly PlannedFault[];
  /** What becomes of the first mails; the others are accepted. */
  readonly mails: readonly MailOutcome[];
  /** Whether the mailer says beforehand that it can't send. */
  readonly mailerDown: boolean;
}

/** Which user: counted over all that ever were, round and round. */
export type Who = number;

/** Tags that a user can be given. */
export type Tagging = 'plain' | 'none' | 'invalid' | 'elsewhere' | 'outside' | 'slow' | 'staged';

/** Names and tags are told by numbers and words, so that histories can be drawn and shrunk. */
type PlainUserAction = Exclude<UserAction, { readonly do: 'rename user' | 'set tags' }>;

/** What owners, users and administrators do. */
export type UserCommand =
  | (PlainUserAction & { readonly who: Who })
  | { readonly do: 'rename user'; readonly who: Who; readonly to: number }
  | { readonly do: 'set tags'; readonly who: Who; readonly tags: Tagging }
  | { readonly do: 'open mail' | 'use newest key' | 'use all keys'; readonly who: Who }
  | { readonly do: 'create user'; readonly name: number }
  | {
      readonly do: 'ikr cancel' | 'ikr resend';
      readonly who: Who;
      readonly run: InvocationPlan;
    };

/** What the product does. */
export type ProductCommand =
  | {
      readonly do: 'rotate';
      readonly run: InvocationPlan;
      /** One user instead of everybody. */
      readonly only: Who | undefined;
      readonly force: boolean;
      /** IAM's answers may leave this user out, or hide the use of keys. */
      readonly blind: 'no' | 'unlisted' | 'hidden';
    }
  | {
      readonly do: 'destruct';
      readonly run: InvocationPlan;
      /** How late the TTL service is. */
      readonly lateHours: number;
      /** What becomes of the batch besides: it is lost, or handled a second time. */
      readonly stream: 'once' | 'lost' | 'twice';
    }
  | {
      readonly do: 'run both';
      readonly functions: readonly [FunctionName, FunctionName];
      readonly runs: readonly [InvocationPlan, InvocationPlan];
      /** Decides how their calls interleave. */
      readonly seed: number;
    }
  /** Days in which nothing goes wrong. */
  | {
      readonly do: 'pass days';
      readonly days: number;
      readonly everyHours: number;
      readonly lateHours: number;
      readonly owners: boolean;
    };

export type Command = ProductCommand | UserCommand;

export interface Step {
  /** How long after the step before. */
  readonly afterMinutes: number;
  readonly command: Command;
}

export interface History {
  readonly conditions: Conditions;
  readonly steps: readonly Step[];
}

/** What a history has where nothing else is said. */
export const CONDITIONS: Conditions = {
  rotateAfterDays: 80,
  deleteAfterDays: 7,
  deactivateAfterDays: undefined,
  requireNewKeyUsed: true,
  maxKeyAgeDays: 90,
  encryptKeyPair: true,
  maxRotationsPerRun: undefined,
  oneMailDomain: false,
  listLagSeconds: 0,
  settleSeconds: 0,
  lastUsedLagMinutes: 0,
  report: true,
  scanLagSeconds: 0,
  clocksBehindSeconds: 0,
  dueInDays: [0],
  mailOutcome: 'accepted',
  ownersActive: true,
};

export const INVOCATION: InvocationPlan = {
  timeout: 'usual',
  skewSeconds: 0,
  dryRun: false,
  faults: [],
  mails: [],
  mailerDown: false,
};

/** The names that users have, one after another and again. */
const NAMES = ['alice', 'bob', 'a+b=c,d@e', 'carol'] as const;

export function nameNumber(number: number): string {
  return NAMES[number % NAMES.length] ?? '';
}

/** Whether a run hears nothing for so long that its lease may run out. */
export function isPaused(run: InvocationPlan): boolean {
  return run.faults.some(({ kind, minutes }) => kind === 'pause' && minutes > 0);
}

/** Whether anything keeps a run from doing what it should. */
export function isDisturbed(run: InvocationPlan): boolean {
  return run.faults.length > 0 || run.mails.length > 0 || run.mailerDown || run.dryRun;
}
