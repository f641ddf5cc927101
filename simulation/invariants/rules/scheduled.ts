/** Invariant 4. */
import { DAY_MS } from '../../../src/domain/time.ts';
import type { Circumstances, KeyChange, RecordFacts } from './facts.ts';
import { CLOCKS_MS, isDue } from './limits.ts';
import type { Findings, Rule } from './rule.ts';
import { isTakenBack } from './taken-back.ts';

export const scheduled: Rule = {
  statement: 'No key is changed unscheduled or as the only active one; a veto holds',

  keyChanged(change, circumstances): Findings {
    const { kind, key, keys, veto } = change;
    if (kind === 'create') return [];
    const although = (why: string | undefined) =>
      why === undefined ? undefined : `${key.id} was ${kind}d, although ${why}`;
    if (kind === 'activate') return [although(whyNotActivated(change))];

    const isOnly = !keys.some(({ id, status }) => id !== key.id && status === 'Active');
    const isVetoed = veto?.keyIds.includes(key.id) === true && !isRefused(change);
    return [
      although(whyNotScheduled(change, circumstances)),
      although(isVetoed ? veto?.how : undefined),
      ...(key.status === 'Active'
        ? [although(isOnly ? "it was the user's only active key" : undefined)]
        : []),
    ];
  },
};

/** The program only activates again what it had deactivated itself. */
function whyNotActivated({ key, records }: KeyChange): string | undefined {
  if (key.statusSetBy === 'program') return undefined;
  // Who activated it and deactivated it again, without a use, left no trace.
  const leftNoTrace = records.some(
    ({ newKeyId, givenUpAtMs, newKeyDeactivatedAtMs = givenUpAtMs }) =>
      newKeyId === key.id &&
      newKeyDeactivatedAtMs !== undefined &&
      (key.lastUsedAtMs ?? 0) <= newKeyDeactivatedAtMs + CLOCKS_MS,
  );
  return leftNoTrace ? undefined : 'a person had deactivated it';
}

/** Nobody can want to keep a key that was refused: its secret was handed over to nobody. */
function isRefused({ key, records }: KeyChange): boolean {
  const isWithdrawn = records.some(({ state }) => state === 'WITHDRAWING');
  return isWithdrawn && key.handedOverAtMs === undefined;
}

function whyNotScheduled(change: KeyChange, circumstances: Circumstances): string | undefined {
  if (isTakenBack(change, circumstances)) return undefined;
  if (change.records.length === 0) return 'no rotation is open';
  const problems = change.records.map((record) => whyNotDue(change, record, circumstances));
  return problems.includes(undefined) ? undefined : problems.at(-1);
}

/** Why a record does not allow the change, if it does not. */
function whyNotDue(
  { kind, key, keys, atMs }: KeyChange,
  { state, oldKeyId, newKeyId, deactivateOnMs, deleteOnMs }: RecordFacts,
  { maxKeyAgeDays }: Circumstances,
): string | undefined {
  if (state !== 'SCHEDULED' && state !== 'DEACTIVATED') return `its rotation is ${state}`;
  if (oldKeyId !== key.id) return 'it is not the old key of its rotation';
  const successor = keys.find(({ id }) => id === newKeyId);
  if (successor && successor.replaces !== key.id) {
    return `${successor.id} was not created to replace it`;
  }
  if (kind === 'deactivate') {
    if (state === 'DEACTIVATED') return 'it had been deactivated before';
    const ageLimitAtMs = key.createdAtMs + maxKeyAgeDays * DAY_MS;
    const dueAtMs = deactivateOnMs ?? Math.max(deleteOnMs ?? Number.NaN, ageLimitAtMs);
    return isDue(dueAtMs, atMs) ? undefined : 'its deactivation is not due';
  }
  if (!isDue(deleteOnMs, atMs)) return 'its deletion is not due';
  if (state === 'SCHEDULED' && deactivateOnMs !== undefined) {
    return 'its deactivation was left out';
  }
  return state === 'DEACTIVATED' && key.status === 'Active'
    ? 'a person had activated it again'
    : undefined;
}
