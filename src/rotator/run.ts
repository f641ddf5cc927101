/**
 * One run of the rotator over the account: who is there, what is open, who is due, and a report.
 *
 * One user's trouble is one row of the report and stops nobody else.
 */
import pLimit from 'p-limit';
import { mailObstacle } from '../delivery/obstacle.ts';
import type { AccessKey, IamUser } from '../domain/identity.ts';
import { type KeyHint, keysFromHints } from '../domain/key-hints.ts';
import { type PolicyReading, policyFor, type UserPolicy } from '../domain/policy.ts';
import { isOpen, type OpenRecord, type RotationRecord, type Timer } from '../domain/record.ts';
import {
  countOutcomes,
  keyAges,
  oldestActive,
  type Report,
  type ReportRow,
  type RowOutcome,
} from '../domain/report.ts';
import { planRotation, type RotationPlan } from '../domain/rotation.ts';
import { row } from '../domain/row.ts';
import { HOUR_MS, iso, MINUTE_MS } from '../domain/time.ts';
import { Conflict, describeError, OutOfTime } from '../errors.ts';
import { isLeased } from '../journal/held.ts';
import type { Run } from '../run.ts';
import type { Request } from './event.ts';
import { resume } from './resume.ts';
import { isOverdue } from './resume-delivered.ts';
import { rotate } from './rotate.ts';

/** How many users are worked on at a time. */
const CONCURRENCY = 40;

interface Managed {
  readonly user: IamUser;
  readonly policy: UserPolicy;
}

interface Due extends Managed {
  readonly keys: readonly AccessKey[];
  readonly oldKey: AccessKey;
  readonly dueAtMs: number;
}

export async function runRotator(request: Request, run: Run): Promise<Report> {
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

  // What an earlier run left open comes first, whether its user is still tagged or not.
  const byId = new Map(users.map((user) => [user.userId, user]));
  const open = journal.records.filter(isOpen).flatMap((record) => {
    const user = byId.get(record.userId);
    const today = user ? { ...record, userName: user.userName, userArn: user.arn } : record;
    return isWanted(today.userName) ? [today] : [];
  });
  const timers = new Map(journal.timers.map((timer) => [timerKey(timer), timer]));
  rows.push(
    ...(await Promise.all(
      open.map((record) =>
        limit(() =>
          resumeSafely(record, byId.get(record.userId), timers.get(timerKey(record)), run, dryRun),
        ),
      ),
    )),
  );

  // Then everybody else who is managed.
  const everybody = users.map((user) => ({ user, reading: policyFor(user, run.rotation) }));
  const readings = everybody.filter(
    ({ user }) => isWanted(user.userName) && !isOpen(records.get(user.userId)),
  );
  rows.push(...readings.flatMap(({ user, reading }) => invalidRow(user, reading)));
  const managed = readings.flatMap(({ user, reading }) =>
    reading.kind === 'managed' ? [{ user, policy: reading.policy }] : [],
  );
  const young = new Map(
    managed.flatMap(({ user, policy }) => {
      const known = hints.get(user.arn);
      const told = known && notDueByHints({ user, policy }, known, records.get(user.userId), run);
      return told ? [[user.userId, told]] : [];
    }),
  );
  for (const userId of auditees([...young.keys()], records, startedAtMs)) young.delete(userId);
  const decided = await Promise.all(
    managed.map((candidate) => {
      const { userId } = candidate.user;
      return (
        young.get(userId) ??
        limit(() => decideSafely(candidate, records.get(userId), request.force, run))
      );
    }),
  );
  rows.push(...decided.filter((result) => 'outcome' in result));
  const due = decided
    .filter((result) => 'oldKey' in result)
    .sort((a, b) => a.oldKey.createdAtMs - b.oldKey.createdAtMs);
  rows.push(...(await rotateAll(due, records, request.force, dryRun, run, limit, problems)));

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
  return safely(record, run, () => resume(record, user, timer, run));
}

function invalidRow(user: IamUser, reading: PolicyReading): ReportRow[] {
  if (reading.kind !== 'invalid') return [];
  return [about(user, 'invalid', reading.problems.join('; '))];
}

/** How many users a run. */
const AUDITED_PER_RUN = 4;

/**
 * Whose keys are listed although they look young: a key that was switched off and on again does so
 * in the credential report, and only the list tells its age. Who was rotated before is known by the
 * record; the others have their turn, a few in each run.
 */
function auditees(
  userIds: readonly string[],
  records: ReadonlyMap<string, RotationRecord>,
  nowMs: number,
): string[] {
  const ids = userIds.filter((userId) => !records.has(userId)).sort();
  const first = Math.floor(nowMs / (6 * HOUR_MS)) * AUDITED_PER_RUN;
  return Array.from(
    { length: AUDITED_PER_RUN },
    (_, turn) => ids[(first + turn) % ids.length],
  ).filter((userId) => userId !== undefined);
}

/** A row when even the hints on a user's keys tell that there is nothing to do. */
function notDueByHints(
  { user, policy }: Managed,
  hints: readonly KeyHint[],
  record: RotationRecord | undefined,
  run: Run,
): ReportRow | undefined {
  const keys = keysFromHints(hints, record);
  const plan = planRotation(keys, record, policy, run.clock.nowMs());
  return plan.kind === 'skip' ? { ...skippedRow(user, plan), ...oldestActive(keys) } : undefined;
}

function skippedRow(user: IamUser, plan: Extract<RotationPlan, { kind: 'skip' }>): ReportRow {
  const [oldKeyId] = plan.keyIds;
  return {
    ...about(user, 'skipped', `${plan.reason}: ${plan.detail}`),
    ...(oldKeyId && { oldKeyId }),
    ...(plan.dueAtMs !== undefined && { dueAt: iso(plan.dueAtMs) }),
  };
}

/** Lists a user's keys and decides: a row when there is nothing to do, else the user is due. */
async function decideSafely(
  candidate: Managed,
  record: RotationRecord | undefined,
  force: boolean,
  run: Run,
): Promise<ReportRow | Due> {
  const { user, policy } = candidate;
  if (tooLate(run)) return about(user, 'left', "the function's time was over");
  try {
    const keys = await run.keys.list(user.userName);
    if (!keys) return about(user, 'skipped', 'the user was renamed or deleted during this run');
    const plan = planRotation(keys, record, policy, run.clock.nowMs(), force);
    if (plan.kind === 'rotate') {
      return { ...candidate, keys, oldKey: plan.oldKey, dueAtMs: plan.dueAtMs };
    }
    return { ...skippedRow(user, plan), ...oldestActive(keys) };
  } catch (error) {
    return about(user, 'failed', describeError(error));
  }
}

/** Rotates whoever is due, oldest key first, as far as the limits and the mailer allow. */
async function rotateAll(
  due: readonly Due[],
  records: ReadonlyMap<string, RotationRecord>,
  force: boolean,
  dryRun: boolean,
  run: Run,
  limit: <T>(work: () => Promise<T>) => Promise<T>,
  problems: string[],
): Promise<ReportRow[]> {
  const told = (one: Due, outcome: RowOutcome, reason: string): ReportRow => ({
    ...about(one.user, outcome, reason),
    ...oldestActive(one.keys),
    oldKeyId: one.oldKey.accessKeyId,
    dueAt: iso(one.dueAtMs),
  });
  if (due.length === 0) return [];
  if (dryRun) return due.map((one) => told(one, 'would-rotate', 'the key is due'));

  // A run that cannot deliver creates nothing.
  const obstacle = await mailObstacle(run);
  if (obstacle !== undefined) {
    const reason = `no key is created while no mail can be sent: ${obstacle}`;
    problems.push(reason);
    return due.map((one) => told(one, 'postponed', reason));
  }

  const begin = async (one: Due): Promise<{ row: ReportRow; counts: boolean }> => {
    const { user, policy, keys, oldKey } = one;
    if (tooLate(run))
      return { row: told(one, 'left', "the function's time was over"), counts: false };
    if (run.postman.stopped) {
      return { row: told(one, 'left', run.postman.stopped), counts: false };
    }
    let refused = false;
    const done = await safely({ ...user, oldKeyId: oldKey.accessKeyId }, run, async () => {
      try {
        return await rotate(user, policy, keys, oldKey, records.get(user.userId), run, force);
      } catch (error) {
        refused = error instanceof Conflict;
        throw error;
      }
    });
    const mayHaveKey = done.newKeyId !== undefined || done.outcome === 'failed';
    return { row: { ...done, ...oldestActive(keys) }, counts: mayHaveKey && !refused };
  };

  // Whose rotation can't even begin takes nobody else's place: the next in line gets it.
  const rows: ReportRow[] = [];
  let begun = 0;
  for (let waiting = due; waiting.length > 0; ) {
    const allowed = (run.maxRotationsPerRun ?? Number.POSITIVE_INFINITY) - begun;
    const room = Math.min(allowed, run.postman.remaining);
    if (room <= 0) {
      const why =
        allowed <= 0
          ? 'this run has begun MAX_ROTATIONS_PER_RUN rotations'
          : 'the mail quota allows no more for now';
      return [...rows, ...waiting.map((one) => told(one, 'left', why))];
    }
    const done = await Promise.all(waiting.slice(0, room).map((one) => limit(() => begin(one))));
    waiting = waiting.slice(room);
    rows.push(...done.map(({ row }) => row));
    begun += done.filter(({ counts }) => counts).length;
  }
  return rows;
}

/** Whether too little time is left to begin with another user. */
function tooLate(run: Run): boolean {
  return run.clock.nowMs() + 2 * MINUTE_MS > run.deadlineAtMs;
}

/** Turns one user's trouble into one row. */
async function safely(
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
      return about(
        user ?? { userName, userId: '' },
        'failed',
        user ? 'the user has no IKR:EMAIL tag' : 'there is no user of that name',
      );
    });
}

function about(
  { userName, userId }: { readonly userName: string; readonly userId: string },
  outcome: RowOutcome,
  reason: string,
): ReportRow {
  return { userName, userId, outcome, reason };
}
