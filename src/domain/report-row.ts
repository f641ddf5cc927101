/**
 * What the credential report tells about the keys of a user, without their IDs.
 *
 * It may be four hours old, and dates a key by its creation **or** by its last change of status
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html). So it never
 * decides: it only tells whose keys need not be listed now.
 */
import type { AccessKey } from './identity.ts';
import { iso } from './time.ts';

export interface ReportedKey {
  readonly active: boolean;
  /** When the key was created, or activated or deactivated since. */
  readonly changedAtMs: number;
  readonly lastUsedAtMs?: number;
}

/** The keys of a user in the order of their slots; a slot without a key is left out. */
export type ReportRow = readonly ReportedKey[];

/** By user ARN. */
export type ReportRows = ReadonlyMap<string, ReportRow>;

/**
 * A row as it is remembered: status and date of change of each key. Later uses of a key are no
 * difference, or every row would differ every day.
 */
export function rememberedRow(row: ReportRow): string {
  return row
    .map(({ active, changedAtMs }) => `${active ? 'active' : 'inactive'} ${iso(changedAtMs)}`)
    .join(', ');
}

/**
 * Whether the row may tell of a use of a key. A key is known by its date, unless its status was changed
 * since: so it is every key that is none of the user's other ones.
 */
export function tellsOfUse(
  row: ReportRow,
  keys: readonly AccessKey[],
  accessKeyId: string,
): boolean {
  const own = keys.find((key) => key.accessKeyId === accessKeyId);
  const others = keys.filter(({ createdAtMs }) => createdAtMs !== own?.createdAtMs);
  return row.some(
    ({ changedAtMs, lastUsedAtMs }) =>
      lastUsedAtMs !== undefined && !others.some(({ createdAtMs }) => createdAtMs === changedAtMs),
  );
}
