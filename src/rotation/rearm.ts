import type { Timer } from '../domain/record.ts';
import { toEpochSeconds } from '../domain/time.ts';
import type { Journal } from '../ports/journal.ts';

/** Sets the timer, so that the destructor is called again. */
export async function rearm(
  { userId, oldKeyId, rotationId }: Pick<Timer, 'userId' | 'oldKeyId' | 'rotationId'>,
  atMs: number,
  ports: { readonly journal: Journal },
  vetoed = false,
): Promise<void> {
  await ports.journal.putTimer({
    userId,
    oldKeyId,
    ...(rotationId !== undefined && { rotationId }),
    deleteOnEpochSeconds: toEpochSeconds(atMs),
    ...(vetoed && { vetoed }),
  });
}

/**
 * Sets a timer again that could not be handled. Nobody knows whether its rotation is still in force,
 * so a veto that stands there stays, and so does the timer of another rotation.
 * @returns whether it was set
 */
export async function restore(
  timer: Timer,
  atMs: number,
  ports: { readonly journal: Journal },
): Promise<boolean> {
  return ports.journal.putTimer(
    { ...timer, deleteOnEpochSeconds: toEpochSeconds(atMs) },
    { givesWay: true },
  );
}
