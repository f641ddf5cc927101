/**
 * The one decision: what is to be done about a user now, and why. Rotator, destructor, dry run,
 * status and progress all ask it; none of them decides by itself. Pure.
 */
import { isLeased } from '../lease.ts';
import { reason } from '../reasons.ts';
import { isOpen, isTimerOf, type OpenRecord, type RotationRecord } from '../record.ts';
import { DAY_MS, iso } from '../time.ts';
import { planCancelled } from './cancelled.ts';
import { planDelivered } from './delivered.ts';
import { planDelivering, planWithdrawing } from './delivering.ts';
import { planFresh } from './fresh.ts';
import { planStarted } from './started.ts';
import { act, look, lookAtUse, type Observed, type Plan, type PlanPolicy, wait } from './types.ts';

/**
 * Plans one user's next action. Where a fact is missing that decides, the plan is to look at it; after
 * an action, plan again with what has changed.
 * @param record the user's record; `undefined` when there is none
 */
export function plan(
  record: RotationRecord | undefined,
  observed: Observed,
  policy: PlanPolicy,
  nowMs: number,
): Plan {
  if (!isOpen(record)) return planFresh(record, observed, policy, nowMs);
  if (!observed.done.claimed && isLeased(record, nowMs)) {
    const times = {
      untilMs: record.leaseUntilMs,
      ...(observed.timer === 'expired' && { timerAtMs: record.leaseUntilMs }),
    };
    return wait('waiting', reason('leased', { until: iso(record.leaseUntilMs) }), times);
  }
  if (observed.user === 'missing') return planUserGone(record, observed);
  if (isVetoed(record, observed)) {
    return act({ do: 'cancel', record }, reason('timer-removed'));
  }
  if (observed.by === 'destructor' && isUndelivered(record)) {
    const why = reason('timer-undelivered', { state: record.state });
    return wait('waiting', why, { timerAtMs: nowMs + DAY_MS });
  }
  return planOpen(record, observed, policy, nowMs);
}

function planOpen(record: OpenRecord, observed: Observed, policy: PlanPolicy, nowMs: number): Plan {
  switch (record.state) {
    case 'STARTED':
      return planStarted(record, observed, policy);
    case 'DELIVERING':
      return planDelivering(record, observed, policy, nowMs);
    case 'WITHDRAWING':
      return planWithdrawing(record, observed);
    case 'SCHEDULED':
    case 'DEACTIVATED':
      return planDelivered(record, observed, policy, nowMs);
    case 'CANCELLED':
      return planCancelled(record, observed, policy, nowMs);
  }
}

function isUndelivered({ state }: OpenRecord): boolean {
  return state === 'STARTED' || state === 'DELIVERING' || state === 'WITHDRAWING';
}

/** A person removed the timer while the record was in use: the veto came with the next timer. */
function isVetoed(
  record: OpenRecord,
  { timer }: Observed,
): record is Extract<OpenRecord, { state: 'DELIVERING' | 'SCHEDULED' | 'DEACTIVATED' }> {
  return (
    (record.state === 'DELIVERING' ||
      record.state === 'SCHEDULED' ||
      record.state === 'DEACTIVATED') &&
    typeof timer === 'object' &&
    timer.vetoed === true &&
    isTimerOf(timer, record)
  );
}

/** The user does not exist any more, and its keys went with it: unless only the list is wrong. */
function planUserGone(record: OpenRecord, observed: Observed): Plan {
  const keyIds = 'newKeyId' in record ? [record.oldKeyId, record.newKeyId] : [record.oldKeyId];
  for (const keyId of keyIds) {
    const use = observed.uses[keyId];
    if (!use) return lookAtUse(keyId);
    if (use.kind === 'found') {
      return wait('postponed', reason('user-unlisted', { what: `key ${keyId}` }));
    }
  }
  // Without the permission to ask about keys, the ones that are there look like those that are gone.
  if (observed.isNameCurrent === undefined) return look('name');
  if (observed.isNameCurrent) {
    return wait('postponed', reason('user-unlisted', { what: `user ${record.userName}` }));
  }
  return act({ do: 'close', record, outcome: 'user-gone' }, reason('user-gone'));
}
