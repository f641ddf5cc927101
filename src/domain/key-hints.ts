/**
 * What the credential report tells about the keys of a user, without their IDs.
 *
 * It may be four hours old, and dates a key by its creation **or** by its last change of status
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html). So it never
 * decides: it only tells whose keys need not be listed now.
 */
import type { AccessKey } from './identity.ts';
import type { RotationRecord } from './record.ts';

export interface KeyHint {
  readonly active: boolean;
  /** When the key was created, or activated or deactivated since. */
  readonly changedAtMs: number;
  readonly lastUsedAtMs?: number;
}

/** By user ARN. */
export type KeyHints = ReadonlyMap<string, readonly KeyHint[]>;

/**
 * Keys as old as the hints allow, to be decided on in place of the real ones. A key that was used
 * before its last change is older than that change, by nobody knows how much; and so may be the key
 * that the last rotation left.
 * @param record the user's closed record, if there is one
 */
export function keysFromHints(
  hints: readonly KeyHint[],
  record: RotationRecord | undefined,
): AccessKey[] {
  const leftAtMs = creationOfKeyLeft(record);
  return hints.map(({ active, changedAtMs, lastUsedAtMs }) => ({
    accessKeyId: '',
    status: active ? 'Active' : 'Inactive',
    createdAtMs:
      lastUsedAtMs !== undefined && lastUsedAtMs < changedAtMs
        ? 0
        : Math.min(changedAtMs, leftAtMs),
  }));
}

/** When the oldest key was created that may be left of a closed rotation. */
function creationOfKeyLeft(record: RotationRecord | undefined): number {
  if (record?.state !== 'CLOSED') return Number.POSITIVE_INFINITY;
  const replaced = record.outcome === 'completed' || record.outcome === 'unused';
  return replaced
    ? (record.newKeyCreatedAtMs ?? Number.POSITIVE_INFINITY)
    : record.oldKeyCreatedAtMs;
}
