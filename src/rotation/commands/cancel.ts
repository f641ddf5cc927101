/** `cancel`: cancels the scheduled deletion of an old key. */
import { iso } from '../../domain/time.ts';
import type { Run } from '../run-context.ts';
import { type Veto, veto } from '../veto.ts';
import type { CancelAnswer } from './answers.ts';
import { findRotation } from './find-rotation.ts';

type CancelPorts = Pick<Run, 'clock' | 'journal' | 'parameters' | 'keys' | 'deadlineAtMs'>;

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
  const { userName, userId, record } = await findRotation(user, ports.journal, ports.keys);
  if (!record) return { userName, userId, result: 'no-rotation' };
  const result = await veto({ ...record, userName }, `${askedBy} ran ikr cancel`, ports);
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

function details(result: Veto): Partial<CancelAnswer> {
  const left = 'timerError' in result && result.timerError !== undefined ? { timerLeft: true } : {};
  switch (result.kind) {
    case 'already': {
      const { cancelledAtMs, reason } = result.record;
      return { ...left, cancelledAt: iso(cancelledAtMs), reason };
    }
    case 'leased':
      return { leaseUntil: iso(result.record.leaseUntilMs) };
    default:
      return left;
  }
}
