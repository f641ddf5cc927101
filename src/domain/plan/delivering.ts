/**
 * A rotation whose pair is in the journal: it arrived, or is delivered again, or is given up. And one
 * whose new key is being taken back.
 */
import { backsOff } from '../back-off.ts';
import type { AccessKey, Listed } from '../identity.ts';
import { findKey, isOnlyActive, SETTLED_AFTER_MS } from '../keys.ts';
import { type Reason, reason, sentence } from '../reasons.ts';
import type { DeliveringRecord, WithdrawingRecord } from '../record.ts';
import { describeTarget, isSameTarget } from '../target.ts';
import { DAY_MS, iso, MINUTE_MS } from '../time.ts';
import { whyNobody } from './reading.ts';
import { act, look, lookAtUse, type Observed, type Plan, type PlanPolicy, wait } from './types.ts';

/** How long a delivery is tried, and how long an undelivered key then stays inactive. */
const GIVE_UP_AFTER_MS = 7 * DAY_MS;
/** By how much IAM's clock and ours may differ. */
const CLOCKS_MS = MINUTE_MS;

export function planDelivering(
  record: DeliveringRecord,
  observed: Observed,
  policy: PlanPolicy,
  nowMs: number,
): Plan {
  const { done } = observed;
  if (done.attempting) return act({ do: 'deliver', record }, reason('due'));
  if (done.answer) return planAfterAttempt(record, done.answer, observed);
  if (done.deletedNewKey) {
    const outcome = { do: 'close', record, outcome: 'failed', isFailure: true } as const;
    return act(outcome, reason('undelivered-unused'));
  }
  if (!observed.keys) return look('keys');
  if (observed.keys === 'no-user') return wait('postponed', reason('user-renamed'));
  const use = observed.uses[record.newKeyId];
  if (!use) return lookAtUse(record.newKeyId);

  const { keys, listedAtMs } = observed.keys;
  if (use.kind === 'found' && use.lastUsedAtMs !== undefined) {
    return planArrived(record, use.lastUsedAtMs, observed);
  }
  const newKey = findKey(keys, record.newKeyId);
  if (!newKey) {
    if (use.kind === 'found' || listedAtMs - record.newKeyCreatedAtMs < SETTLED_AFTER_MS) {
      return wait('postponed', reason('new-key-unlisted'));
    }
    const close = { do: 'close', record, outcome: 'undone' } as const;
    return act(close, reason('new-key-gone-undelivered'));
  }
  const isInactive = record.newKeyDeactivatedAtMs !== undefined;
  const isLate = nowMs >= record.firstAttemptAtMs + GIVE_UP_AFTER_MS;
  // Without it the user would have no key at all, so it is delivered however late.
  const isNeeded = isOnlyActive(keys, record.newKeyId);
  if (isInactive || (isLate && !isNeeded)) {
    if (use.kind !== 'found') {
      return wait('failed', reason('use-unknown', { keyId: record.newKeyId }));
    }
    return isInactive ? planGivenUp(record, newKey, observed.keys, nowMs) : giveUp(record);
  }
  return planNextAttempt(record, newKey, { observed, policy, keys, isLate }, nowMs);
}

/** The new key was used, so it was handed over. */
function planArrived(record: DeliveringRecord, lastUsedAtMs: number, { done }: Observed): Plan {
  // A run may have died before it wrote that it had deactivated the key.
  const inactiveSinceMs = record.newKeyDeactivatedAtMs ?? record.givenUpAtMs ?? 0;
  // IAM tells of a use up to 15 minutes late: it was deactivated although it had arrived. After a
  // later use it was a person who had activated it, and who may have deactivated it again.
  if (!done.reactivated && lastUsedAtMs <= inactiveSinceMs + CLOCKS_MS) {
    return act({ do: 'reactivate-new-key', record }, reason('arrived'));
  }
  return act({ do: 'schedule', record }, reason('arrived'));
}

interface AttemptContext {
  readonly observed: Observed;
  readonly policy: PlanPolicy;
  readonly keys: readonly AccessKey[];
  readonly isLate: boolean;
}

function planNextAttempt(
  record: DeliveringRecord,
  newKey: AccessKey,
  { observed, policy: { reading }, keys, isLate }: AttemptContext,
  nowMs: number,
): Plan {
  const hindered = (why: string) =>
    wait(isLate ? 'failed' : 'postponed', reason('not-delivered-yet', { why }));
  if (reading.kind !== 'managed') return hindered(whyNobody(reading));
  if (newKey.status === 'Inactive') {
    return hindered(sentence(reason('new-key-deactivated', { keyId: record.newKeyId })));
  }
  const untilMs = refusedUntilMs(record, keys, observed, nowMs);
  if (untilMs !== undefined)
    return wait('failed', keptForWantOfAnother(record, untilMs), { untilMs });
  if (observed.obstacle === undefined) return look('obstacle');
  if (observed.obstacle !== null) return hindered(observed.obstacle);
  if (observed.hasContentKey === undefined) return look('content-key');
  if (!observed.hasContentKey) {
    return wait('failed', reason('content-key-gone', { parameter: record.parameterName }));
  }
  return act({ do: 'begin-attempt', record }, reason('due'));
}

/**
 * Until when nothing goes to a target that refused the pair: only with the user's only active key,
 * which is not taken back, and only while the tags name no other. `undefined` when it may be tried.
 */
function refusedUntilMs(
  { newKeyId, target, retryNotBeforeMs = 0 }: DeliveringRecord,
  keys: readonly AccessKey[],
  { targetToday }: Observed,
  nowMs: number,
): number | undefined {
  const waits =
    isOnlyActive(keys, newKeyId) && targetToday !== undefined && isSameTarget(target, targetToday);
  return waits && backsOff(retryNotBeforeMs, nowMs) ? retryNotBeforeMs : undefined;
}

/** Why a refused key stays, in the run in which that happens and in those that wait. */
export function keptForWantOfAnother(
  { target }: DeliveringRecord,
  untilMs: number,
  refusal?: Reason,
): Reason {
  const why = refusal?.details?.why;
  return reason('refused-only-active', {
    to: describeTarget(target),
    until: iso(untilMs),
    ...(typeof why === 'string' && { why }),
  });
}

/** The attempt of this run is over. */
function planAfterAttempt(
  record: DeliveringRecord,
  answer: NonNullable<Observed['done']['answer']>,
  observed: Observed,
): Plan {
  if (answer.kind === 'accepted') return act({ do: 'schedule', record }, reason('delivered'));
  const why = answer.reason;
  // Nothing is known, so nothing is written but that no run is at work any more.
  if (answer.kind === 'unknown') return wait('failed', reason('delivery-unknown', { why }));
  const failed = (outcome: 'postponed' | 'failed', code: Reason) =>
    act({ do: 'record-failed-attempt', record, outcome }, code);
  if (answer.kind === 'not-now') return failed('postponed', reason('delivery-not-now', { why }));

  if (!observed.keys) return look('keys');
  if (observed.keys === 'no-user') return failed('failed', reason('refused-keys-unknown', { why }));
  if (isOnlyActive(observed.keys.keys, record.newKeyId)) {
    return act(
      { do: 'back-off', record },
      reason('delivery-refused', { to: describeTarget(record.target), why }),
    );
  }
  // The attempt that was just refused is not counted yet.
  if (record.failedAttempts + 1 === record.attempts) {
    const refused = reason('delivery-refused', { to: describeTarget(record.target), why });
    return act({ do: 'withdraw', record }, refused);
  }
  return failed('failed', reason('refused-in-doubt', { why }));
}

/** A week without a sign: what surely never arrived is taken back, the rest deactivated. */
function giveUp(record: DeliveringRecord): Plan {
  return record.failedAttempts === record.attempts
    ? act({ do: 'withdraw', record }, reason('undeliverable'))
    : act({ do: 'deactivate-new-key', record }, reason('given-up'));
}

/** The undelivered key is inactive: a person may still want it, otherwise it is deleted. */
function planGivenUp(
  record: DeliveringRecord,
  newKey: AccessKey,
  { keys, listedAtMs }: Listed,
  nowMs: number,
): Plan {
  const inactiveSinceMs = record.newKeyDeactivatedAtMs ?? nowMs;
  // Right after its deactivation IAM may still list it as it was.
  if (newKey.status === 'Active' && listedAtMs - inactiveSinceMs >= SETTLED_AFTER_MS) {
    return act({ do: 'cancel', record }, reason('undelivered-activated'));
  }
  const untilMs = inactiveSinceMs + GIVE_UP_AFTER_MS;
  if (nowMs < untilMs || isOnlyActive(keys, record.newKeyId)) {
    return wait('failed', reason('undelivered-inactive', { until: iso(untilMs) }), { untilMs });
  }
  return act({ do: 'delete-new-key', record }, reason('undelivered-unused'));
}

/** The new key was certainly never handed over: it is taken back, unless somebody uses it. */
export function planWithdrawing(record: WithdrawingRecord, observed: Observed): Plan {
  const { newKeyId } = record;
  const why = sentence(record.reason);
  const { done } = observed;
  if (done.newKeyUnknown) return wait('postponed', reason('withdraw-unlisted', { why }));
  if (done.deletedNewKey) {
    return act({ do: 'close', record, outcome: 'failed', isFailure: true }, record.reason);
  }
  if (!observed.keys) return look('keys');
  if (observed.keys === 'no-user') return wait('postponed', reason('user-renamed'));
  if (isOnlyActive(observed.keys.keys, newKeyId)) {
    return wait('failed', reason('withdraw-only-active', { why }));
  }
  const use = observed.uses[newKeyId];
  if (!use) return lookAtUse(newKeyId);
  if (use.kind === 'found' && use.lastUsedAtMs !== undefined) {
    return act({ do: 'close', record, outcome: 'undone' }, reason('withdraw-in-use', { why }));
  }
  return act({ do: 'delete-new-key', record }, reason('due'));
}
