/** Times that several rules go by. */
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.ts';

/** Clocks differ by so much. */
export const CLOCKS_MS = MINUTE_MS;
/** For so long a key of which it is unknown whether it was delivered stays as it is, at each stage. */
export const GIVE_UP_MS = 7 * DAY_MS;
/** Longer than a lease, by both clocks. */
export const LEASE_MS = 20 * MINUTE_MS + 2 * CLOCKS_MS;
/** For so long the product does not go by what IAM says of a key that was just changed. */
export const SETTLED_MS = 6 * MINUTE_MS;

/** Whether a moment has come, by any clock. */
export function isDue(dueAtMs: number | undefined, nowMs: number): boolean {
  return dueAtMs !== undefined && dueAtMs <= nowMs + CLOCKS_MS;
}
