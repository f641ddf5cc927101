import type { Clock } from '../../src/ports/clock.ts';
import {
  FOLLOWED_MS,
  LONGEST_RUN_MS,
  type RecordedRun,
  type RunJournal,
} from '../../src/ports/run-journal.ts';

/** The last run of an account, in memory. */
export function memoryRunJournal(clock: Pick<Clock, 'nowMs'>): RunJournal {
  let standing: RecordedRun | undefined;
  const isAtWork = () =>
    standing?.requestId !== undefined &&
    standing.finishedAtMs === undefined &&
    standing.startedAtMs > clock.nowMs() - LONGEST_RUN_MS;

  return {
    read: async () => standing,
    async begin(run) {
      if (standing?.requestId === run.requestId) return 'repeated';
      if (isAtWork()) return 'busy';
      standing = run;
      return 'begun';
    },
    async save(run) {
      if (standing?.requestId === run.requestId) standing = run;
    },
    async note(run) {
      const isFollowed =
        standing?.requestId !== undefined && standing.startedAtMs > clock.nowMs() - FOLLOWED_MS;
      if (!isFollowed) standing = run;
    },
  };
}
