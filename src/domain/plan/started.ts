/**
 * A rotation whose pair is not kept yet. Of an interrupted one nothing was kept but the intention: a
 * key that came of it has lost its secret.
 */
import type { AccessKey, Listed } from '../identity.ts';
import { isOnlyActive } from '../keys.ts';
import { reason } from '../reasons.ts';
import type { StartedRecord } from '../record.ts';
import { MINUTE_MS } from '../time.ts';
import { whyNobody } from './reading.ts';
import { act, look, lookAtUse, type Observed, type Plan, type PlanPolicy, wait } from './types.ts';

/** IAM dates a key in whole seconds by its own clock: how far from `begin` ours can have been made. */
const CREATED_BEFORE_MS = MINUTE_MS;
const CREATED_AFTER_MS = 2 * MINUTE_MS;

export function planStarted(record: StartedRecord, observed: Observed, policy: PlanPolicy): Plan {
  const { begun, prepared, blocked, notCreated } = observed.done;
  if (blocked) return act({ do: 'close', record, outcome: 'postponed' }, blocked);
  if (notCreated) {
    const { throttled, message } = notCreated;
    const outcome = throttled ? 'postponed' : 'failed';
    const why = reason('key-not-created', { message });
    return act({ do: 'close', record, outcome, isFailure: !throttled }, why);
  }
  if (begun) return act({ do: prepared ? 'create' : 'prepare', record }, reason('due'));
  if (!observed.keys) return look('keys');
  if (observed.keys === 'no-user') return wait('postponed', reason('user-renamed'));
  return planInterrupted(record, observed.keys, observed, policy);
}

function planInterrupted(
  record: StartedRecord,
  { keys }: Listed,
  observed: Observed,
  { reading }: PlanPolicy,
): Plan {
  const unseen = keys.filter(({ accessKeyId }) => !record.seenKeyIds.includes(accessKeyId));
  const inTime = unseen.filter((key) => isCreatedWith(record, key));
  for (const { accessKeyId: keyId } of inTime) {
    const use = observed.uses[keyId];
    if (!use) return lookAtUse(keyId);
    if (use.kind !== 'found') return wait('failed', reason('use-unknown', { keyId }));
  }
  // One creation makes one key: of two that look like it, nobody can say which one is ours.
  const unused = inTime.filter(({ accessKeyId }) => !isUsed(observed, accessKeyId));
  const [orphan] = unused.length === 1 ? unused : [];
  if (orphan) {
    const { accessKeyId: keyId } = orphan;
    // Closing would forget it, and leave it there for good once another key works again.
    if (isOnlyActive(keys, keyId)) return wait('failed', reason('orphan-only-active', { keyId }));
    return act({ do: 'delete-orphan', record, keyId }, reason('orphan-deleted', { keyId }));
  }
  const close = (outcome: 'undone' | 'postponed', why: ReturnType<typeof reason>) =>
    act({ do: 'close', record, outcome }, why);
  if (unseen.length > 0) return close('undone', reason('other-key'));

  const [oldKey, ...others] = keys;
  if (oldKey?.accessKeyId !== record.oldKeyId || oldKey.status !== 'Active' || others.length > 0) {
    return close('undone', reason('old-key-changed'));
  }
  if (reading.kind !== 'managed') {
    return close('postponed', reason('nobody-to-deliver-to', { why: whyNobody(reading) }));
  }
  if (observed.obstacle === undefined) return look('obstacle');
  if (observed.obstacle !== null) {
    return close('postponed', reason('no-delivery', { why: observed.obstacle }));
  }
  return act({ do: 'restart', record }, reason('interrupted'));
}

/** Whether a key may have been created by this rotation, by its date. */
function isCreatedWith({ startedAtMs }: StartedRecord, { createdAtMs }: AccessKey): boolean {
  const ageAtStartMs = createdAtMs - startedAtMs;
  return ageAtStartMs >= -CREATED_BEFORE_MS && ageAtStartMs <= CREATED_AFTER_MS;
}

function isUsed({ uses }: Observed, keyId: string): boolean {
  const use = uses[keyId];
  return use?.kind === 'found' && use.lastUsedAtMs !== undefined;
}
