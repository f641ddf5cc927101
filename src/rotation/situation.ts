/** What the engine works on: one user, what is recorded and what is observed. */
import type { AccessKey } from '../domain/identity.ts';
import { rowToRemember } from '../domain/plan/snapshot.ts';
import type { Observed, PlanPolicy, Progress } from '../domain/plan/types.ts';
import { isOpen, type KeySnapshot, type RotationRecord } from '../domain/record.ts';

export interface Situation {
  readonly userId: string;
  readonly userName: string;
  /** Missing where only a record tells of the user. */
  readonly userArn?: string;
  readonly policy: PlanPolicy;
  readonly record: RotationRecord | undefined;
  readonly observed: Observed;
}

/** What is not looked at yet. */
export const NOTHING_OBSERVED = {
  by: 'rotator',
  user: 'listed',
  timer: 'none',
  uses: {},
  done: {},
} as const satisfies Observed;

/** The record under the user's name of today; it is written with the next write. */
export function underTodaysName<R extends RotationRecord>(
  record: R,
  { userName, arn }: { readonly userName: string; readonly arn: string },
): R {
  return { ...record, userName, userArn: arn };
}

/** The keys of the user, where they were listed. */
export function listedKeys({ keys }: Observed): readonly AccessKey[] {
  return keys && keys !== 'no-user' ? keys.keys : [];
}

/** The same keys after this run has changed them. */
export function withKeys(
  { keys }: Observed,
  change: (keys: readonly AccessKey[]) => readonly AccessKey[],
): Pick<Observed, 'keys'> {
  return keys && keys !== 'no-user' ? { keys: { ...keys, keys: change(keys.keys) } } : {};
}

export function without(accessKeyId: string) {
  return (keys: readonly AccessKey[]) => keys.filter((key) => key.accessKeyId !== accessKeyId);
}

export function withStatus(accessKeyId: string, status: AccessKey['status']) {
  return (keys: readonly AccessKey[]) =>
    keys.map((key) => (key.accessKeyId === accessKeyId ? { ...key, status } : key));
}

/** More of what this run has done. */
export function progressed(observed: Observed, done: Progress): Observed {
  return { ...observed, done: { ...observed.done, ...done } };
}

/** What the next write remembers of the keys, so that they need not be listed again. */
export function snapshotOf({ record, observed }: Pick<Situation, 'record' | 'observed'>): {
  keySnapshot?: KeySnapshot;
} {
  const { keys, reportRow } = observed;
  const before = record?.keySnapshot;
  if (!keys || keys === 'no-user') return before ? { keySnapshot: before } : {};
  const row = rowOf(keys.keys, reportRow, before);
  return { keySnapshot: { keys: [...keys.keys], ...(row !== undefined && { reportRow: row }) } };
}

/** Where no report was read, the row that was remembered stays true only of the same keys. */
function rowOf(
  keys: readonly AccessKey[],
  reportRow: Observed['reportRow'],
  before: KeySnapshot | undefined,
): string | undefined {
  if (reportRow) return rowToRemember(keys, reportRow);
  const isSame =
    before?.keys.length === keys.length &&
    before.keys.every(({ accessKeyId, status }) =>
      keys.some((key) => key.accessKeyId === accessKeyId && key.status === status),
    );
  return isSame ? before.reportRow : undefined;
}

/** The IDs of the keys that a record is about. */
export function keyIdsOf(record: RotationRecord | undefined): {
  oldKeyId?: string;
  newKeyId?: string;
} {
  if (!record) return {};
  const { oldKeyId } = record;
  const newKeyId = 'newKeyId' in record ? record.newKeyId : undefined;
  const isOver = !isOpen(record) && record.outcome === 'seen';
  return isOver
    ? {}
    : { ...(oldKeyId !== undefined && { oldKeyId }), ...(newKeyId !== undefined && { newKeyId }) };
}
