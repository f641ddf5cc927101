/**
 * Whose keys need not be listed: while a user's row of the credential report is the one that was
 * remembered with the list, the keys are those of the list.
 */
import type { AccessKey } from '../identity.ts';
import type { RotationRecord } from '../record.ts';
import { type ReportRow, rememberedRow } from '../report-row.ts';
import type { Observed } from './types.ts';

/** The user's keys, as listed by this run or as remembered; `undefined` when they must be listed. */
export function knownKeys(
  record: RotationRecord | undefined,
  { keys, reportRow, isFirstSight }: Observed,
): readonly AccessKey[] | 'no-user' | undefined {
  if (keys) return keys === 'no-user' ? keys : keys.keys;
  if (!record) return reportRow && !isFirstSight ? keysOf(reportRow) : undefined;
  const snapshot = record.keySnapshot;
  // The row of a user without keys is empty, and remembered as well.
  if (snapshot?.reportRow === undefined || !reportRow) return undefined;
  return snapshot.reportRow === rememberedRow(reportRow) ? snapshot.keys : undefined;
}

/**
 * Whether nothing that this run learned by a list would be lost. Without a row there is nothing by
 * which a later run could tell that the list is still true, so only a user's first list is kept.
 */
export function isRemembered(
  record: RotationRecord | undefined,
  { keys, reportRow, done }: Observed,
): boolean {
  if (done.remembered) return true;
  if (!record) return !keys || keys === 'no-user';
  if (!keys || keys === 'no-user') return true;
  const row = rowToRemember(keys.keys, reportRow);
  return row === undefined || record.keySnapshot?.reportRow === row;
}

/**
 * The row by which a later run can tell that a list is still true; `undefined` when there is none. A
 * report may be four hours old: a row that does not tell of these very keys would become true again
 * once a change is undone, and hide it.
 */
export function rowToRemember(
  keys: readonly AccessKey[],
  row: ReportRow | undefined,
): string | undefined {
  if (row?.length !== keys.length) return undefined;
  const left = [...keys];
  for (const { active, changedAtMs } of row) {
    const at = left.findIndex(
      ({ status, createdAtMs }) => (status === 'Active') === active && createdAtMs <= changedAtMs,
    );
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  return rememberedRow(row);
}

/**
 * Keys as old as a row allows, until there is room to list the user's: a key that was used before its
 * last change is older than that change, by nobody knows how much.
 */
function keysOf(row: ReportRow): AccessKey[] {
  return row.map(({ active, changedAtMs, lastUsedAtMs }) => ({
    accessKeyId: '',
    status: active ? 'Active' : 'Inactive',
    createdAtMs: lastUsedAtMs !== undefined && lastUsedAtMs < changedAtMs ? 0 : changedAtMs,
  }));
}
