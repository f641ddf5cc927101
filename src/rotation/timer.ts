/** The timer of an old key: it only wakes the destructor. */
import type { OpenRecord, Timer } from '../domain/record.ts';
import { toEpochSeconds } from '../domain/time.ts';
import type { Journal } from '../ports/journal.ts';

/** The timer that a rotation sets. */
export function timerAt(
  { userId, oldKeyId, rotationId }: Pick<OpenRecord, 'userId' | 'oldKeyId' | 'rotationId'>,
  atMs: number,
): Timer {
  return { userId, oldKeyId, rotationId, deleteOnEpochSeconds: toEpochSeconds(atMs) };
}

/**
 * Sets a timer again that could not be handled. Nobody knows whether its rotation is still in force,
 * so a veto that stands there stays, and so does the timer of another rotation.
 * @returns whether it was set
 */
export async function restoreTimer(
  timer: Timer,
  atMs: number,
  journal: Pick<Journal, 'putTimer'>,
): Promise<boolean> {
  return journal.putTimer(
    { ...timer, deleteOnEpochSeconds: toEpochSeconds(atMs) },
    { givesWay: true },
  );
}
