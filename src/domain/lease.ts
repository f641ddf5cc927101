import type { RotationRecord } from './record.ts';
import { CLOCK_SKEW_MS, MINUTE_MS } from './time.ts';

/** Longer than a Lambda function runs (15 minutes), so that a lease that ran out belongs to nobody. */
export const LEASE_MS = 20 * MINUTE_MS;

/**
 * Whether another run may still be working on the record. A lease that ends later than any that is
 * taken now was written by hand or by a wrong clock, and is ignored.
 */
export function isLeased(
  { leaseUntilMs }: Pick<RotationRecord, 'leaseUntilMs'>,
  nowMs: number,
): boolean {
  return leaseUntilMs > nowMs && leaseUntilMs <= nowMs + LEASE_MS + CLOCK_SKEW_MS;
}
