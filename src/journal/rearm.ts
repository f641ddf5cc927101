import type { Timer } from '../domain/record.ts';
import { toEpochSeconds } from '../domain/time.ts';
import type { Journal } from '../ports.ts';

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
