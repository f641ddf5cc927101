/**
 * Where a user stands and what happens next: a pure view on the tags, the keys and the rotation
 * record, by the same decisions that the rotator and the destructor take.
 */
import {
  type DestructionPolicy,
  isOnlyActive,
  maxAgeAtMs,
  planDestruction,
} from '../domain/destruction.ts';
import type { AccessKey } from '../domain/identity.ts';
import type { PolicyReading } from '../domain/policy.ts';
import {
  type DeliveredRecord,
  isOpen,
  nextStepAtMs,
  type OpenRecord,
  type RotationRecord,
  type Timer,
} from '../domain/record.ts';
import { planRotation, refusedUntilMs } from '../domain/rotation.ts';
import { DAY_MS, SECOND_MS } from '../domain/time.ts';
import { isLeased } from '../rotation/claimed-record.ts';
import { count, moment } from './words.ts';

/** What was found out about one user. */
export interface Findings {
  readonly reading: PolicyReading;
  readonly record: RotationRecord | undefined;
  readonly timer: Timer | undefined;
  /** `undefined` when the user does not exist any more. */
  readonly keys: readonly AccessKey[] | undefined;
  /** Whether the new key of the open rotation was ever used. */
  readonly newKeyUsed: boolean;
}

export interface Outlook {
  /** What happens next, in a few words. */
  readonly next: string;
  /** When; missing when that is up to somebody. */
  readonly atMs?: number;
  /** What is in the way, or wants a person. */
  readonly troubles: readonly string[];
}

const NEXT_RUN = 'by the next run';

export function outlook(found: Findings, policy: DestructionPolicy, nowMs: number): Outlook {
  const { record, reading } = found;
  if (!isOpen(record)) return outlookWithoutRotation(found, policy, nowMs);
  const troubles = found.keys ? tagTroubles(reading) : [];
  if (isLeased(record, nowMs)) {
    troubles.push(
      `a run is at work on it, or was cut off; others keep away until ${moment(record.leaseUntilMs)}`,
    );
  }
  if (!found.keys) {
    return {
      next: `rotation closed ${NEXT_RUN}`,
      troubles: [...troubles, 'the user does not exist any more'],
    };
  }
  const own = outlookOf(record, found.keys, found, policy, nowMs);
  return { ...own, troubles: [...own.troubles, ...troubles] };
}

function tagTroubles(reading: PolicyReading): string[] {
  if (reading.kind === 'invalid') return [...reading.problems];
  if (reading.kind === 'managed') return [];
  return ['the tag IKR:EMAIL is gone; what is open is still finished'];
}

/** No rotation is open: who is due, and what keeps a key from being replaced. */
function outlookWithoutRotation(
  { reading, record, keys = [] }: Findings,
  policy: DestructionPolicy,
  nowMs: number,
): Outlook {
  if (reading.kind !== 'managed') {
    return {
      next: 'not rotated',
      troubles: reading.kind === 'invalid' ? reading.problems : [],
    };
  }
  const plan = planRotation(keys, record, reading.policy, nowMs);
  if (plan.kind === 'rotate') {
    const overdue =
      nowMs >= plan.dueAtMs + DAY_MS ? ['overdue by more than a day: does the rotator run?'] : [];
    return {
      next: `replaced ${NEXT_RUN}`,
      atMs: plan.dueAtMs,
      troubles: [...overdue, ...tooOld(keys, policy, nowMs)],
    };
  }
  switch (plan.reason) {
    case 'not-due':
      return { next: 'replaced', ...at(plan.dueAtMs), troubles: tooOld(keys, policy, nowMs) };
    case 'backing-off':
      return {
        next: 'tried again',
        ...at(record?.state === 'CLOSED' ? record.retryNotBeforeMs : undefined),
        troubles: [
          `${count(record?.failures ?? 1, 'rotation')} failed: ${record?.state === 'CLOSED' ? record.reason : ''}`,
          ...tooOld(keys, policy, nowMs),
        ],
      };
    case 'no-key':
      return { next: 'nothing: no access key', troubles: [] };
    case 'inactive-key':
      return {
        next: 'not rotated',
        troubles: ['the only access key is inactive: delete it, or activate it'],
      };
    case 'two-keys':
      return {
        next: 'not rotated',
        troubles: [
          'two access keys, so there is no room for a new one: delete the one that is not in use',
          ...tooOld(keys, policy, nowMs),
        ],
      };
    case 'rotation-open':
      return { next: plan.detail, troubles: [] };
  }
}

function tooOld(
  keys: readonly AccessKey[],
  { maxKeyAgeDays }: DestructionPolicy,
  nowMs: number,
): string[] {
  const old = keys.filter(
    ({ status, createdAtMs }) =>
      status === 'Active' && nowMs >= createdAtMs + maxKeyAgeDays * DAY_MS,
  );
  return old.length > 0 ? [`older than ${maxKeyAgeDays} days (MAX_KEY_AGE_DAYS)`] : [];
}

function outlookOf(
  record: OpenRecord,
  keys: readonly AccessKey[],
  found: Findings,
  policy: DestructionPolicy,
  nowMs: number,
): Outlook {
  const has = (id: string) => keys.some(({ accessKeyId }) => accessKeyId === id);
  switch (record.state) {
    case 'STARTED':
      return {
        next: `begun anew ${NEXT_RUN}`,
        troubles: isLeased(record, nowMs)
          ? []
          : ['a run was cut off before the new key was mailed; the next run clears up'],
      };
    case 'DELIVERING': {
      if (found.newKeyUsed) return { next: `old key scheduled ${NEXT_RUN}`, troubles: [] };
      if (record.newKeyDeactivatedAtMs !== undefined) {
        return {
          next: 'undelivered new key deleted',
          atMs: record.newKeyDeactivatedAtMs + 7 * DAY_MS,
          troubles: ['no mail with the new key was accepted for 7 days: it is inactive now'],
        };
      }
      const tries = `${count(record.attempts, 'attempt')}, ${record.failedAttempts} known to have failed`;
      const { reading } = found;
      const atMs =
        reading.kind === 'managed'
          ? refusedUntilMs(record, keys, reading.policy, nowMs)
          : undefined;
      return {
        next: atMs === undefined ? `mailed again ${NEXT_RUN}` : 'mailed again',
        ...at(atMs),
        troubles: [`the new key is not handed over yet: ${tries}`],
      };
    }
    case 'WITHDRAWING':
      return { next: `new key taken back ${NEXT_RUN}`, troubles: [record.reason] };
    case 'SCHEDULED':
    case 'DEACTIVATED':
      return outlookOfDelivered(record, keys, found, policy, nowMs);
    case 'CANCELLED':
      return has(record.oldKeyId) && has(record.newKeyId)
        ? {
            next: 'nothing until a key is deleted',
            troubles: [`cancelled (${record.reason}): both keys stay; delete one of them`],
          }
        : { next: `rotation closed ${NEXT_RUN}`, troubles: [`cancelled (${record.reason})`] };
  }
}

/** The destructor's decision at the moment at which it is due. */
function outlookOfDelivered(
  record: DeliveredRecord,
  keys: readonly AccessKey[],
  { timer, newKeyUsed }: Findings,
  policy: DestructionPolicy,
  nowMs: number,
): Outlook {
  const dueMs = nextStepAtMs(record);
  // Until the old key is due, its owner is trusted to use the new one in time.
  const isOldKeyThere = keys.some(({ accessKeyId }) => accessKeyId === record.oldKeyId);
  const used = newKeyUsed || (isOldKeyThere && nowMs < dueMs);
  const plan = planDestruction(record, keys, used, policy, Math.max(nowMs, dueMs));
  const wakeMs = timer && timer.deleteOnEpochSeconds * SECOND_MS;
  const troubles: string[] = [];
  const isWaiting = keys.length > 1 && !isLeased(record, nowMs);
  if (timer?.vetoed) troubles.push(`a person removed the timer: cancelled ${NEXT_RUN}`);
  else if (!timer && isWaiting) troubles.push('the timer is missing; the next run sets it again');

  const told = (next: string, atMs: number | undefined, more: readonly string[] = []): Outlook => ({
    next,
    ...at(atMs),
    troubles: [...more, ...troubles],
  });
  switch (plan.kind) {
    case 'delete':
    case 'deactivate': {
      const atMaxAge = plan.kind === 'deactivate' && plan.why === 'max-age';
      if (isOnlyActive(keys, record.oldKeyId)) {
        troubles.push("the old key is the user's only active one, and is not touched");
      } else if (atMaxAge) {
        troubles.push(unused(record, policy));
      } else if (nowMs >= dueMs + DAY_MS) {
        troubles.push('overdue by more than a day; the next run steps in');
      }
      return told(plan.kind === 'delete' ? 'old key deleted' : 'old key deactivated', dueMs);
    }
    case 'remind':
      return told('owner reminded', wakeMs, [unused(record, policy)]);
    case 'wait': {
      const isAsleep = keys.some(
        ({ accessKeyId, status }) => accessKeyId === record.newKeyId && status === 'Inactive',
      );
      return told('looked at again', wakeMs ?? plan.untilMs, [
        isAsleep ? plan.reason : unused(record, policy),
      ]);
    }
    case 'await-first-use':
      return told('closed once the new key is used', undefined, [
        'the old key is gone and the new one was never used: has its owner read the mail?',
      ]);
    case 'close':
      return told(
        `rotation closed ${NEXT_RUN}`,
        undefined,
        plan.outcome === 'completed' ? [] : [plan.reason],
      );
    case 'cancel':
      return told(`cancelled ${NEXT_RUN}`, undefined, [plan.reason]);
  }
}

function unused(record: DeliveredRecord, policy: DestructionPolicy): string {
  return record.state === 'SCHEDULED'
    ? `the new key was never used, so the old one is kept; it is deactivated from ${moment(Math.max(nextStepAtMs(record), maxAgeAtMs(record, policy)))} on`
    : 'the new key was never used, so the old one is kept, inactive';
}

function at(atMs: number | undefined): { atMs?: number } {
  return atMs === undefined ? {} : { atMs };
}
