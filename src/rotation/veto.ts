/**
 * A person takes the timer back. The veto is written first and the timer removed afterwards: the
 * other way round, the destructor would find a removed timer of a rotation that is in force.
 */
import {
  type CancelledRecord,
  type DeliveredRecord,
  isOpen,
  type OpenRecord,
  type RotationRecord,
} from '../domain/record.ts';
import type { Keys } from '../ports/account.ts';
import { cancel } from './cancel.ts';
import { Held, type HoldPorts, isLeased } from './claimed-record.ts';

export type Veto =
  /** Both keys stay until a person deletes one. */
  | { readonly kind: 'cancelled'; readonly record: DeliveredRecord; readonly timerError?: unknown }
  | { readonly kind: 'already'; readonly record: CancelledRecord; readonly timerError?: unknown }
  /** Another run may be at work on the rotation. */
  | { readonly kind: 'leased'; readonly record: OpenRecord }
  /** The old key is gone; what is open only keeps the mail with the new key readable. */
  | { readonly kind: 'old-key-gone'; readonly record: DeliveredRecord }
  /** The rotation has set no timer: nothing is scheduled. */
  | { readonly kind: 'nothing-scheduled'; readonly record: RotationRecord };

interface VetoPorts extends HoldPorts {
  readonly keys: Pick<Keys, 'list'>;
}

/**
 * Cancels a delivered rotation.
 * @param record as just read
 * @param reason what the record and the reports say about the veto
 * @throws Conflict when another run took the record up at the same moment
 */
export async function veto(
  record: RotationRecord,
  reason: string,
  ports: VetoPorts,
): Promise<Veto> {
  if (record.state === 'CANCELLED') {
    return { kind: 'already', record, ...(await removeTimer(record, ports)) };
  }
  if (isOpen(record) && isLeased(record, ports.clock.nowMs())) return { kind: 'leased', record };
  if (record.state !== 'SCHEDULED' && record.state !== 'DEACTIVATED') {
    return { kind: 'nothing-scheduled', record };
  }
  // A cancelled rotation closes once a key is gone, and its content key goes with it.
  if (await isOldKeyGone(record, ports)) return { kind: 'old-key-gone', record };

  await cancel(await Held.claim<DeliveredRecord>(record, ports), reason, ports);
  return { kind: 'cancelled', record, ...(await removeTimer(record, ports)) };
}

async function isOldKeyGone(record: DeliveredRecord, ports: VetoPorts): Promise<boolean> {
  if (record.oldKeyGoneAtMs !== undefined) return true;
  try {
    const keys = await ports.keys.list(record.userName);
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
  { userId, oldKeyId }: RotationRecord,
  { journal }: VetoPorts,
): Promise<{ timerError?: unknown }> {
  try {
    await journal.removeTimer(userId, oldKeyId);
    return {};
  } catch (timerError) {
    return { timerError };
  }
}
