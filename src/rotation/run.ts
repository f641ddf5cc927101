/**
 * One run of the rotator over the account: who is there, what is open, who is due, and a report.
 *
 * One user's trouble is one row of the report and stops nobody else.
 */
import pLimit from 'p-limit';
import type { IamUser } from '../domain/identity.ts';
import { inTurn } from '../domain/in-turn.ts';
import { type PolicyReading, policyFor } from '../domain/policy.ts';
import { isOpen, type OpenRecord, type Timer } from '../domain/record.ts';
import { countOutcomes, keyAges, type Report, type ReportRow } from '../domain/report.ts';
import { row, userRow } from '../domain/row.ts';
import { iso } from '../domain/time.ts';
import { isLeased } from './claimed-record.ts';
import { findDue } from './due.ts';
import { resume } from './resume.ts';
import { isOverdue } from './resume-delivered.ts';
import { rotateAll } from './rotate-all.ts';
import type { Run } from './run-context.ts';
import type { RunRequest } from './run-request.ts';
import { safely, tooLate } from './safely.ts';

/** How many users are worked on at a time. */
const CONCURRENCY = 40;

export async function runRotator(request: RunRequest, run: Run): Promise<Report> {
  const startedAtMs = run.clock.nowMs();
  const dryRun = run.dryRun || request.dryRun;
  // The report on all keys is not asked for when a few users are: theirs are simply listed.
  const [{ users, notes }, journal, { hints, notes: notesOnHints }] = await Promise.all([
    run.inventory.users(),
    run.journal.scan(),
    request.users ? { hints: new Map(), notes: [] } : run.inventory.keyHints(),
  ]);
  const wanted = request.users && new Set(request.users);
  const isWanted = (userName: string) => !wanted || wanted.has(userName);
  const records = new Map(journal.records.map((record) => [record.userId, record]));

  const rows: ReportRow[] = [];
  const problems = [...journal.problems];
  const limit = pLimit(CONCURRENCY);

  const byId = new Map(users.map((user) => [user.userId, user]));
  const open = journal.records.filter(isOpen).flatMap((record) => {
    const user = byId.get(record.userId);
    const today = user ? { ...record, userName: user.userName, userArn: user.arn } : record;
    return isWanted(today.userName) ? [today] : [];
  });
  const timers = new Map(journal.timers.map((timer) => [timerKey(timer), timer]));
  const resumeAll = (some: readonly OpenRecord[]) =>
    Promise.all(
      some.map((record) =>
        limit(() =>
          resumeSafely(record, byId.get(record.userId), timers.get(timerKey(record)), run, dryRun),
        ),
      ),
    );

  // What an earlier run left undone comes first, whether its user is still tagged or not.
  const isUrgent = (record: OpenRecord) =>
    byId.has(record.userId) && isPressing(record, timers.get(timerKey(record)), run, startedAtMs);
  rows.push(...(await resumeAll(open.filter(isUrgent))));

  // Then everybody else who is managed.
  const everybody = users.map((user) => ({ user, reading: policyFor(user, run.rotation) }));
  const readings = everybody.filter(
    ({ user }) => isWanted(user.userName) && !isOpen(records.get(user.userId)),
  );
  rows.push(...readings.flatMap(({ user, reading }) => invalidRow(user, reading)));
  const managed = readings.flatMap(({ user, reading }) =>
    reading.kind === 'managed' ? [{ user, policy: reading.policy }] : [],
  );
  const { due, rows: others } = await findDue(
    managed,
    { records, hints },
    request.force,
    run,
    limit,
  );
  rows.push(...others);
  rows.push(...(await rotateAll(due, records, request.force, dryRun, run, limit, problems)));

  // Those who only wait are looked at last: most of them need nothing. So are those whose users are
  // gone: the name of a parameter has to rest before a namesake can have it.
  const waiting = open.filter((record) => !isUrgent(record));
  rows.push(...(await resumeAll(inTurn(waiting, startedAtMs))));

  if (wanted) rows.push(...unknownRows(wanted, users, rows));
  return {
    startedAt: iso(startedAtMs),
    finishedAt: iso(run.clock.nowMs()),
    dryRun,
    users: users.length,
    rows,
    totals: countOutcomes(rows),
    figures: {
      managedUsers: everybody.filter(({ reading }) => reading.kind === 'managed').length,
      openRotations: open.length,
      overdueDestructions: overdue(open, rows, run, startedAtMs),
      ...run.postman.counts,
      ...keyAges(rows, startedAtMs),
    },
    problems,
    notes: [...notes, ...notesOnHints],
  };
}

/** Whether something is to be done about it now, as far as is known without looking at its keys. */
function isPressing(
  record: OpenRecord,
  timer: Timer | undefined,
  run: Pick<Run, 'destruction'>,
  nowMs: number,
): boolean {
  if (record.state === 'CANCELLED') return false;
  if (record.state !== 'SCHEDULED' && record.state !== 'DEACTIVATED') return true;
  return !timer || timer.vetoed === true || isOverdue(record, run.destruction, nowMs);
}

/** Old keys that this run should have destroyed itself, and could not. */
function overdue(
  open: readonly OpenRecord[],
  rows: readonly ReportRow[],
  run: Pick<Run, 'destruction'>,
  nowMs: number,
): number {
  const failed = new Set(
    rows.flatMap(({ userId, outcome }) => (outcome === 'failed' ? [userId] : [])),
  );
  return open.filter(
    (record) =>
      (record.state === 'SCHEDULED' || record.state === 'DEACTIVATED') &&
      isOverdue(record, run.destruction, nowMs) &&
      failed.has(record.userId),
  ).length;
}

function timerKey({ userId, oldKeyId }: { userId: string; oldKeyId: string }): string {
  return `${userId} ${oldKeyId}`;
}

async function resumeSafely(
  record: OpenRecord,
  user: IamUser | undefined,
  timer: Timer | undefined,
  run: Run,
  dryRun: boolean,
): Promise<ReportRow> {
  if (dryRun && !isLeased(record, run.clock.nowMs())) {
    return row(record, 'would-resume', `a rotation is open, in state ${record.state}`);
  }
  if (tooLate(run)) return row(record, 'left', "the function's time was over");
  return safely(record, run, () => resume(record, user, timer, run));
}

function invalidRow(user: IamUser, reading: PolicyReading): ReportRow[] {
  if (reading.kind !== 'invalid') return [];
  return [userRow(user, 'invalid', reading.problems.join('; '))];
}

/** Users who were asked for and of whom there is nothing else to tell. */
function unknownRows(
  wanted: ReadonlySet<string>,
  users: readonly IamUser[],
  rows: readonly ReportRow[],
): ReportRow[] {
  const told = new Set(rows.map(({ userName }) => userName));
  return [...wanted]
    .filter((userName) => !told.has(userName))
    .map((userName) => {
      const user = users.find((candidate) => candidate.userName === userName);
      return userRow(
        user ?? { userName, userId: '' },
        'failed',
        user ? 'the user has no IKR:EMAIL tag' : 'there is no user of that name',
      );
    });
}
