/**
 * The end of an old key, once the new one was handed over. The destructor asks when the timer
 * expires, the rotator in every run: it steps in where TTL is late, and sees what people did.
 */
import type { AccessKey, Listed } from '../identity.ts';
import { findKey, isOnlyActive, SETTLED_AFTER_MS } from '../keys.ts';
import { reason } from '../reasons.ts';
import { type DeliveredRecord, nextStepAtMs } from '../record.ts';
import { tellsOfUse } from '../report-row.ts';
import { isSameTarget } from '../target.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';
import { isDue } from './fresh.ts';
import { isRemembered, knownKeys } from './snapshot.ts';
import { act, look, lookAtUse, type Observed, type Plan, type PlanPolicy, wait } from './types.ts';

/** One reminder a day while the old key works, one a week once it does not. */
const REMIND_EVERY_MS = DAY_MS;
const REMIND_DEACTIVATED_EVERY_MS = 7 * DAY_MS;
/** Runs and expiries don't come to the minute: a reminder may be this much early. */
const REMINDER_SLACK_MS = 4 * HOUR_MS;
/** From this much over its time on, the rotator acts itself: TTL may be two days late. */
const OVERDUE_AFTER_MS = DAY_MS;

/** The moment at which the old key is deactivated even if its successor was never used. */
export function ageLimitMs(
  record: Pick<DeliveredRecord, 'oldKeyCreatedAtMs' | 'maxKeyAgeDays'>,
): number {
  return record.oldKeyCreatedAtMs + record.maxKeyAgeDays * DAY_MS;
}

/**
 * Whether an old key is so late that the rotator acts itself. A key that has reached the age limit
 * does not wait for TTL at all.
 */
export function isOverdue(record: DeliveredRecord, nowMs: number): boolean {
  const dueAtMs = nextStepAtMs(record);
  return nowMs >= Math.min(dueAtMs + OVERDUE_AFTER_MS, Math.max(dueAtMs, ageLimitMs(record)));
}

export function planDelivered(
  record: DeliveredRecord,
  observed: Observed,
  policy: PlanPolicy,
  nowMs: number,
): Plan {
  const dueAtMs = nextStepAtMs(record);
  const isExpired = observed.timer === 'expired';
  if (isExpired && nowMs < dueAtMs) {
    return wait('waiting', reason('timer-early'), { timerAtMs: dueAtMs });
  }
  // Once the old key is gone, the rotator only waits for the first use of the new one.
  const awaitsFirstUse = record.oldKeyGoneAtMs !== undefined;
  const isStepDue = isExpired || (!awaitsFirstUse && isOverdue(record, nowMs));
  const hasStage = record.state === 'SCHEDULED' && record.deactivateOnMs !== undefined;
  const notYet = awaitsFirstUse
    ? wait('waiting', reason('awaits-first-use'))
    : wait('waiting', reason(hasStage ? 'waits-for-deactivation' : 'waits-for-deletion'), {
        untilMs: dueAtMs,
      });
  if (!isStepDue && !observed.keys) {
    const remembered = knownKeys(record, observed);
    if (!remembered || remembered === 'no-user') return look('keys');
    const { reportRow } = observed;
    const isUsedNow = reportRow && tellsOfUse(reportRow, remembered, record.newKeyId);
    if (awaitsFirstUse && (isUsedNow || isDue(remembered, policy, nowMs))) return look('keys');
    return planWaiting(record, observed, notYet, nowMs);
  }
  if (!observed.keys) return look('keys');
  if (observed.keys === 'no-user') return wait('postponed', reason('user-renamed'));
  const { keys } = observed.keys;
  const oldKey = findKey(keys, record.oldKeyId);
  const newKey = findKey(keys, record.newKeyId);
  if (oldKey && newKey && !isStepDue) return planWaiting(record, observed, notYet, nowMs);
  return planEnd(record, observed.keys, { oldKey, newKey, observed, policy }, nowMs);
}

/** What is to be put in order while nothing is due. */
function planWaiting(
  record: DeliveredRecord,
  observed: Observed,
  otherwise: Plan,
  nowMs: number,
): Plan {
  const { targetToday, timer } = observed;
  // The destructor reads no tags: only the record tells it where its notices go.
  if (targetToday !== undefined && !isSameTarget(record.target, targetToday)) {
    return act({ do: 'update-target', record }, reason('seen'));
  }
  if (timer === 'none') {
    const atMs = record.oldKeyGoneAtMs === undefined ? nextStepAtMs(record) : nowMs + DAY_MS;
    return act({ do: 'set-timer', record, atMs }, reason('waits-for-deletion'));
  }
  return isRemembered(record, observed)
    ? otherwise
    : act({ do: 'remember', record }, reason('seen'));
}

interface EndContext {
  readonly oldKey: AccessKey | undefined;
  readonly newKey: AccessKey | undefined;
  readonly observed: Observed;
  readonly policy: PlanPolicy;
}

/** A step is due, or one of the keys is gone. */
function planEnd(
  record: DeliveredRecord,
  { keys, listedAtMs }: Listed,
  { oldKey, newKey, observed, policy }: EndContext,
  nowMs: number,
): Plan {
  const tomorrowMs = nowMs + DAY_MS;
  if (!newKey) {
    const timerAtMs = Math.max(nextStepAtMs(record), tomorrowMs);
    if (listedAtMs - record.newKeyCreatedAtMs < SETTLED_AFTER_MS) {
      return wait('waiting', reason('new-key-unlisted'), { timerAtMs });
    }
    const found = observed.uses[record.newKeyId];
    if (!found) return lookAtUse(record.newKeyId);
    // A list that lacks a key which exists is not to be believed.
    if (found.kind === 'found') return wait('failed', reason('new-key-unlisted'), { timerAtMs });
    const why = reason(oldKey ? 'new-key-removed' : 'both-keys-gone');
    return act({ do: 'close', record, outcome: 'undone' }, why);
  }
  const use = observed.uses[record.newKeyId];
  if (!use) return lookAtUse(record.newKeyId);
  const isUsed = use.kind === 'found' && use.lastUsedAtMs !== undefined;
  if (!oldKey) return planOldKeyGone(record, keys, { isUsed, observed, policy }, nowMs);

  if (newKey.status === 'Inactive') {
    return wait('waiting', reason('new-key-inactive'), { timerAtMs: tomorrowMs });
  }
  if (record.state === 'DEACTIVATED' && oldKey.status === 'Active') {
    return act({ do: 'cancel', record }, reason('old-key-activated'));
  }
  if (record.requireNewKeyUsed && !isUsed) {
    if (record.state === 'DEACTIVATED' || nowMs < ageLimitMs(record)) {
      return planUnused(record, nowMs);
    }
  }
  // While the new key is unused, nothing is taken away unless its owner can still open it.
  if (!isUsed) {
    if (observed.retrievable === undefined) return look('retrievable');
    if (!observed.retrievable) {
      return wait('failed', notRetrievable(record), { timerAtMs: tomorrowMs });
    }
  }
  if (isOnlyActive(keys, record.oldKeyId)) {
    return wait('failed', reason('old-key-only-active', { keyId: record.oldKeyId }), {
      timerAtMs: tomorrowMs,
    });
  }
  return planStep(record, isUsed, nowMs);
}

function planStep(record: DeliveredRecord, isUsed: boolean, nowMs: number): Plan {
  if (record.state === 'SCHEDULED') {
    const isForced = record.requireNewKeyUsed && !isUsed;
    if (isForced || record.deactivateOnMs !== undefined) {
      const action = {
        do: 'deactivate',
        record,
        why: isForced ? 'max-age' : 'stage',
        // A late deactivation still leaves a day in which it can be undone.
        deleteOnMs: Math.max(record.deleteOnMs, nowMs + DAY_MS),
      } as const;
      return act(
        action,
        isForced ? reason('age-limit', { days: record.maxKeyAgeDays }) : reason('stage-due'),
      );
    }
  }
  return act({ do: 'delete', record }, reason(isUsed ? 'new-key-in-use' : 'old-key-due'));
}

/** The old key is due but the new one was never used: its owner may still need the old one. */
function planUnused(record: DeliveredRecord, nowMs: number): Plan {
  const everyMs = record.state === 'DEACTIVATED' ? REMIND_DEACTIVATED_EVERY_MS : REMIND_EVERY_MS;
  const isReminderDue = nowMs - (record.remindedAtMs ?? 0) >= everyMs - REMINDER_SLACK_MS;
  return isReminderDue
    ? act({ do: 'remind', record }, reason('new-key-unused'))
    : wait('waiting', reason('new-key-unused'), { timerAtMs: nowMs + DAY_MS });
}

/** The old key is gone, but its owner may not have opened the new one yet. */
function planOldKeyGone(
  record: DeliveredRecord,
  keys: readonly AccessKey[],
  { isUsed, observed, policy }: Pick<EndContext, 'observed' | 'policy'> & { isUsed: boolean },
  nowMs: number,
): Plan {
  if (isUsed) {
    const { deletedOldKey } = observed.done;
    const why = reason(deletedOldKey ? 'new-key-in-use' : 'old-key-gone');
    return act({ do: 'close', record, outcome: 'completed' }, why);
  }
  // It would block its own replacement for ever. With its content key goes the last chance to open
  // it, so another must be able to follow.
  if (observed.by === 'rotator' && isDue(keys, policy, nowMs)) {
    if (observed.obstacle === undefined) return look('obstacle');
    if (observed.obstacle === null) {
      return act({ do: 'close', record, outcome: 'unused' }, reason('unused-and-due'));
    }
  }
  if (record.oldKeyGoneAtMs === undefined || observed.done.deletedOldKey) {
    const why = observed.done.deletedOldKey ? 'old-key-due' : 'awaits-first-use';
    return act({ do: 'await-first-use', record }, reason(why));
  }
  const timerAtMs = observed.timer === 'expired' ? nowMs + DAY_MS : undefined;
  const waits = wait('waiting', reason('awaits-first-use'), { timerAtMs });
  return planWaiting(record, observed, waits, nowMs);
}

/** Somebody took the content key away: the old key is the only one that its owner has, at any age. */
function notRetrievable(record: DeliveredRecord) {
  const first = record.state === 'DEACTIVATED' ? `activate ${record.oldKeyId} again and ` : '';
  return reason('not-retrievable', {
    what: `${record.parameterName} no longer holds the content key that opens it`,
    todo: `${first}delete ${record.newKeyId} by hand, and the next run starts again`,
  });
}
