/** New keys that are taken back: to them the promises about old keys do not apply. */
import { MINUTE_MS } from '../../../src/domain/time.ts';
import type { Circumstances, KeyChange, KeyFacts, RecordFacts } from './facts.ts';
import { CLOCKS_MS, GIVE_UP_MS, isDue } from './limits.ts';

/** Whether a key is deactivated or deleted because nobody received it, or nobody uses it. */
export function isTakenBack(change: KeyChange, circumstances: Circumstances): boolean {
  if (!isUnused(change, circumstances)) return false;
  return isNeverReceived(change) || change.records.some((record) => isGivenUp(change, record));
}

/** A use that IAM does not tell of yet does not count. */
function isUnused({ key, atMs }: KeyChange, { lastUsedLagMs }: Circumstances): boolean {
  const toldMs = atMs - lastUsedLagMs - CLOCKS_MS;
  return key.firstUsedAtMs === undefined || key.firstUsedAtMs > toldMs;
}

function isNeverReceived({ kind, key }: KeyChange): boolean {
  return kind === 'delete' && key.createdBy === 'program' && key.handedOverAtMs === undefined;
}

function isGivenUp({ kind, key, atMs }: KeyChange, record: RecordFacts): boolean {
  if (record.state === 'STARTED') return kind === 'delete' && looksCreatedBy(record, key);
  if (key.createdBy !== 'program') return false;
  if (record.state !== 'DELIVERING' || record.newKeyId !== key.id) return false;
  const giveUpAtMs = key.createdAtMs + GIVE_UP_MS;
  if (kind === 'deactivate') return isDue(giveUpAtMs, atMs);
  const inactiveSinceMs = key.statusSetBy === 'program' ? key.statusSinceMs : giveUpAtMs;
  return key.status === 'Inactive' && isDue(inactiveSinceMs + GIVE_UP_MS, atMs);
}

/**
 * Whether a key can't be told from the one that an interrupted run created: a person created it in
 * those very minutes, and still has the old one.
 */
export function looksCreatedBy(
  { startedAtMs = 0, seenKeyIds = [] }: RecordFacts,
  key: KeyFacts,
): boolean {
  const afterMs = key.createdAtMs - startedAtMs;
  const isNear = afterMs >= -MINUTE_MS - CLOCKS_MS && afterMs <= 2 * MINUTE_MS + CLOCKS_MS;
  return isNear && !seenKeyIds.includes(key.id);
}
