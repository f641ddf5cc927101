/**
 * The rotation journal's items.
 *
 * One rotation record a user says where that user's rotation stands; the timer only wakes the
 * destructor, and the history is for people. A record is a union on `state`: what exists in a
 * state is in its type, and nowhere else.
 */

interface RecordBase {
  /** The IAM user's unique ID. */
  readonly userId: string;
  /** What the user was called when the record was last written by a run that had just looked. */
  readonly userName: string;
  readonly userArn: string;
  /** Where the owner's mail goes; read afresh from the tag by every run of the rotator. */
  readonly address: string;
  /** Names this rotation for ever: the `kid` of its content key and of the sealed key pair. */
  readonly rotationId: string;
  /** Counts the writes of this rotation; every write is conditional on the one it read. */
  readonly version: number;
  readonly startedAtMs: number;
  /** Until when somebody may still be at work on this record; 0 when nobody is. */
  readonly leaseUntilMs: number;
  /** Failed rotations of this user in a row, before this one. */
  readonly failures: number;
  readonly oldKeyId: string;
  readonly oldKeyCreatedAtMs: number;
  /** The SSM parameter of the content key; the user may have another name by now. */
  readonly parameterName: string;
}

/** What the mail promised about the old key. */
export interface Promised {
  /** When the old key is deactivated, if there is such a stage. */
  readonly deactivateOnMs?: number;
  /** When the old key is deleted. */
  readonly deleteOnMs: number;
}

interface WithNewKey extends RecordBase, Promised {
  readonly newKeyId: string;
  readonly newKeyCreatedAtMs: number;
  /** The sealed key pair (JWE), kept until the rotation closes, so that a lost mail can be sent again. */
  readonly sealed: string;
  /** The administrator's help text when the pair was last delivered; empty when there was none. */
  readonly instructions: string;
}

export interface StartedRecord extends RecordBase {
  readonly state: 'STARTED';
  /** The access keys the user had when the rotation began: any other key is new. */
  readonly seenKeyIds: readonly string[];
}

export interface DeliveringRecord extends WithNewKey {
  readonly state: 'DELIVERING';
  /** Attempts begun, counted before the mail is handed over. */
  readonly attempts: number;
  /** Attempts of which it is known that they delivered nothing. */
  readonly failedAttempts: number;
  readonly firstAttemptAtMs: number;
  /**
   * Set when nothing was accepted for a week, before the new key is put to sleep: by it a later run
   * tells that it was no person who did that.
   */
  readonly givenUpAtMs?: number;
  /** Set when the new key was put to sleep. */
  readonly newKeyDeactivatedAtMs?: number;
  /**
   * Set when the mail was refused with the user's only active key, which is not taken back: no new
   * attempt at this address before. Each counts as a failure.
   */
  readonly retryNotBeforeMs?: number;
}

export interface WithdrawingRecord extends RecordBase {
  readonly state: 'WITHDRAWING';
  readonly newKeyId: string;
  readonly newKeyCreatedAtMs: number;
  readonly reason: string;
}

interface Delivered extends WithNewKey {
  readonly deliveredAtMs: number;
  readonly remindedAtMs?: number;
  /** When it was seen that the old key is gone while the new one had not been used yet. */
  readonly oldKeyGoneAtMs?: number;
}

export interface ScheduledRecord extends Delivered {
  readonly state: 'SCHEDULED';
}

export interface DeactivatedRecord extends Delivered {
  readonly state: 'DEACTIVATED';
  readonly deactivatedAtMs: number;
}

export interface CancelledRecord extends WithNewKey {
  readonly state: 'CANCELLED';
  readonly cancelledAtMs: number;
  /** What the veto was: who or what was seen. */
  readonly reason: string;
}

/** How a rotation ended. */
export type Outcome =
  /** The old key is gone and the new one in use. */
  | 'completed'
  /** Nothing was kept of it; counts for the back-off. */
  | 'failed'
  /** It never began in earnest; the next run begins anew. */
  | 'postponed'
  /** A person removed one of the keys, or the user changed keys meanwhile. */
  | 'undone'
  /** A veto, and then one of the keys went. */
  | 'cancelled'
  /** The user does not exist any more. */
  | 'user-gone'
  /** The old key is gone and the new one is itself due, without ever having been used. */
  | 'unused';

export interface ClosedRecord extends RecordBase {
  readonly state: 'CLOSED';
  readonly closedAtMs: number;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly newKeyId?: string;
  readonly newKeyCreatedAtMs?: number;
  /** After failures: no new rotation before this moment, unless a person forces one. */
  readonly retryNotBeforeMs: number;
}

export type OpenRecord =
  | StartedRecord
  | DeliveringRecord
  | WithdrawingRecord
  | ScheduledRecord
  | DeactivatedRecord
  | CancelledRecord;

/** States in which the new key was handed over and the old key waits for its destruction. */
export type DeliveredRecord = ScheduledRecord | DeactivatedRecord;

export type RotationRecord = OpenRecord | ClosedRecord;

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

/** One closed rotation, as auditors read it. It holds no secret. */
export interface HistoryItem {
  readonly userId: string;
  readonly userName: string;
  readonly userArn: string;
  readonly rotationId: string;
  readonly startedAtMs: number;
  readonly closedAtMs: number;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly oldKeyId: string;
  readonly newKeyId?: string;
  readonly oldKeyCreatedAtMs: number;
}

export function isOpen(record: RotationRecord | undefined): record is OpenRecord {
  return record !== undefined && record.state !== 'CLOSED';
}

/** The next moment at which something happens to the old key. */
export function nextStepAtMs(record: DeliveredRecord): number {
  return record.state === 'SCHEDULED'
    ? (record.deactivateOnMs ?? record.deleteOnMs)
    : record.deleteOnMs;
}

/** Whether a timer was set by this rotation; one without a name passes by its key alone. */
export function isTimerOf(timer: Timer, record: RotationRecord): boolean {
  return (
    timer.userId === record.userId &&
    timer.oldKeyId === record.oldKeyId &&
    (timer.rotationId ?? record.rotationId) === record.rotationId
  );
}
