/** `cancel`: cancels the scheduled deletion of an old key. */

import { reason, sentence } from '../../domain/reasons.ts';
import { iso } from '../../domain/time.ts';
import type { Journal } from '../../ports/journal.ts';
import { type Cancellation, type CancelRun, cancelRotation } from '../cancel.ts';
import type { CancelAnswer } from './answers.ts';
import { findRotation } from './find-rotation.ts';

export type CancelPorts = Omit<CancelRun, 'journal'> & { readonly journal: Journal };

/**
 * Cancels a delivered rotation.
 * @param user name or unique ID
 * @param askedBy who asked for it, for the record and the reports
 */
export async function cancel(
  user: string,
  askedBy: string,
  ports: CancelPorts,
): Promise<CancelAnswer> {
  const { userName, userId, record } = await findRotation(user, ports.journal, ports.account.keys);
  if (!record) return { userName, userId, result: 'no-rotation' };
  const result = await cancelRotation(
    { ...record, userName },
    reason('cancelled-by', { who: askedBy }),
    ports,
  );
  return {
    userName,
    userId,
    result: result.kind,
    state: record.state,
    oldKeyId: record.oldKeyId,
    ...('newKeyId' in record && record.newKeyId !== undefined && { newKeyId: record.newKeyId }),
    ...details(result),
  };
}

function details(result: Cancellation): Partial<CancelAnswer> {
  const left = 'timerError' in result && result.timerError !== undefined ? { timerLeft: true } : {};
  switch (result.kind) {
    case 'already': {
      const { cancelledAtMs, reason: why } = result.record;
      return { ...left, cancelledAt: iso(cancelledAtMs), reason: sentence(why) };
    }
    case 'leased':
      return { leaseUntil: iso(result.record.leaseUntilMs) };
    default:
      return left;
  }
}
