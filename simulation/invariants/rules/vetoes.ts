/** What a person does that is a veto: both keys of the rotation are to stay. */
import type { RecordFacts } from './facts.ts';

export const TIMER_REMOVED = 'a person removed the timer';
export const ACTIVATED_AGAIN = 'a person activated it again';
export const CANCELLED = 'it was cancelled';

/** States in which the timer of the old key is set. */
const WITH_TIMER = ['DELIVERING', 'SCHEDULED', 'DEACTIVATED'];

/** Whether the removal of a timer is a veto on the rotation of this record. */
export function isVetoByRemoval(record: RecordFacts | undefined, timerOf: unknown): boolean {
  const isOfRotation = (timerOf ?? record?.rotationId) === record?.rotationId;
  return isOfRotation && WITH_TIMER.includes(record?.state ?? '');
}

/** Whether a person may say by the status of this key what is to become of it. */
export function isDeactivatedOldKey(record: RecordFacts | undefined, keyId: string): boolean {
  return record?.state === 'DEACTIVATED' && record.oldKeyId === keyId;
}
