/** What one removed timer leads to. The record, not the timer, says what is to be done. */
import { isLeased } from '../domain/lease.ts';
import { type Reason, reason, sentence } from '../domain/reasons.ts';
import { isOpen, isTimerOf, type OpenRecord, type Timer } from '../domain/record.ts';
import { DAY_MS, MINUTE_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Engine, LastEvent } from './engine.ts';
import { keyIdsOf, NOTHING_OBSERVED, type Situation } from './situation.ts';
import { timerAt } from './timer.ts';

export interface TimerRun {
  readonly engine: Engine;
  readonly journal: Pick<Journal, 'read' | 'putTimer'>;
  readonly clock: Clock;
  readonly dryRun: boolean;
  readonly retryAfterMinutes: number;
}

/** The TTL service removed the timer. */
export async function onExpired(timer: Timer, run: TimerRun): Promise<LastEvent> {
  if (timer.vetoed) return onRemoved(timer, run);
  const record = await recordOf(timer, run);
  if ('type' in record) return record;
  if (run.dryRun) {
    const dueAtMs = run.clock.nowMs() + DAY_MS;
    await run.journal.putTimer(timerAt(record, dueAtMs));
    return lastEvent('waiting', record, reason('timer-dry-run'), dueAtMs);
  }
  return run.engine.execute(await run.engine.decide(situationOf(record)));
}

/** A person removed the timer while the rotation is open: that is a veto. */
export async function onRemoved(timer: Timer, run: TimerRun): Promise<LastEvent> {
  const record = await recordOf(timer, run);
  if ('type' in record) return record;
  if (record.state === 'STARTED' || record.state === 'WITHDRAWING') {
    return lastEvent('waiting', record, reason('timer-removed-early', { state: record.state }));
  }
  const nowMs = run.clock.nowMs();
  if (run.dryRun || isLeased(record, nowMs)) {
    // The veto can't be written now, and must not be lost: it travels with a new timer.
    const dueAtMs = nowMs + (run.dryRun ? DAY_MS : run.retryAfterMinutes * MINUTE_MS);
    await run.journal.putTimer({ ...timerAt(record, dueAtMs), vetoed: true });
    return lastEvent('waiting', record, reason('veto-noted'), dueAtMs);
  }
  const vetoed = { ...timer, vetoed: true };
  return run.engine.execute(await run.engine.decide(situationOf(record, vetoed)));
}

type RecordOfTimer = Exclude<OpenRecord, { state: 'CANCELLED' }>;

/** The open record that the timer belongs to, or why the timer means nothing any more. */
async function recordOf(
  timer: Timer,
  { journal }: Pick<TimerRun, 'journal'>,
): Promise<RecordOfTimer | LastEvent> {
  const record = await journal.read(timer.userId);
  const dropped = (why: Reason): LastEvent => ({
    type: 'skipped',
    user: { userId: timer.userId, userName: record?.userName ?? '' },
    reason: why,
    oldKeyId: timer.oldKeyId,
  });
  if (!record) return dropped(reason('timer-without-record'));
  if (!isOpen(record)) return dropped(reason('timer-of-closed'));
  if (!isTimerOf(timer, record)) return dropped(reason('timer-of-earlier'));
  if (record.state === 'CANCELLED') {
    return dropped(reason('timer-of-cancelled', { why: sentence(record.reason) }));
  }
  return record;
}

function situationOf(record: OpenRecord, timer: Timer | 'expired' = 'expired'): Situation {
  const { userId, userName } = record;
  return {
    userId,
    userName,
    policy: { reading: { kind: 'unmanaged' }, force: false },
    record,
    observed: { ...NOTHING_OBSERVED, by: 'destructor', user: 'not-read', timer },
  };
}

function lastEvent(
  type: LastEvent['type'],
  record: OpenRecord,
  why: Reason,
  dueAtMs?: number,
): LastEvent {
  const { userId, userName } = record;
  return {
    type,
    user: { userId, userName },
    reason: why,
    ...keyIdsOf(record),
    ...(dueAtMs !== undefined && { dueAtMs }),
  };
}
