/**
 * The rotation journal's items: their schemas, and the types that follow from them.
 *
 * One rotation record a user says where that user's rotation stands; the timer only wakes the
 * destructor, and the history is for auditors. A record is a union on `state`: what exists in a state
 * is in its type, and nowhere else. People can edit items by hand, so nothing that is read is
 * believed before it has passed its schema.
 */
import * as z from 'zod/mini';
import { isContentKeyName } from './content-key-name.ts';
import { storedReason } from './reasons.ts';
import { targetSchema } from './target.ts';
import { LATEST_MS, SECOND_MS } from './time.ts';

/** The schema that this version writes and reads. A record of any other is reported and left alone. */
export const RECORD_SCHEMA = 1;

const timestamp = z.number().check(z.minimum(0), z.maximum(LATEST_MS));
const count = z.int().check(z.minimum(0));
const days = z.number().check(z.minimum(0), z.maximum(1_000_000));
const text = z.string();
/** Part of a timer's key, which must stay within its user's items. */
const keyId = z.string().check(z.regex(/^\w{1,128}$/));

const accessKey = z.object({
  accessKeyId: keyId,
  status: z.enum(['Active', 'Inactive']),
  createdAtMs: timestamp,
});

/**
 * The user's keys as they were last listed, and the user's row of the credential report then: while
 * the row stays the same, the keys need not be listed again.
 */
const keySnapshot = z.object({ keys: z.array(accessKey), reportRow: z.optional(text) });

/** In every record: whose it is, and who may write it. */
const subject = {
  schema: z.literal(RECORD_SCHEMA),
  accountId: text,
  /** The IAM user's unique ID. */
  userId: text,
  /** What the user was called when the record was last written by a run that had just looked. */
  userName: text,
  userArn: text,
  /** Names this rotation for good: the `kid` of its content key and of the sealed key pair. */
  rotationId: text,
  /** Counts the writes of this rotation; every write is conditional on the one it read. */
  version: count,
  /** Until when a run may still be working on this record; 0 when none is. */
  leaseUntilMs: timestamp,
  /** Failed rotations of this user in a row, before this one. */
  failures: count,
  keySnapshot: z.optional(keySnapshot),
};

const rotation = {
  ...subject,
  startedAtMs: timestamp,
  oldKeyId: keyId,
  oldKeyCreatedAtMs: timestamp,
  /** The SSM parameter of the content key; the user may have another name by now. */
  parameterName: text,
  /** How this pair is delivered. The user's tags say it anew for every attempt. */
  target: targetSchema,
};

/** What was promised to the owner about the old key. Settings that change later change none of it. */
const promised = {
  /** When the old key is deactivated, if there is such a stage. */
  deactivateOnMs: z.optional(timestamp),
  /** When the old key is deleted. */
  deleteOnMs: timestamp,
  /** Whether the old key stays until the new one was used. */
  requireNewKeyUsed: z.boolean(),
  /** Age at which the old key is deactivated even if the new one was never used. */
  maxKeyAgeDays: days,
};

const withNewKey = {
  ...rotation,
  ...promised,
  newKeyId: keyId,
  newKeyCreatedAtMs: timestamp,
  /** The sealed key pair (JWE), kept until the rotation closes, so that it can be delivered again. */
  sealed: text,
  /** The administrator's help text when the pair was last delivered; empty when there was none. */
  instructions: text,
};

const delivered = {
  ...withNewKey,
  deliveredAtMs: timestamp,
  remindedAtMs: z.optional(timestamp),
  /** When it was seen that the old key is gone while the new one had not been used yet. */
  oldKeyGoneAtMs: z.optional(timestamp),
};

const outcome = z.enum([
  /** The old key is gone and the new one in use. */
  'completed',
  /** Nothing was kept of it; counts for the back-off. */
  'failed',
  /** It ended before a key was created; the next run starts again. */
  'postponed',
  /** A person removed one of the keys, or the user changed keys meanwhile. */
  'undone',
  /** A veto, and then one of the keys was deleted. */
  'cancelled',
  /** The user does not exist any more. */
  'user-gone',
  /** The old key is gone and the new one is itself due, without ever having been used. */
  'unused',
  /** No rotation yet: the user was seen for the first time. */
  'seen',
]);

const schemas = {
  STARTED: z.object({
    ...rotation,
    state: z.literal('STARTED'),
    /** The access keys the user had when the rotation began: any other key is new. */
    seenKeyIds: z.array(keyId),
    /** Earlier rotations of this user, latest last: their content keys may be overwritten. */
    earlierRotationIds: z.array(text),
  }),
  DELIVERING: z.object({
    ...withNewKey,
    state: z.literal('DELIVERING'),
    /** Attempts begun, counted before the pair is handed over. */
    attempts: count,
    /** Attempts of which it is known that they delivered nothing. */
    failedAttempts: count,
    firstAttemptAtMs: timestamp,
    /**
     * Set when nothing was accepted for a week, before the new key is deactivated: by it a later run
     * tells that it was no person who did that.
     */
    givenUpAtMs: z.optional(timestamp),
    /** Set when the undelivered new key was deactivated. */
    newKeyDeactivatedAtMs: z.optional(timestamp),
    /**
     * Set when the target refused the user's only active key, which is not taken back: no new attempt
     * at this target before. Each counts as a failure.
     */
    retryNotBeforeMs: z.optional(timestamp),
  }),
  WITHDRAWING: z.object({
    ...rotation,
    state: z.literal('WITHDRAWING'),
    newKeyId: keyId,
    newKeyCreatedAtMs: timestamp,
    reason: storedReason,
  }),
  SCHEDULED: z.object({ ...delivered, state: z.literal('SCHEDULED') }),
  DEACTIVATED: z.object({
    ...delivered,
    state: z.literal('DEACTIVATED'),
    deactivatedAtMs: timestamp,
  }),
  CANCELLED: z.object({
    ...withNewKey,
    state: z.literal('CANCELLED'),
    cancelledAtMs: timestamp,
    /** What the veto was: who or what was seen. */
    reason: storedReason,
  }),
  CLOSED: z.object({
    ...subject,
    state: z.literal('CLOSED'),
    closedAtMs: timestamp,
    outcome,
    reason: storedReason,
    /** After failures: no new rotation before this moment, unless a person forces one. */
    retryNotBeforeMs: timestamp,
    /** What the rotation replaced; missing while there was none. */
    oldKeyId: z.optional(keyId),
    oldKeyCreatedAtMs: z.optional(timestamp),
    newKeyId: z.optional(keyId),
    newKeyCreatedAtMs: z.optional(timestamp),
  }),
};

export type KeySnapshot = Readonly<z.output<typeof keySnapshot>>;
/** How a rotation ended. */
export type Outcome = z.output<typeof outcome>;

export type State = keyof typeof schemas;
/** A record in one of these states. */
export type RecordIn<S extends State> = S extends State
  ? Readonly<z.output<(typeof schemas)[S]>>
  : never;

export type StartedRecord = RecordIn<'STARTED'>;
export type DeliveringRecord = RecordIn<'DELIVERING'>;
export type WithdrawingRecord = RecordIn<'WITHDRAWING'>;
export type ScheduledRecord = RecordIn<'SCHEDULED'>;
export type DeactivatedRecord = RecordIn<'DEACTIVATED'>;
export type CancelledRecord = RecordIn<'CANCELLED'>;
export type ClosedRecord = RecordIn<'CLOSED'>;

export type RotationRecord = RecordIn<State>;
export type OpenRecord = RecordIn<Exclude<State, 'CLOSED'>>;
/** The new key was handed over and the old key waits for its end. */
export type DeliveredRecord = RecordIn<'SCHEDULED' | 'DEACTIVATED'>;
/** The new key exists and its sealed pair is kept. */
export type RecordWithPair = DeliveringRecord | DeliveredRecord | CancelledRecord;
export type Promised = Pick<RecordWithPair, keyof typeof promised>;

/**
 * The transitions of a rotation, one conditional write each. A write that is not in here does not
 * compile (`Successor`).
 */
export interface Transitions {
  STARTED: 'STARTED' | 'DELIVERING' | 'CLOSED';
  DELIVERING: 'DELIVERING' | 'SCHEDULED' | 'WITHDRAWING' | 'CANCELLED' | 'CLOSED';
  WITHDRAWING: 'WITHDRAWING' | 'CLOSED';
  SCHEDULED: 'SCHEDULED' | 'DEACTIVATED' | 'CANCELLED' | 'CLOSED';
  DEACTIVATED: 'DEACTIVATED' | 'CANCELLED' | 'CLOSED';
  CANCELLED: 'CANCELLED' | 'CLOSED';
  /** Another rotation begins with `Journal.begin`, under an ID of its own. */
  CLOSED: 'CLOSED';
}

/** What may be written over a record. */
export type Successor<R extends RotationRecord> = RecordIn<Transitions[R['state']]>;

export const recordSchema = z
  .discriminatedUnion('state', [
    schemas.STARTED,
    schemas.DELIVERING,
    schemas.WITHDRAWING,
    schemas.SCHEDULED,
    schemas.DEACTIVATED,
    schemas.CANCELLED,
    schemas.CLOSED,
  ])
  .check(
    // The functions may have more rights in SSM than they are meant to need.
    z.refine(
      (record) => !('parameterName' in record) || isContentKeyName(record.parameterName, record),
      { path: ['parameterName'] },
    ),
  );

/** What tells of the schema of a record whatever else is in it. */
export const schemaOf = z.object({ schema: z.number() });

/** The item with the TTL: only a trigger, never the truth. */
export interface Timer {
  readonly userId: string;
  readonly oldKeyId: string;
  readonly deleteOnEpochSeconds: number;
  /**
   * The rotation that set it: a key can be replaced twice, and its first timer be removed late.
   * Missing only in items that were made by hand.
   */
  readonly rotationId?: string;
  /** A person removed the timer while the record was in use: the veto travels on with its successor. */
  readonly vetoed?: boolean;
}

/** The attributes of a timer beside its key. */
export const timerSchema = z.object({
  delete_on: z.number().check(z.minimum(0), z.maximum(LATEST_MS / SECOND_MS)),
  rotationId: z.optional(text),
  vetoed: z.optional(z.boolean()),
});

/** One closed rotation, as auditors read it. It holds no secret. */
export const historySchema = z.object({
  accountId: text,
  userId: text,
  userName: text,
  userArn: text,
  rotationId: text,
  startedAtMs: timestamp,
  closedAtMs: timestamp,
  outcome,
  reason: storedReason,
  oldKeyId: text,
  newKeyId: z.optional(text),
  oldKeyCreatedAtMs: timestamp,
});
export type HistoryItem = Readonly<z.output<typeof historySchema>>;

export function isOpen(record: RotationRecord | undefined): record is OpenRecord {
  return record !== undefined && record.state !== 'CLOSED';
}

/** The next moment at which something happens to the old key. */
export function nextStepAtMs(record: DeliveredRecord): number {
  return record.state === 'SCHEDULED'
    ? (record.deactivateOnMs ?? record.deleteOnMs)
    : record.deleteOnMs;
}

/** Whether a timer was set by this rotation; one without a rotation's ID passes by its key alone. */
export function isTimerOf(timer: Timer, record: OpenRecord): boolean {
  return (
    timer.userId === record.userId &&
    timer.oldKeyId === record.oldKeyId &&
    (timer.rotationId ?? record.rotationId) === record.rotationId
  );
}
