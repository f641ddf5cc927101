/**
 * Who is due: a pure decision on a user's keys, record, policy and the time.
 */
import { isOnlyActive } from './destruction.ts';
import type { AccessKey } from './identity.ts';
import type { UserPolicy } from './policy.ts';
import { type DeliveringRecord, isOpen, type RotationRecord } from './record.ts';
import { CLOCK_SKEW_MS, DAY_MS, iso, SECOND_MS } from './time.ts';

export type SkipReason =
  | 'no-key'
  | 'inactive-key'
  | 'two-keys'
  | 'not-due'
  | 'rotation-open'
  | 'backing-off';

export type RotationPlan =
  | {
      readonly kind: 'skip';
      readonly reason: SkipReason;
      /** Why, in a sentence for the report. */
      readonly detail: string;
      readonly keyIds: readonly string[];
      /** When the key will be due, where that is known. */
      readonly dueAtMs?: number;
    }
  | { readonly kind: 'rotate'; readonly oldKey: AccessKey; readonly dueAtMs: number };

/** The moment from which a key should be replaced: full days after its creation. */
function dueAtMs(key: AccessKey, policy: Pick<UserPolicy, 'rotateAfterDays'>): number {
  return key.createdAtMs + policy.rotateAfterDays * DAY_MS;
}

/**
 * Decides whether a rotation begins.
 * @param force ignore the key's age and a back-off: a person asked for it
 */
export function planRotation(
  keys: readonly AccessKey[],
  record: RotationRecord | undefined,
  policy: Pick<UserPolicy, 'rotateAfterDays'>,
  nowMs: number,
  force = false,
): RotationPlan {
  const keyIds = keys.map(({ accessKeyId }) => accessKeyId);
  const skip = (reason: SkipReason, detail: string, dueAt?: number): RotationPlan => ({
    kind: 'skip',
    reason,
    detail,
    keyIds,
    ...(dueAt !== undefined && { dueAtMs: dueAt }),
  });

  if (isOpen(record)) return skip('rotation-open', `a rotation is open, in state ${record.state}`);
  const [key, ...others] = keys;
  if (!key) return skip('no-key', 'the user has no access key');
  if (others.length > 0) {
    return skip('two-keys', 'the user has two access keys, so there is no room for a new one');
  }
  if (key.status === 'Inactive') return skip('inactive-key', 'the only access key is inactive');

  const due = dueAtMs(key, policy);
  if (force) return { kind: 'rotate', oldKey: key, dueAtMs: due };
  if (due > nowMs) {
    return skip(
      'not-due',
      `the key is replaced ${policy.rotateAfterDays} days after it was created`,
      due,
    );
  }
  if (record && backsOff(record.retryNotBeforeMs, nowMs)) {
    return skip(
      'backing-off',
      `the last rotation failed (${record.reason}); the next try is not before ${iso(record.retryNotBeforeMs)}`,
      due,
    );
  }
  return { kind: 'rotate', oldKey: key, dueAtMs: due };
}

const BACK_OFF_DAYS = [1, 2, 4, 7];
const LONGEST_BACK_OFF_MS = Math.max(...BACK_OFF_DAYS) * DAY_MS;

/** How long to wait after so many failed rotations in a row. */
export function backOffMs(failures: number): number {
  const index = Math.min(failures, BACK_OFF_DAYS.length) - 1;
  return (BACK_OFF_DAYS[index] ?? 0) * DAY_MS;
}

/** No back-off ends later than this, but by a hand or a wrong clock: then it holds nothing up. */
export function latestRetryAtMs(nowMs: number): number {
  return nowMs + LONGEST_BACK_OFF_MS + CLOCK_SKEW_MS;
}

/**
 * How long the name of a content key rests once a rotation is closed: it may not be used again for 30
 * seconds after its deletion
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html), and the
 * clocks of two runs may differ by a minute.
 */
const REST_MS = 90 * SECOND_MS;

/** When a rotation was closed whose parameter still rests: after the one moment, up to the other. */
export function restingSince(nowMs: number): {
  readonly afterMs: number;
  readonly untilMs: number;
} {
  // A date far ahead is a hand's or a wrong clock's work, as with a back-off.
  return { afterMs: nowMs - REST_MS, untilMs: nowMs + CLOCK_SKEW_MS };
}

/** Whether it is too early for any other rotation, even one that a person forces. */
export function rests(closedAtMs: number, nowMs: number): boolean {
  const { afterMs, untilMs } = restingSince(nowMs);
  return closedAtMs > afterMs && closedAtMs <= untilMs;
}

/** Whether it is still too early for another try. */
function backsOff(retryNotBeforeMs: number, nowMs: number): boolean {
  return retryNotBeforeMs > nowMs && retryNotBeforeMs <= latestRetryAtMs(nowMs);
}

/**
 * Until when no mail goes to an address that refused it: only with the user's only active key, which
 * is not taken back, and only while the tag names no other. `undefined` when one may go.
 */
export function refusedUntilMs(
  { newKeyId, address, retryNotBeforeMs = 0 }: DeliveringRecord,
  keys: readonly AccessKey[],
  policy: Pick<UserPolicy, 'address'>,
  nowMs: number,
): number | undefined {
  const waits = isOnlyActive(keys, newKeyId) && policy.address === address;
  return waits && backsOff(retryNotBeforeMs, nowMs) ? retryNotBeforeMs : undefined;
}
