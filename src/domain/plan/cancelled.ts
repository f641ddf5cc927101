/**
 * A veto: both keys stay until a person deletes one. Who deleted the old one may not have opened the
 * new one yet, and needs its content key until then.
 */
import { findKey, SETTLED_AFTER_MS } from '../keys.ts';
import { reason, sentence } from '../reasons.ts';
import type { CancelledRecord } from '../record.ts';
import { tellsOfUse } from '../report-row.ts';
import { isDue } from './fresh.ts';
import { isRemembered, knownKeys } from './snapshot.ts';
import { act, look, lookAtUse, type Observed, type Plan, type PlanPolicy, wait } from './types.ts';

export function planCancelled(
  record: CancelledRecord,
  observed: Observed,
  policy: PlanPolicy,
  nowMs: number,
): Plan {
  const why = sentence(record.reason);
  if (observed.by === 'destructor') return wait('skipped', reason('timer-of-cancelled', { why }));
  const remembered = knownKeys(record, observed);
  if (remembered === 'no-user') return wait('postponed', reason('user-renamed'));
  const isUsedNow =
    observed.reportRow && remembered && tellsOfUse(observed.reportRow, remembered, record.newKeyId);
  const isOldKeyGone = remembered && !findKey(remembered, record.oldKeyId);
  if (
    !remembered ||
    (!observed.keys && isOldKeyGone && (isUsedNow || isDue(remembered, policy, nowMs)))
  ) {
    return look('keys');
  }
  const gone = [record.oldKeyId, record.newKeyId].filter((id) => !findKey(remembered, id));
  const listedAtMs =
    observed.keys && observed.keys !== 'no-user' ? observed.keys.listedAtMs : nowMs;
  const isSettled = listedAtMs - record.newKeyCreatedAtMs >= SETTLED_AFTER_MS;
  const rest = (outcome: ReturnType<typeof wait>): Plan => {
    if (hasOwnTimer(observed)) return act({ do: 'remove-timer', record }, record.reason);
    if (!isRemembered(record, observed)) return act({ do: 'remember', record }, reason('seen'));
    return outcome;
  };
  if (gone.length === 0 || !isSettled) {
    return rest(wait('waiting', reason('cancelled-waits', { why })));
  }
  const keys = gone.join(' and ');
  if (!gone.includes(record.newKeyId)) {
    const waits = rest(wait('waiting', reason('cancelled-unused', { why, keys })));
    // What is remembered was looked at when it was listed.
    if (!observed.keys) return waits;
    const use = observed.uses[record.newKeyId];
    if (!use) return lookAtUse(record.newKeyId);
    if (use.kind !== 'found' || use.lastUsedAtMs === undefined) {
      if (!isDue(remembered, policy, nowMs)) return waits;
      if (observed.obstacle === undefined) return look('obstacle');
      if (observed.obstacle !== null) return waits;
    }
  }
  if (!observed.keys) return look('keys');
  const close = { do: 'close', record, outcome: 'cancelled' } as const;
  return act(close, reason('cancelled-ended', { why, keys }));
}

function hasOwnTimer({ timer }: Observed): boolean {
  // The removal of one that names no rotation would read as a veto against the next rotation.
  return typeof timer === 'object' && timer.rotationId !== undefined;
}
