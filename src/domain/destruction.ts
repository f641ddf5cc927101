/**
 * What happens to an old key whose time has come: a pure decision on the record, the user's keys,
 * the use of the new key, the policy and the time.
 */
import type { AccessKey } from './identity.ts';
import { type DeliveredRecord, nextStepAtMs, type Outcome } from './record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time.ts';

/** The account's settings for the end of a key's life. */
export interface DestructionPolicy {
  readonly requireNewKeyUsed: boolean;
  readonly maxKeyAgeDays: number;
  readonly retryAfterMinutes: number;
}

export type DestructionPlan =
  /** Look again later. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly reason: string }
  /** Tell the owner that the new key is unused, and look again later. */
  | { readonly kind: 'remind'; readonly untilMs: number; readonly reason: string }
  | {
      readonly kind: 'deactivate';
      readonly why: 'stage' | 'max-age';
      readonly deleteOnMs: number;
      readonly reason: string;
    }
  | { readonly kind: 'delete'; readonly reason: string }
  /** The old key is gone, but its owner may not have opened the mail with the new one yet. */
  | { readonly kind: 'await-first-use'; readonly untilMs: number; readonly reason: string }
  | { readonly kind: 'close'; readonly outcome: Outcome; readonly reason: string }
  | { readonly kind: 'cancel'; readonly reason: string };

/** One reminder a day while the old key works, one a week once it does not. */
const REMIND_EVERY_MS = DAY_MS;
const REMIND_DEACTIVATED_EVERY_MS = 7 * DAY_MS;
/** Runs and expiries don't come to the minute: a reminder may be this much early. */
const REMINDER_SLACK_MS = 4 * HOUR_MS;

/** A key younger than this may be missing from answers of IAM, which is eventually consistent. */
export const SETTLED_AFTER_MS = 5 * MINUTE_MS;

/** The moment at which the old key is deactivated even if its successor was never used. */
export function maxAgeAtMs(
  record: Pick<DeliveredRecord, 'oldKeyCreatedAtMs'>,
  policy: Pick<DestructionPolicy, 'maxKeyAgeDays'>,
): number {
  return record.oldKeyCreatedAtMs + policy.maxKeyAgeDays * DAY_MS;
}

/** Whether this is the one key that still works: no step takes that away. */
export function isOnlyActive(keys: readonly AccessKey[], accessKeyId: string): boolean {
  const active = keys.filter(({ status }) => status === 'Active');
  return active.length === 1 && active[0]?.accessKeyId === accessKeyId;
}

/**
 * Decides on the old key.
 * @param keys the user's keys, as listed now
 * @param newKeyUsed whether the new key was ever used
 */
export function planDestruction(
  record: DeliveredRecord,
  keys: readonly AccessKey[],
  newKeyUsed: boolean,
  policy: DestructionPolicy,
  nowMs: number,
): DestructionPlan {
  const tomorrowMs = nowMs + DAY_MS;
  const oldKey = keys.find(({ accessKeyId }) => accessKeyId === record.oldKeyId);
  const newKey = keys.find(({ accessKeyId }) => accessKeyId === record.newKeyId);

  if (!newKey && nowMs - record.newKeyCreatedAtMs < SETTLED_AFTER_MS) {
    const untilMs = Math.max(nextStepAtMs(record), tomorrowMs);
    return { kind: 'wait', untilMs, reason: 'IAM does not list the new key yet' };
  }
  if (!oldKey && !newKey) {
    return { kind: 'close', outcome: 'undone', reason: 'both keys are gone' };
  }
  if (!newKey) {
    return {
      kind: 'close',
      outcome: 'undone',
      reason: 'a person removed the new key; the old key stays and is due again',
    };
  }
  if (!oldKey) {
    return newKeyUsed
      ? { kind: 'close', outcome: 'completed', reason: 'the old key is gone, the new one in use' }
      : {
          kind: 'await-first-use',
          untilMs: tomorrowMs,
          reason: 'the old key is gone; the new one was never used, so its mail must stay readable',
        };
  }
  if (nowMs < nextStepAtMs(record)) {
    return { kind: 'wait', untilMs: nextStepAtMs(record), reason: 'the old key is not due yet' };
  }
  if (newKey.status === 'Inactive') {
    return {
      kind: 'wait',
      untilMs: tomorrowMs,
      reason: 'the new key is inactive, so the old key is kept',
    };
  }
  if (record.state === 'DEACTIVATED' && oldKey.status === 'Active') {
    return { kind: 'cancel', reason: 'a person activated the old key again' };
  }
  if (policy.requireNewKeyUsed && !newKeyUsed) return planUnused(record, policy, nowMs);
  if (record.state === 'SCHEDULED' && record.deactivateOnMs !== undefined) {
    return {
      kind: 'deactivate',
      why: 'stage',
      // A late deactivation still leaves a day in which it can be taken back.
      deleteOnMs: Math.max(record.deleteOnMs, tomorrowMs),
      reason: 'the deactivation stage is due',
    };
  }
  return { kind: 'delete', reason: newKeyUsed ? 'the new key is in use' : 'the old key is due' };
}

/** The old key is due but the new one was never used: its owner may still need the old one. */
function planUnused(
  record: DeliveredRecord,
  policy: DestructionPolicy,
  nowMs: number,
): DestructionPlan {
  if (record.state === 'SCHEDULED' && nowMs >= maxAgeAtMs(record, policy)) {
    return {
      kind: 'deactivate',
      why: 'max-age',
      deleteOnMs: Math.max(record.deleteOnMs, nowMs + DAY_MS),
      reason: `the old key is ${policy.maxKeyAgeDays} days old and the new one was never used`,
    };
  }
  const everyMs = record.state === 'DEACTIVATED' ? REMIND_DEACTIVATED_EVERY_MS : REMIND_EVERY_MS;
  const lastMs = record.remindedAtMs ?? 0;
  return {
    kind: nowMs - lastMs >= everyMs - REMINDER_SLACK_MS ? 'remind' : 'wait',
    untilMs: nowMs + DAY_MS,
    reason: 'the new key was never used, so the old key is kept',
  };
}
