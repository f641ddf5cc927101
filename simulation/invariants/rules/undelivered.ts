/** Invariant 2. */
import { MINUTE_MS } from '../../../src/domain/time.ts';
import type { CompletedRun, KeyFacts, RecordFacts } from './facts.ts';
import { isInCharge } from './in-charge.ts';
import { CLOCKS_MS, GIVE_UP_MS, LEASE_MS, SETTLED_MS } from './limits.ts';
import type { Findings, Rule } from './rule.ts';

export const undelivered: Rule = {
  statement: 'A key that nobody received is deleted by the next run; if in doubt, after two weeks',

  runCompleted(run, circumstances): Findings {
    if (!isInCharge(run, circumstances)) return [];
    const { keys } = run.user;
    return keys
      .filter((key) => mustBeDecided(key, run))
      .map((key) => whyStillThere(key, run.user.record, run.sinceMs));
  },
};

function mustBeDecided(key: KeyFacts, { user, sinceMs }: CompletedRun): boolean {
  return (
    key.createdBy === 'program' &&
    key.firstUsedAtMs === undefined &&
    !user.isSpoiled(key.rotationId) &&
    key.createdAtMs + LEASE_MS <= sinceMs &&
    !isLeftToPeople(key, user.keys)
  );
}

/** The only active key is never taken away, and beside a key of the user's own none is. */
export function isLeftToPeople(key: KeyFacts, keys: readonly KeyFacts[]): boolean {
  const others = keys.filter((other) => other !== key);
  if (!others.some(({ status }) => status === 'Active')) return true;
  return others.some(
    ({ createdBy, createdAtMs }) =>
      createdBy === 'person' && createdAtMs >= key.createdAtMs - 3 * MINUTE_MS,
  );
}

function whyStillThere(
  key: KeyFacts,
  record: RecordFacts | undefined,
  sinceMs: number,
): string | undefined {
  if (record?.state === 'DELIVERING' && record.newKeyId === key.id) {
    // For a while a list may still tell of a key as it was, so what a person did to it waits.
    if (key.statusSetBy === 'person' && key.statusSinceMs + SETTLED_MS > sinceMs) return undefined;
    // A run that died before it noted the deactivation leaves that to the next.
    const notedAtMs = record.newKeyDeactivatedAtMs ?? sinceMs;
    const isActive = key.status === 'Active';
    const fromMs = isActive ? key.createdAtMs : Math.max(key.statusSinceMs, notedAtMs);
    if (fromMs + GIVE_UP_MS + 2 * CLOCKS_MS > sinceMs) return undefined;
    return isActive
      ? `${key.id} was not delivered for 7 days and is still active`
      : `${key.id} was not delivered, has been inactive for 7 days, and is still there`;
  }
  const isReceived = key.handedOverAtMs !== undefined || isBeingReplaced(key, record);
  return isReceived ? undefined : `${key.id} was never handed over and is still there`;
}

/** Whether an open rotation deals with the key. */
function isBeingReplaced(key: KeyFacts, record: RecordFacts | undefined): boolean {
  if (record === undefined || record.state === 'CLOSED') return false;
  return record.state === 'CANCELLED' || record.oldKeyId === key.id;
}
