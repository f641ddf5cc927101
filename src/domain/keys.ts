import type { AccessKey } from './identity.ts';
import { MINUTE_MS } from './time.ts';

/** A key younger than this may be missing from answers of IAM, which is eventually consistent. */
export const SETTLED_AFTER_MS = 5 * MINUTE_MS;

export function findKey(keys: readonly AccessKey[], accessKeyId: string): AccessKey | undefined {
  return keys.find((key) => key.accessKeyId === accessKeyId);
}

/** Whether this is the user's only active key: no step takes that away. */
export function isOnlyActive(keys: readonly AccessKey[], accessKeyId: string): boolean {
  const active = keys.filter(({ status }) => status === 'Active');
  return active.length === 1 && active[0]?.accessKeyId === accessKeyId;
}

/** When the oldest active key was created; `undefined` when there is none. */
export function oldestActiveMs(keys: readonly AccessKey[]): number | undefined {
  const active = keys.filter(({ status }) => status === 'Active');
  return active.length > 0 ? Math.min(...active.map(({ createdAtMs }) => createdAtMs)) : undefined;
}
