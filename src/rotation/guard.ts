/** What keeps one user's trouble that user's own. */
import { type Reason, reason } from '../domain/reasons.ts';
import { MINUTE_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { Conflict, describeError, OutOfTime } from '../ports/errors.ts';
import type { LastEvent } from './engine.ts';
import { keyIdsOf, type Situation } from './situation.ts';

/** Works on one user and tells what became of it; an error becomes that user's last event. */
export interface Guard {
  /**
   * @param work gives the last event, or nothing when the user is not done with
   * @param notNow why the work is not begun
   */
  (
    situation: Situation,
    work: () => Promise<LastEvent | undefined>,
    notNow?: Reason,
  ): Promise<LastEvent | undefined>;
  /** Tells what is known without any work. */
  tell(event: LastEvent): Promise<void>;
}

export function createGuard(
  { clock, deadlineAtMs }: { readonly clock: Clock; readonly deadlineAtMs: number },
  tell: (event: LastEvent) => Promise<void>,
): Guard {
  const isTooLate = () => clock.nowMs() + 2 * MINUTE_MS > deadlineAtMs;

  const attempt: (...of: Parameters<Guard>) => Promise<LastEvent | undefined> = async (
    situation,
    work,
    notNow,
  ) => {
    const { userId, userName, record } = situation;
    const told = (type: 'waiting' | 'left' | 'failed', why: Reason): LastEvent => ({
      type,
      user: { userId, userName },
      reason: why,
      ...keyIdsOf(record),
    });
    if (isTooLate()) return told('left', reason('function-time-over'));
    if (notNow) return told('left', notNow);
    try {
      return await work();
    } catch (error) {
      const message = describeError(error);
      // A record that is gone or unreadable is nobody's progress.
      if (error instanceof Conflict && error.current) {
        return told('waiting', reason('conflict', { message: error.message }));
      }
      if (error instanceof OutOfTime)
        return told('left', reason('no-time', { message: error.message }));
      return told('failed', reason('error', { message }));
    }
  };

  const guard = async (...of: Parameters<Guard>) => {
    const event = await attempt(...of);
    if (event) await tell(event);
    return event;
  };
  return Object.assign(guard, { tell });
}
