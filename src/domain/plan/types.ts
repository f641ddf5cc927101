/**
 * What a plan is made from, and what it says.
 */
import type { ReportOutcome } from '../events.ts';
import type { AccessKey, Listed } from '../identity.ts';
import type { PolicyReading } from '../policy.ts';
import type { Reason } from '../reasons.ts';
import type {
  CancelledRecord,
  ClosedRecord,
  DeliveredRecord,
  DeliveringRecord,
  OpenRecord,
  Outcome,
  RotationRecord,
  ScheduledRecord,
  StartedRecord,
  Timer,
  WithdrawingRecord,
} from '../record.ts';
import type { ReportRow } from '../report-row.ts';
import type { Target } from '../target.ts';

/** The current owner and last use of a key, as far as IAM tells. */
export type KeyUse =
  | { readonly kind: 'found'; readonly userName: string; readonly lastUsedAtMs?: number }
  | { readonly kind: 'gone' | 'hidden' };

/** An attempt of this run that is over. */
export type AttemptAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'not-now' | 'refused' | 'unknown'; readonly reason: string };

/**
 * What is known of a user right now. What is missing was not looked at: the plan asks for it where it
 * matters, so that nobody is asked in vain.
 */
export interface Observed {
  /** The rotator knows the account's users, tags and timers; the destructor knows one timer. */
  readonly by: 'rotator' | 'destructor';
  /** Whether the user is in the account's list of users; the destructor reads none. */
  readonly user: 'listed' | 'missing' | 'not-read';
  /** The rotation's own timer; `expired` when that is why the plan is made. */
  readonly timer: Timer | 'none' | 'expired';
  /** The user's row of the credential report. */
  readonly reportRow?: ReportRow;
  /** Whether this run has room to list the keys of a user who has no record yet. */
  readonly isFirstSight?: boolean;
  /** The user's keys, or that there is no user of that name any more. */
  readonly keys?: Listed | 'no-user';
  /** Owner and last use, by access key ID. */
  readonly uses: Readonly<Record<string, KeyUse>>;
  /** Whether the name in the record is still that of the user's ID. */
  readonly isNameCurrent?: boolean;
  /** What is in the way of a delivery now, in words; `null` when nothing is. */
  readonly obstacle?: string | null;
  /** Whether the parameter holds this rotation's content key. */
  readonly hasContentKey?: boolean;
  /** Whether the owner can still fetch or open the new pair; if not, what is missing. */
  readonly retrievable?: boolean;
  /** The target that the user's tags and the settings give today; the destructor reads no tags. */
  readonly targetToday?: Target;
  /** What this run has done so far. */
  readonly done: Progress;
}

/** What this run has done with the record that it holds. */
export interface Progress {
  /** The record is leased to this run. */
  readonly claimed?: boolean;
  /** What was listed is remembered, or need not be. */
  readonly remembered?: boolean;
  /** This run wrote `STARTED`, with no key created under that rotation ID. */
  readonly begun?: boolean;
  /** Content key and target are ready, and user and keys were confirmed. */
  readonly prepared?: boolean;
  /** Why no key is created, although everything else is ready. */
  readonly blocked?: Reason;
  /** IAM created no key: whether it throttled, or refused. */
  readonly notCreated?: { readonly throttled: boolean; readonly message: string };
  /** The attempt that the record counts last has not been made yet. */
  readonly attempting?: boolean;
  readonly answer?: AttemptAnswer;
  readonly reactivated?: boolean;
  /** This run deleted the old key. */
  readonly deletedOldKey?: boolean;
  /** IAM did not know the new key when this run wanted to delete it. */
  readonly newKeyUnknown?: boolean;
  /** This run deleted the new key. */
  readonly deletedNewKey?: boolean;
}

/** What holds for one user. */
export interface PlanPolicy {
  readonly reading: PolicyReading;
  /** A person asked: the age of the key and a back-off don't count. */
  readonly force: boolean;
}

/** A fact that the plan needs. */
export type Look =
  | { readonly at: 'keys' | 'name' | 'obstacle' | 'content-key' | 'retrievable' }
  | { readonly at: 'use'; readonly keyId: string };

/** The same action on the same record, one member a name. */
type ActionOn<Name extends string, R> = Name extends string
  ? { readonly do: Name; readonly record: R }
  : never;

/** One action. It carries the record that it is about, so that its state is known by type. */
export type Action =
  | {
      readonly do: 'begin';
      readonly previous: ClosedRecord | undefined;
      readonly oldKey: AccessKey;
      readonly dueAtMs: number;
    }
  /** Writes what was listed, so that it need not be listed again. */
  | ActionOn<'remember', RotationRecord | undefined>
  | { readonly do: 'delete-orphan'; readonly record: StartedRecord; readonly keyId: string }
  | ActionOn<'restart' | 'prepare' | 'create', StartedRecord>
  | ActionOn<'begin-attempt' | 'deliver' | 'reactivate-new-key' | 'schedule', DeliveringRecord>
  | ActionOn<'back-off' | 'withdraw' | 'deactivate-new-key', DeliveringRecord>
  | {
      readonly do: 'record-failed-attempt';
      readonly record: DeliveringRecord;
      readonly outcome: 'postponed' | 'failed';
    }
  | ActionOn<'delete-new-key', DeliveringRecord | WithdrawingRecord>
  | ActionOn<'remind' | 'await-first-use' | 'update-target' | 'delete', DeliveredRecord>
  | {
      readonly do: 'deactivate';
      readonly record: ScheduledRecord;
      readonly why: 'stage' | 'max-age';
      readonly deleteOnMs: number;
    }
  | { readonly do: 'set-timer'; readonly record: DeliveredRecord; readonly atMs: number }
  | ActionOn<'remove-timer', CancelledRecord>
  | ActionOn<'cancel', DeliveringRecord | DeliveredRecord>
  | {
      readonly do: 'close';
      readonly record: OpenRecord;
      readonly outcome: Exclude<Outcome, 'seen'>;
      /** Whether it counts as a failure, so that the user backs off. */
      readonly isFailure?: boolean;
    };

export type ActionName = Action['do'];

export type Plan =
  /** A fact is missing. */
  | { readonly kind: 'look'; readonly look: Look }
  /** Nothing is to be done now. */
  | {
      readonly kind: 'wait';
      readonly outcome: ReportOutcome;
      readonly reason: Reason;
      /** When it is looked at again, or when what comes next comes. */
      readonly untilMs?: number;
      /** The timer is to be set to this moment. */
      readonly timerAtMs?: number;
    }
  | { readonly kind: 'act'; readonly action: Action; readonly reason: Reason };

// How plans are written.

export function look(at: Exclude<Look['at'], 'use'>): Plan {
  return { kind: 'look', look: { at } };
}

export function lookAtUse(keyId: string): Plan {
  return { kind: 'look', look: { at: 'use', keyId } };
}

export function wait(
  outcome: ReportOutcome,
  reason: Reason,
  times: { readonly untilMs?: number | undefined; readonly timerAtMs?: number | undefined } = {},
): Plan {
  const { untilMs = times.timerAtMs, timerAtMs } = times;
  return {
    kind: 'wait',
    outcome,
    reason,
    ...(untilMs !== undefined && { untilMs }),
    ...(timerAtMs !== undefined && { timerAtMs }),
  };
}

export function act(action: Action, reason: Reason): Plan {
  return { kind: 'act', action, reason };
}
