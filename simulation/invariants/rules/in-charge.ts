import { SECOND_MS } from '../../../src/domain/time.ts';
import type { Circumstances, CompletedRun } from './facts.ts';
import { CLOCKS_MS } from './limits.ts';

/** Whether a run that was completed had to do for a user whatever was due. */
export function isInCharge(
  { user, found, sinceMs, isVetoed }: CompletedRun,
  { listLagMs }: Circumstances,
): boolean {
  if (user.isRecordLost || isVetoed) return false;
  // Another run may have been at work.
  if ((found?.leaseUntilMs ?? 0) + CLOCKS_MS > sinceMs) return false;
  // What was done a moment ago, lists may not tell yet.
  return !user.keys.some(({ statusSinceMs }) => statusSinceMs > sinceMs - listLagMs - SECOND_MS);
}
