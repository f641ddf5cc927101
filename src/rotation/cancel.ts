/**
 * A person cancels the scheduled end of an old key. The veto is written first and the timer removed
 * afterwards: the other way round, the destructor would find a removed timer of a rotation in force.
 */
import { isLeased } from '../domain/lease.ts';
import type { Reason } from '../domain/reasons.ts';
import {
  type CancelledRecord,
  type DeliveredRecord,
  isOpen,
  type OpenRecord,
  type RotationRecord,
} from '../domain/record.ts';
import type { Account } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Engine } from './engine.ts';
import { NOTHING_OBSERVED } from './situation.ts';

export type Cancellation =
  /** Both keys stay until a person deletes one. */
  | { readonly kind: 'cancelled'; readonly record: DeliveredRecord; readonly timerError?: unknown }
  | { readonly kind: 'already'; readonly record: CancelledRecord; readonly timerError?: unknown }
  /** Another run may be working on the rotation. */
  | { readonly kind: 'leased'; readonly record: OpenRecord }
  /** The old key is gone; what is open only keeps the new pair readable. */
  | { readonly kind: 'old-key-gone'; readonly record: DeliveredRecord }
  /** The rotation has set no timer: nothing is scheduled. */
  | { readonly kind: 'nothing-scheduled'; readonly record: RotationRecord };

export interface CancelRun {
  readonly engine: Pick<Engine, 'execute'>;
  readonly account: Pick<Account, 'keys'>;
  readonly journal: Pick<Journal, 'removeTimer'>;
  readonly clock: Clock;
}

/**
 * Cancels a delivered rotation.
 * @param record as just read
 * @param why what the record and the reports say about the veto
 * @throws Conflict when another run took the record up at the same moment
 */
export async function cancelRotation(
  record: RotationRecord,
  why: Reason,
  run: CancelRun,
): Promise<Cancellation> {
  if (record.state === 'CANCELLED') {
    return { kind: 'already', record, ...(await removeTimer(record, run)) };
  }
  if (isOpen(record) && isLeased(record, run.clock.nowMs())) return { kind: 'leased', record };
  if (record.state !== 'SCHEDULED' && record.state !== 'DEACTIVATED') {
    return { kind: 'nothing-scheduled', record };
  }
  // A cancelled rotation closes once a key is gone, and its content key goes with it.
  if (await isOldKeyGone(record, run)) return { kind: 'old-key-gone', record };

  const { userId, userName } = record;
  await run.engine.execute({
    situation: {
      userId,
      userName,
      policy: { reading: { kind: 'unmanaged' }, force: false },
      record,
      observed: { ...NOTHING_OBSERVED, user: 'not-read' },
    },
    decision: { kind: 'act', action: { do: 'cancel', record }, reason: why },
  });
  return { kind: 'cancelled', record, ...(await removeTimer(record, run)) };
}

async function isOldKeyGone(record: DeliveredRecord, { account }: CancelRun): Promise<boolean> {
  if (record.oldKeyGoneAtMs !== undefined) return true;
  try {
    const keys = await account.keys.list(record.userName);
    const has = (id: string) => keys?.some(({ accessKeyId }) => accessKeyId === id) === true;
    // A list without either key is about another user: this one was renamed.
    return has(record.newKeyId) && !has(record.oldKeyId);
  } catch {
    // A veto must be possible with no more than the table, whatever IAM says.
    return false;
  }
}

/** The timer of a cancelled rotation means nothing, so a failure is told and changes nothing. */
async function removeTimer(
  { userId, oldKeyId }: OpenRecord,
  { journal }: CancelRun,
): Promise<{ timerError?: unknown }> {
  try {
    await journal.removeTimer(userId, oldKeyId);
    return {};
  } catch (timerError) {
    return { timerError };
  }
}
