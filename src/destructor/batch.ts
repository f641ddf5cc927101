/**
 * A batch of stream records: users in parallel, the records of one user in their order, and what
 * could not be handled goes back to the stream.
 */
import pLimit from 'p-limit';
import { reason } from '../domain/reasons.ts';
import type { Timer } from '../domain/record.ts';
import { MINUTE_MS } from '../domain/time.ts';
import { Conflict, describeError } from '../ports/errors.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { EventStream } from '../ports/notifications.ts';
import type { LastEvent } from '../rotation/engine.ts';
import { prefetch } from '../rotation/prefetch.ts';
import { restoreTimer } from '../rotation/timer.ts';
import { onExpired, onRemoved, type TimerRun } from '../rotation/timers.ts';
import { readBatch, readRecord, type StreamItem, sequenceNumberOf } from './event.ts';

/** How many users are worked on at a time. */
const CONCURRENCY = 50;

/** What a batch is handled with. */
export interface BatchRun extends Omit<TimerRun, 'journal'> {
  readonly account: { readonly id: string };
  readonly journal: Journal;
  readonly events: EventStream;
  readonly log: Log;
}

/**
 * Handles a batch.
 * @returns the sequence numbers that the stream must deliver again
 * @throws Error when the event is no batch, or when a record failed that can't be reported
 */
export async function handleBatch(event: unknown, run: BatchRun): Promise<readonly string[]> {
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

  const failures: string[] = [];
  const unplaced: string[] = [];
  const limit = pLimit(CONCURRENCY);
  await Promise.all(
    [...byUser.values()].map((entries) =>
      limit(async () => {
        for (const { record, item } of entries) {
          const sequenceNumber = sequenceNumberOf(record);
          const again = await handle(item, sequenceNumber, batchRun);
          if (again === undefined) continue;
          if (sequenceNumber === undefined) unplaced.push(again);
          else failures.push(sequenceNumber);
        }
      }),
    ),
  );
  // Not before the others are done: the function ends with its answer, whatever is under way.
  if (unplaced.length > 0) {
    throw new Error(`A stream record without a sequence number failed: ${unplaced.join('; ')}`);
  }
  return failures;
}

/** @returns why the stream must deliver the record again, if it must */
async function handle(
  item: StreamItem,
  sequenceNumber: string | undefined,
  run: BatchRun,
): Promise<string | undefined> {
  switch (item.kind) {
    case 'other':
      return undefined;
    case 'unreadable':
      run.log.error('a stream record can not be read', { problem: item.problem, sequenceNumber });
      return item.problem;
    case 'record-removed':
      run.log.warn('a rotation record was removed by hand; its keys stay as they are', {
        accountId: item.accountId,
        userId: item.userId,
      });
      return undefined;
    case 'expired':
    case 'removed':
      if (item.accountId !== run.account.id) {
        run.log.warn('a timer of another account is left alone', {
          accountId: item.accountId,
          ...item.timer,
        });
        return undefined;
      }
      // What this program removes belongs to closed and cancelled records, and is dropped there.
      return item.kind === 'expired'
        ? handleTimer(item.timer, () => onExpired(item.timer, run), run)
        : handleTimer({ ...item.timer, vetoed: true }, () => onRemoved(item.timer, run), run);
  }
}

/**
 * Handles a timer; on failure it is set again, and only if even that fails the stream has to help.
 * @returns why the stream must deliver the record again, if it must
 */
async function handleTimer(
  timer: Timer,
  work: () => Promise<LastEvent>,
  run: BatchRun,
): Promise<string | undefined> {
  let message: string;
  try {
    await run.events.emit(await work());
    return undefined;
  } catch (error) {
    message = describeError(error);
    const level = error instanceof Conflict ? 'info' : 'error';
    run.log[level]('a timer could not be handled', { ...timer, error: message });
  }
  const minutes = run.retryAfterMinutes;
  try {
    const againAtMs = run.clock.nowMs() + minutes * MINUTE_MS;
    const restored = await restoreTimer(timer, againAtMs, run.journal);
    // A timer that stands there calls this function anyway; a veto would be told of by nothing else.
    if (!restored && timer.vetoed) throw new Error('the timer of another rotation stands there');
  } catch (second) {
    const problem = `${message}; setting the timer again failed as well: ${describeError(second)}`;
    run.log.error('a timer goes back to the stream', { ...timer, error: problem });
    return problem;
  }
  await run.events.emit({
    type: 'failed',
    user: { userName: '', userId: timer.userId },
    reason: reason('timer-retried', { message, minutes }),
    oldKeyId: timer.oldKeyId,
  });
  return undefined;
}
