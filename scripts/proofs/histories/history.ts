/**
 * A history: what happens to a few users in the course of some weeks, as plain data. It can be
 * drawn at random, shrunk, printed, and kept as a regression test.
 */
import type { CallName, Phase } from '../../../simulation/memory/calls.ts';

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
  /** What becomes of every mail, until the healthy weeks, where nothing else is said. */
  readonly post: MailFate;
  /** Whether owners read their mail and change keys in the healthy weeks at the end. */
  readonly ownersActive: boolean;
}

export type MailFate =
  | 'accepted'
  | 'not-now'
  | 'quota-spent'
  | 'refused'
  | 'lost'
  | 'arrived-unknown';

/** Something that happens at the nth call of that name in a run. */
export interface Trouble {
  readonly at: CallName;
  readonly nth: number;
  readonly phase: Phase;
  /**
   * The run dies; the call fails (its answer is lost, when it is after the effect); AWS throttles
   * it; AWS refuses it and all calls to that service from now on; nothing is heard for a while.
   */
  readonly kind: 'dies' | 'fails' | 'throttled' | 'outage' | 'pause';
  /** How long a pause takes. */
  readonly minutes: number;
  /** What others do meanwhile. */
  readonly meanwhile: readonly Command[];
}

/** One invocation of a function, or of the command line. */
export interface Invocation {
  /** A Lambda lives 15 minutes, a hurried one 2 and a half, a laptop as long as it likes. */
  readonly life: 'lambda' | 'hurried' | 'laptop';
  /** How far its clock is ahead of the slowest one. */
  readonly skewSeconds: number;
  readonly dryRun: boolean;
  readonly troubles: readonly Trouble[];
  /** What becomes of the first mails; the others are accepted. */
  readonly mails: readonly MailFate[];
  /** Whether the mailer says beforehand that it can't send. */
  readonly mailerDown: boolean;
}

export type Program = 'rotator' | 'destructor';

/** Which user: counted over all that ever were, round and round. */
export type Who = number;
export type Which = 'oldest' | 'newest';

export type Command =
  | {
      readonly do: 'rotate';
      readonly run: Invocation;
      /** One user instead of everybody. */
      readonly only: Who | undefined;
      readonly force: boolean;
      /** IAM's answers may leave this user out, or hide the use of keys. */
      readonly blind: 'no' | 'unlisted' | 'hidden';
    }
  | {
      readonly do: 'destruct';
      readonly run: Invocation;
      /** How late the TTL service is. */
      readonly lateHours: number;
      /** What becomes of the batch besides: it is lost, or handled a second time. */
      readonly stream: 'once' | 'lost' | 'twice';
    }
  | {
      readonly do: 'both';
      readonly programs: readonly [Program, Program];
      readonly runs: readonly [Invocation, Invocation];
      /** Decides how their calls mingle. */
      readonly seed: number;
    }
  /** Days in which everything goes its way. */
  | {
      readonly do: 'live';
      readonly days: number;
      readonly everyHours: number;
      readonly lateHours: number;
      readonly owners: boolean;
    }
  | { readonly do: 'open mail' | 'use newest key' | 'use all keys'; readonly who: Who }
  | { readonly do: 'create key'; readonly who: Who }
  | {
      readonly do: 'deactivate key' | 'activate key' | 'delete key';
      readonly who: Who;
      readonly which: Which;
    }
  | { readonly do: 'ikr cancel' | 'ikr resend'; readonly who: Who; readonly run: Invocation }
  | { readonly do: 'remove timer'; readonly who: Who }
  | { readonly do: 'move timer'; readonly who: Who; readonly days: number }
  | {
      readonly do: 'forge timer';
      readonly who: Who;
      readonly which: Which;
      readonly named: boolean;
    }
  | { readonly do: 'remove record' | 'break record'; readonly who: Who }
  | { readonly do: 'move dates'; readonly who: Who; readonly days: number }
  | { readonly do: 'remove history'; readonly who: Who }
  | { readonly do: 'delete parameter' | 'overwrite parameter'; readonly who: Who }
  | { readonly do: 'rename'; readonly who: Who; readonly to: number }
  | { readonly do: 'delete user'; readonly who: Who }
  | { readonly do: 'create user'; readonly name: number }
  | {
      readonly do: 'retag';
      readonly who: Who;
      readonly tags: 'plain' | 'none' | 'invalid' | 'elsewhere' | 'outside' | 'slow' | 'staged';
    };

export interface Step {
  /** How long after the step before. */
  readonly afterMinutes: number;
  readonly command: Command;
}

export interface History {
  readonly conditions: Conditions;
  readonly steps: readonly Step[];
}

/** What a history has that is not told otherwise. */
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
  post: 'accepted',
  ownersActive: true,
};

export const INVOCATION: Invocation = {
  life: 'lambda',
  skewSeconds: 0,
  dryRun: false,
  troubles: [],
  mails: [],
  mailerDown: false,
};

/** The names that users have, one after another and again. */
export const NAMES = ['alice', 'bob', 'a+b=c,d@e', 'carol'] as const;
