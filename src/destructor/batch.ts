/**
 * A batch of stream records: users in parallel, the records of one user in their order, and what
 * could not be handled goes back to the stream.
 */
import pLimit from 'p-limit';
import type { Timer } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { MINUTE_MS } from '../domain/time.ts';
import { Conflict, describeError } from '../ports/errors.ts';
import { prefetch } from '../rotation/prefetch.ts';
import { restore } from '../rotation/rearm.ts';
import type { Run } from '../rotation/run-context.ts';
import { onExpired, onRemoved } from '../rotation/timers.ts';
import { readBatch, readRecord, type StreamItem, sequenceNumberOf } from './event.ts';

/** How many users are worked on at a time. */
const CONCURRENCY = 50;

export interface BatchResult {
  readonly rows: readonly ReportRow[];
  /** Sequence numbers that the stream must deliver again. */
  readonly failures: readonly string[];
}

/**
 * Handles a batch.
 * @throws Error when the event is no batch, or when a record failed that can't be reported
 */
export async function handleBatch(event: unknown, run: Run): Promise<BatchResult> {
  const byUser = new Map<string, { record: unknown; item: StreamItem }[]>();
  for (const record of readBatch(event)) {
    const item = readRecord(record);
    const userId = 'timer' in item ? item.timer.userId : 'userId' in item ? item.userId : '';
    byUser.set(userId, [...(byUser.get(userId) ?? []), { record, item }]);
  }

  const userIds = [...byUser]
    .filter(([, entries]) => entries.some(({ item }) => 'timer' in item))
    .map(([userId]) => userId);
  const journal = userIds.length > 1 ? await prefetch(run.journal, userIds, run.log) : run.journal;
  const batchRun = { ...run, journal };

  const rows: ReportRow[] = [];
  const failures: string[] = [];
  const unplaced: string[] = [];
  const limit = pLimit(CONCURRENCY);
  await Promise.all(
    [...byUser.values()].map((entries) =>
      limit(async () => {
        for (const { record, item } of entries) {
          const sequenceNumber = sequenceNumberOf(record);
          const result = await handle(item, sequenceNumber, batchRun);
          if (result.row) rows.push(result.row);
          if (result.again === undefined) continue;
          if (sequenceNumber === undefined) unplaced.push(result.again);
          else failures.push(sequenceNumber);
        }
      }),
    ),
  );
  // Not before the others are done: the function ends with its answer, whatever is under way.
  if (unplaced.length > 0) {
    throw new Error(`A stream record without a sequence number failed: ${unplaced.join('; ')}`);
  }
  return { rows, failures };
}

interface Handled {
  readonly row?: ReportRow;
  /** Why the stream must deliver the record again. */
  readonly again?: string;
}

async function handle(
  item: StreamItem,
  sequenceNumber: string | undefined,
  run: Run,
): Promise<Handled> {
  switch (item.kind) {
    case 'other':
      return {};
    case 'unreadable':
      run.log.error('a stream record can not be read', { problem: item.problem, sequenceNumber });
      return { again: item.problem };
    case 'record-removed':
      run.log.warn('a rotation record was removed by hand; its keys stay as they are', {
        userId: item.userId,
      });
      return {};
    case 'expired':
      return handleTimer(item.timer, () => onExpired(item.timer, run), run);
    case 'removed':
      // What this program removes belongs to closed and cancelled records, and is dropped there.
      return handleTimer({ ...item.timer, vetoed: true }, () => onRemoved(item.timer, run), run);
  }
}

/** Handles a timer; on failure it is set again, and only if even that fails the stream has to help. */
async function handleTimer(
  timer: Timer,
  work: () => Promise<ReportRow>,
  run: Run,
): Promise<Handled> {
  try {
    const row = await work();
    run.log.info('timer', { ...row });
    return { row };
  } catch (error) {
    const reason = describeError(error);
    const level = error instanceof Conflict ? 'info' : 'error';
    run.log[level]('a timer could not be handled', { ...timer, error: reason });
    const again = run.destruction.retryAfterMinutes * MINUTE_MS;
    try {
      const restored = await restore(timer, run.clock.nowMs() + again, run);
      // A timer that stands there calls this function anyway; a veto would be told of by nothing else.
      if (!restored && timer.vetoed) throw new Error('the timer of another rotation stands there');
    } catch (second) {
      const problem = `${reason}; setting the timer again failed as well: ${describeError(second)}`;
      run.log.error('a timer goes back to the stream', { ...timer, error: problem });
      return { again: problem };
    }
    return {
      row: {
        userName: '',
        userId: timer.userId,
        outcome: 'failed',
        reason: `${reason}; tried again in ${run.destruction.retryAfterMinutes} minutes`,
        oldKeyId: timer.oldKeyId,
      },
    };
  }
}
