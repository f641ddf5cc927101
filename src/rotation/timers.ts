/**
 * What one removed timer leads to.
 */
import { isOpen, isTimerOf, nextStepAtMs, type OpenRecord, type Timer } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { row } from '../domain/row.ts';
import { DAY_MS, iso, MINUTE_MS } from '../domain/time.ts';
import { cancel } from './cancel.ts';
import { Held, isLeased } from './claimed-record.ts';
import { destroy } from './destroy.ts';
import { rearm } from './rearm.ts';
import type { Run } from './run-context.ts';

/** The TTL service removed the timer. The record, not the timer, says what is to be done. */
export async function onExpired(timer: Timer, run: Run): Promise<ReportRow> {
  if (timer.vetoed) return onRemoved(timer, run);
  const record = await recordOf(timer, run);
  if (!isOurs(record)) return record;
  const nowMs = run.clock.nowMs();
  const again = async (atMs: number, reason: string): Promise<ReportRow> => {
    await rearm(record, atMs, run);
    return { ...row(record, 'waiting', reason), dueAt: iso(atMs) };
  };

  if (run.dryRun) return again(nowMs + DAY_MS, 'dry run: nothing is destroyed');
  if (record.state !== 'SCHEDULED' && record.state !== 'DEACTIVATED') {
    return again(nowMs + DAY_MS, `the new key is not delivered yet (${record.state})`);
  }
  if (nowMs < nextStepAtMs(record)) {
    return again(nextStepAtMs(record), 'the timer expired before the old key is due');
  }
  if (isLeased(record, nowMs)) {
    return again(record.leaseUntilMs, 'another run is at work on the rotation');
  }
  return destroy(record, run);
}

/** A person removed the timer while the rotation is open: that is a veto. */
export async function onRemoved(timer: Timer, run: Run): Promise<ReportRow> {
  const record = await recordOf(timer, run);
  if (!isOurs(record)) return record;
  if (record.state === 'STARTED' || record.state === 'WITHDRAWING') {
    return row(record, 'waiting', `the timer was removed; nothing is scheduled (${record.state})`);
  }
  const nowMs = run.clock.nowMs();
  if (run.dryRun || isLeased(record, nowMs)) {
    // The veto can't be written down now, and must not be lost: it travels with a new timer.
    const atMs = run.dryRun
      ? nowMs + DAY_MS
      : nowMs + run.destruction.retryAfterMinutes * MINUTE_MS;
    await rearm(record, atMs, run, true);
    return { ...row(record, 'waiting', 'a person removed the timer; noted'), dueAt: iso(atMs) };
  }
  return cancel(await Held.claim(record, run), 'a person removed the timer', run);
}

type Foreseen = Exclude<OpenRecord, { state: 'CANCELLED' }>;

/** The open record that the timer belongs to, or why the timer means nothing any more. */
async function recordOf(timer: Timer, run: Run): Promise<Foreseen | ReportRow> {
  const record = await run.journal.read(timer.userId);
  const dropped = (reason: string): ReportRow => ({
    userName: record?.userName ?? '',
    userId: timer.userId,
    outcome: 'skipped',
    reason,
    oldKeyId: timer.oldKeyId,
  });
  if (!record) return dropped('there is no rotation record for the timer; no key was touched');
  if (!isOpen(record)) return dropped('the rotation is closed');
  if (!isTimerOf(timer, record)) return dropped('the timer belongs to an earlier rotation');
  if (record.state === 'CANCELLED') return dropped(`the rotation is cancelled (${record.reason})`);
  return record;
}

function isOurs(found: Foreseen | ReportRow): found is Foreseen {
  return 'state' in found;
}
