/** Who is due: the plan for a user without an open rotation. */
import { backsOff, rests } from '../back-off.ts';
import type { AccessKey } from '../identity.ts';
import type { UserPolicy } from '../policy.ts';
import { reason, sentence } from '../reasons.ts';
import type { ClosedRecord } from '../record.ts';
import { DAY_MS, iso } from '../time.ts';
import { isRemembered, knownKeys } from './snapshot.ts';
import { act, look, type Observed, type Plan, type PlanPolicy, wait } from './types.ts';

export function planFresh(
  record: ClosedRecord | undefined,
  observed: Observed,
  policy: PlanPolicy,
  nowMs: number,
): Plan {
  const { reading } = policy;
  if (reading.kind === 'unmanaged') return wait('skipped', reason('unmanaged'));
  if (reading.kind === 'invalid') {
    return wait('invalid', reason('invalid-tags', { problems: reading.problems.join('; ') }));
  }
  const keys = knownKeys(record, observed);
  if (keys === 'no-user') return wait('skipped', reason('user-renamed'));
  if (!keys) return look('keys');
  const decision = decide(keys, record, { ...reading.policy, force: policy.force }, nowMs);
  // Only a list of now begins a rotation.
  if (decision.kind === 'act' && !observed.keys) return look('keys');
  if (decision.kind === 'act' || isRemembered(record, observed)) return decision;
  return act({ do: 'remember', record }, reason('seen'));
}

function decide(
  keys: readonly AccessKey[],
  record: ClosedRecord | undefined,
  policy: Pick<UserPolicy, 'rotateAfterDays'> & { readonly force: boolean },
  nowMs: number,
): Plan {
  const [oldKey, ...others] = keys;
  if (!oldKey) return wait('skipped', reason('no-key'));
  if (others.length > 0) return wait('skipped', reason('two-keys'));
  if (oldKey.status === 'Inactive') return wait('skipped', reason('inactive-key'));

  const dueAtMs = dueMs(oldKey, policy);
  if (!policy.force) {
    if (dueAtMs > nowMs) {
      const { rotateAfterDays } = policy;
      return wait('skipped', reason('not-due', { days: rotateAfterDays }), { untilMs: dueAtMs });
    }
    if (record && backsOff(record.retryNotBeforeMs, nowMs)) {
      const until = iso(record.retryNotBeforeMs);
      return wait('skipped', reason('backing-off', { why: sentence(record.reason), until }), {
        untilMs: dueAtMs,
      });
    }
  }
  if (record && record.outcome !== 'seen' && rests(record.closedAtMs, nowMs)) {
    return wait('waiting', reason('resting'), { untilMs: dueAtMs });
  }
  return act({ do: 'begin', previous: record, oldKey, dueAtMs }, reason('due'));
}

/** The moment from which a key should be replaced: full days after its creation. */
function dueMs(key: AccessKey, policy: Pick<UserPolicy, 'rotateAfterDays'>): number {
  return key.createdAtMs + policy.rotateAfterDays * DAY_MS;
}

/** Whether the only key that is left is itself due for replacement. */
export function isDue(keys: readonly AccessKey[], policy: PlanPolicy, nowMs: number): boolean {
  if (policy.reading.kind !== 'managed') return false;
  const decision = decide(keys, undefined, { ...policy.reading.policy, force: false }, nowMs);
  return decision.kind === 'act';
}
