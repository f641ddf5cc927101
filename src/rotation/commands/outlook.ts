/**
 * Where a user stands and what happens next: a pure view on the tags, the keys and the rotation
 * record, by the same decisions that the rotator and the destructor take.
 */
import {
  type DestructionPolicy,
  isOnlyActive,
  maxAgeAtMs,
  planDestruction,
} from '../../domain/destruction.ts';
import type { AccessKey } from '../../domain/identity.ts';
import type { PolicyReading } from '../../domain/policy.ts';
import {
  type DeliveredRecord,
  type DeliveringRecord,
  isOpen,
  nextStepAtMs,
  type OpenRecord,
  type RotationRecord,
  type Timer,
} from '../../domain/record.ts';
import { planRotation, refusedUntilMs } from '../../domain/rotation.ts';
import { DAY_MS, humanMoment, SECOND_MS } from '../../domain/time.ts';
import { isLeased } from '../claimed-record.ts';
import type { Coded } from './answers.ts';

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
  /** What happens next. */
  readonly next: Coded;
  /** When; missing when that is up to somebody. */
  readonly atMs?: number;
  /** What is in the way, or needs a person. */
  readonly warnings: readonly Coded[];
}

/** What happens next, in a few words. */
const NEXT = {
  replaced: 'replaced',
  'replaced-by-next-run': 'replaced by the next run',
  'tried-again': 'tried again',
  'not-rotated': 'not rotated',
  'no-key': 'nothing: no access key',
  'started-again': 'started again by the next run',
  'mailed-again': 'mailed again',
  'mailed-by-next-run': 'mailed again by the next run',
  'scheduled-by-next-run': 'old key scheduled by the next run',
  'new-key-deleted': 'undelivered new key deleted',
  'withdrawn-by-next-run': 'new key withdrawn by the next run',
  'old-key-deactivated': 'old key deactivated',
  'old-key-deleted': 'old key deleted',
  'owner-reminded': 'owner reminded',
  'looked-at-again': 'looked at again',
  'closed-after-first-use': 'closed once the new key is used',
  'closed-by-next-run': 'rotation closed by the next run',
  'cancelled-by-next-run': 'cancelled by the next run',
  'waits-for-a-person': 'nothing until a key is deleted',
} as const;

/** When it is looked at, and by which settings. */
interface View {
  readonly policy: DestructionPolicy;
  readonly nowMs: number;
}

export function outlook(found: Findings, policy: DestructionPolicy, nowMs: number): Outlook {
  const { record, reading } = found;
  const view = { policy, nowMs };
  if (!isOpen(record)) return withoutRotation(found, view);
  const warnings = found.keys ? aboutTags(reading) : [];
  if (isLeased(record, nowMs)) {
    const until = humanMoment(record.leaseUntilMs);
    warnings.push({
      code: 'leased',
      text: `a run is at work on it, or was cut off; others keep away until ${until}`,
    });
  }
  if (!found.keys) {
    const gone = { code: 'user-gone', text: 'the user does not exist any more' };
    return told('closed-by-next-run', undefined, ...warnings, gone);
  }
  const own = inRotation(record, found.keys, found, view);
  return { ...own, warnings: [...own.warnings, ...warnings] };
}

function told(next: keyof typeof NEXT, atMs: number | undefined, ...warnings: Coded[]): Outlook {
  return {
    next: { code: next, text: NEXT[next] },
    ...(atMs !== undefined && { atMs }),
    warnings,
  };
}

function aboutTags(reading: PolicyReading): Coded[] {
  if (reading.kind === 'managed') return [];
  if (reading.kind === 'invalid') {
    return reading.problems.map((text) => ({ code: 'invalid-tags', text }));
  }
  const text = 'the tag IKR:EMAIL is gone; what is open is still finished';
  return [{ code: 'unmanaged', text }];
}

/** No rotation is open: who is due, and what keeps a key from being replaced. */
function withoutRotation(found: Findings, view: View): Outlook {
  const { reading, record, keys = [] } = found;
  if (reading.kind !== 'managed') {
    return told(
      'not-rotated',
      undefined,
      ...(reading.kind === 'invalid' ? aboutTags(reading) : []),
    );
  }
  const plan = planRotation(keys, record, reading.policy, view.nowMs);
  if (plan.kind === 'rotate') {
    const text = 'overdue by more than a day: does the rotator run?';
    const overdue = view.nowMs >= plan.dueAtMs + DAY_MS ? [{ code: 'overdue', text }] : [];
    return told('replaced-by-next-run', plan.dueAtMs, ...overdue, ...tooOld(keys, view));
  }
  switch (plan.reason) {
    case 'not-due':
      return told('replaced', plan.dueAtMs, ...tooOld(keys, view));
    case 'backing-off': {
      const closed = record?.state === 'CLOSED' ? record : undefined;
      const failures = closed?.failures ?? 1;
      const failed = `${failures} ${failures === 1 ? 'rotation' : 'rotations'} failed`;
      const warning = { code: plan.reason, text: `${failed}: ${closed?.reason ?? ''}` };
      return told('tried-again', closed?.retryNotBeforeMs, warning, ...tooOld(keys, view));
    }
    case 'no-key':
      return told('no-key', undefined);
    case 'inactive-key':
      return told('not-rotated', undefined, {
        code: plan.reason,
        text: 'the only access key is inactive: delete it, or activate it',
      });
    case 'two-keys': {
      const text =
        'two access keys, so there is no room for a new one: delete the one that is not in use';
      return told('not-rotated', undefined, { code: plan.reason, text }, ...tooOld(keys, view));
    }
    case 'rotation-open':
      return told('looked-at-again', undefined, { code: plan.reason, text: plan.detail });
  }
}

function tooOld(keys: readonly AccessKey[], { policy, nowMs }: View): Coded[] {
  const old = keys.some(
    ({ status, createdAtMs }) =>
      status === 'Active' && nowMs >= createdAtMs + policy.maxKeyAgeDays * DAY_MS,
  );
  const text = `older than ${policy.maxKeyAgeDays} days (MAX_KEY_AGE_DAYS)`;
  return old ? [{ code: 'age-limit', text }] : [];
}

function inRotation(
  record: OpenRecord,
  keys: readonly AccessKey[],
  found: Findings,
  view: View,
): Outlook {
  const has = (id: string) => keys.some(({ accessKeyId }) => accessKeyId === id);
  switch (record.state) {
    case 'STARTED': {
      const text = 'a run was cut off before the new key was mailed; the next run clears up';
      const cutOff = isLeased(record, view.nowMs) ? [] : [{ code: 'interrupted', text }];
      return told('started-again', undefined, ...cutOff);
    }
    case 'DELIVERING':
      return delivering(record, keys, found, view);
    case 'WITHDRAWING':
      return told('withdrawn-by-next-run', undefined, { code: 'withdrawn', text: record.reason });
    case 'SCHEDULED':
    case 'DEACTIVATED':
      return delivered(record, keys, found, view);
    case 'CANCELLED': {
      const both = has(record.oldKeyId) && has(record.newKeyId);
      const text = `cancelled (${record.reason})`;
      return both
        ? told('waits-for-a-person', undefined, {
            code: 'cancelled',
            text: `${text}: both keys stay; delete one of them`,
          })
        : told('closed-by-next-run', undefined, { code: 'cancelled', text });
    }
  }
}

function delivering(
  record: DeliveringRecord,
  keys: readonly AccessKey[],
  { reading, newKeyUsed }: Findings,
  { nowMs }: View,
): Outlook {
  if (newKeyUsed) return told('scheduled-by-next-run', undefined);
  if (record.newKeyDeactivatedAtMs !== undefined) {
    return told('new-key-deleted', record.newKeyDeactivatedAtMs + 7 * DAY_MS, {
      code: 'undelivered-inactive',
      text: 'no mail with the new key was accepted for 7 days: it is inactive now',
    });
  }
  const { attempts, failedAttempts } = record;
  const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, ${failedAttempts} known to have failed`;
  const atMs =
    reading.kind === 'managed' ? refusedUntilMs(record, keys, reading.policy, nowMs) : undefined;
  return told(atMs === undefined ? 'mailed-by-next-run' : 'mailed-again', atMs, {
    code: 'not-delivered-yet',
    text: `the new key is not handed over yet: ${tries}`,
  });
}

/** The destructor's decision at the moment at which it is due. */
function delivered(
  record: DeliveredRecord,
  keys: readonly AccessKey[],
  { timer, newKeyUsed }: Findings,
  { policy, nowMs }: View,
): Outlook {
  const dueMs = nextStepAtMs(record);
  // Until the old key is due, its owner is trusted to use the new one in time.
  const isOldKeyThere = keys.some(({ accessKeyId }) => accessKeyId === record.oldKeyId);
  const used = newKeyUsed || (isOldKeyThere && nowMs < dueMs);
  const plan = planDestruction(record, keys, used, policy, Math.max(nowMs, dueMs));
  const wakeMs = timer && timer.deleteOnEpochSeconds * SECOND_MS;
  const isWaiting = keys.length > 1 && !isLeased(record, nowMs);
  const aboutTimer = timerWarnings(timer, isWaiting);

  switch (plan.kind) {
    case 'delete':
    case 'deactivate': {
      const next = plan.kind === 'delete' ? 'old-key-deleted' : 'old-key-deactivated';
      if (isOnlyActive(keys, record.oldKeyId)) {
        const text = "the old key is the user's only active one, and is not touched";
        return told(next, dueMs, ...aboutTimer, { code: 'only-active', text });
      }
      if (plan.kind === 'deactivate' && plan.why === 'max-age') {
        return told(next, dueMs, ...aboutTimer, unused(record, policy));
      }
      const text = 'overdue by more than a day; the next run steps in';
      const overdue = nowMs >= dueMs + DAY_MS ? [{ code: 'overdue', text }] : [];
      return told(next, dueMs, ...aboutTimer, ...overdue);
    }
    case 'remind':
      return told('owner-reminded', wakeMs, unused(record, policy), ...aboutTimer);
    case 'wait': {
      const isInactive = keys.some(
        ({ accessKeyId, status }) => accessKeyId === record.newKeyId && status === 'Inactive',
      );
      const why = isInactive
        ? { code: 'new-key-inactive', text: plan.reason }
        : unused(record, policy);
      return told('looked-at-again', wakeMs ?? plan.untilMs, why, ...aboutTimer);
    }
    case 'await-first-use': {
      const text =
        'the old key is gone and the new one was never used: has its owner read the mail?';
      const waits = { code: 'awaits-first-use', text };
      return told('closed-after-first-use', undefined, waits, ...aboutTimer);
    }
    case 'close': {
      const why = plan.outcome === 'completed' ? [] : [{ code: plan.outcome, text: plan.reason }];
      return told('closed-by-next-run', undefined, ...why, ...aboutTimer);
    }
    case 'cancel': {
      const veto = { code: 'vetoed', text: plan.reason };
      return told('cancelled-by-next-run', undefined, veto, ...aboutTimer);
    }
  }
}

function timerWarnings(timer: Timer | undefined, isWaiting: boolean): Coded[] {
  if (timer?.vetoed) {
    const text = 'a person removed the timer: cancelled by the next run';
    return [{ code: 'timer-removed', text }];
  }
  const text = 'the timer is missing; the next run sets it again';
  return !timer && isWaiting ? [{ code: 'timer-missing', text }] : [];
}

function unused(record: DeliveredRecord, policy: DestructionPolicy): Coded {
  const from = Math.max(nextStepAtMs(record), maxAgeAtMs(record, policy));
  const end =
    record.state === 'SCHEDULED'
      ? `kept; it is deactivated from ${humanMoment(from)} on`
      : 'kept, inactive';
  return { code: 'new-key-unused', text: `the new key was never used, so the old one is ${end}` };
}
