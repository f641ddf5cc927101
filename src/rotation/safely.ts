/** What keeps one user's trouble that user's own. */
import type { ReportRow } from '../domain/report.ts';
import { row } from '../domain/row.ts';
import { MINUTE_MS } from '../domain/time.ts';
import { Conflict, describeError, OutOfTime } from '../ports/errors.ts';
import type { Run } from './run-context.ts';

/** Whether too little time is left to begin with another user. */
export function tooLate(run: Run): boolean {
  return run.clock.nowMs() + 2 * MINUTE_MS > run.deadlineAtMs;
}

/** Turns one user's trouble into one row. */
export async function safely(
  user: { readonly userName: string; readonly userId: string; readonly oldKeyId: string },
  run: Run,
  work: () => Promise<ReportRow>,
): Promise<ReportRow> {
  try {
    return await work();
  } catch (error) {
    // A record that is gone or unreadable is nobody's progress.
    if (error instanceof Conflict && error.current) {
      return row(user, 'waiting', `another run went on with it: ${error.message}`);
    }
    if (error instanceof OutOfTime) return row(user, 'left', error.message);
    run.log.error('a rotation failed', { user: user.userName, error: describeError(error) });
    return row(user, 'failed', describeError(error));
  }
}
