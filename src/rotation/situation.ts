/** What the engine works on: one user, what is recorded and what is observed. */
import type { AccessKey } from '../domain/identity.ts';
import type { Observed, PlanPolicy, Progress } from '../domain/plan/types.ts';
import { isOpen, type KeySnapshot, type RotationRecord } from '../domain/record.ts';
import { rememberedRow } from '../domain/report-row.ts';

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
  const row = reportRow ? rememberedRow(reportRow) : before?.reportRow;
  return { keySnapshot: { keys: [...keys.keys], ...(row !== undefined && { reportRow: row }) } };
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
