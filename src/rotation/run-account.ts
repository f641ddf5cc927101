/**
 * One run over an account: who is there, what is open, who is due, and a report.
 *
 * One user's trouble is one row of the report and stops nobody else.
 */
import pLimit from 'p-limit';
import type { IamUser } from '../domain/identity.ts';
import { inTurn } from '../domain/in-turn.ts';
import { isOverdue } from '../domain/plan/delivered.ts';
import { plan } from '../domain/plan/index.ts';
import type { AccountPolicy } from '../domain/policy.ts';
import { reason } from '../domain/reasons.ts';
import { isOpen } from '../domain/record.ts';
import {
  countOutcomes,
  type Figures,
  keyAges,
  type Report,
  type ReportRow,
} from '../domain/report.ts';
import { iso } from '../domain/time.ts';
import type { Account } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery } from '../ports/delivery.ts';
import type { Journal } from '../ports/journal.ts';
import type { EventStream } from '../ports/notifications.ts';
import { beginAll, type Due } from './begin-all.ts';
import type { Decided, Engine, LastEvent } from './engine.ts';
import { createGuard, type Guard } from './guard.ts';
import type { RunRequest } from './run-request.ts';
import type { Situation } from './situation.ts';
import { subjectsOf } from './subjects.ts';

/** What a run works with. */
export interface AccountRun {
  readonly engine: Engine;
  readonly account: Account;
  readonly journal: Pick<Journal, 'readAccount'>;
  readonly delivery: Delivery;
  /** Mails of this run so far, notices included. */
  readonly mailCounts: () => Pick<Figures, 'mailsSent' | 'mailsNotAccepted'>;
  readonly events: EventStream;
  /** What subscribes to the events for the report. */
  readonly report: { readonly rows: readonly ReportRow[] };
  readonly clock: Clock;
  readonly policy: AccountPolicy;
  readonly maxRotationsPerRun?: number;
  /** When the function is stopped from outside; infinity where nobody does that. */
  readonly deadlineAtMs: number;
}

/** How many users are worked on at a time. */
const CONCURRENCY = 40;

export async function runAccount(request: RunRequest, run: AccountRun): Promise<Report> {
  const { clock } = run;
  const startedAtMs = clock.nowMs();
  // The report on all keys is not asked for when a few users are: theirs are simply listed.
  const [{ users, notes }, journal, { rows: reportRows, notes: notesOnRows }] = await Promise.all([
    run.account.inventory.users(),
    run.journal.readAccount(),
    request.users ? { rows: new Map(), notes: [] } : run.account.inventory.reportRows(),
  ]);
  const found = { users, reportRows, ...journal };
  const { open, fresh, unreadable, managedUsers } = subjectsOf(found, request, run, startedAtMs);
  const total = open.length + fresh.length;
  const told = new Set<string>();
  const failed = new Set<string>();
  const guard = createGuard(run, async (event) => {
    told.add(event.user.userName);
    if (event.type === 'failed') failed.add(event.user.userId);
    await run.events.emit(event);
    await run.events.emit({ type: 'progress', done: told.size, total });
  });
  const limit = pLimit(CONCURRENCY);
  const workOn = (some: readonly Situation[]) =>
    Promise.all(
      some.map((one) => limit(() => guard(one, () => workOnOne(one, request.dryRun, run)))),
    );

  await Promise.all(unreadable.map((event) => guard.tell(event)));
  // What an earlier run left undone comes first, whether its user is still managed or not.
  const urgent = open.filter((one) => isUrgent(one, startedAtMs));
  await workOn(urgent);
  const due = await findDue(fresh, { limit, guard }, request.dryRun, run);
  const problems = await beginAll(due, { ...run, guard, limit }, request.dryRun);
  // Those who only wait are looked at last: most of them need nothing. So are those whose users are
  // gone: the name of a parameter has to rest before a namesake can have it.
  const waiting = open.filter((one) => !urgent.includes(one));
  await workOn(inTurn(waiting, startedAtMs));
  await tellUnknown(request, { users, told }, guard);
  const { rows } = run.report;

  return {
    startedAt: iso(startedAtMs),
    finishedAt: iso(clock.nowMs()),
    dryRun: request.dryRun,
    users: users.length,
    rows,
    totals: countOutcomes(rows),
    figures: {
      managedUsers,
      openRotations: open.length,
      overdueDestructions: overdue(open, failed, startedAtMs),
      ...run.mailCounts(),
      ...keyAges(rows, startedAtMs),
    },
    problems: [...journal.unreadable.map(({ problem }) => problem), ...problems],
    notes: [...notes, ...notesOnRows],
  };
}

/** Whether something is to be done about it now, as far as is known without looking at its keys. */
function isUrgent({ record, observed }: Situation, nowMs: number): boolean {
  if (!isOpen(record) || observed.user === 'missing' || record.state === 'CANCELLED') return false;
  if (record.state !== 'SCHEDULED' && record.state !== 'DEACTIVATED') return true;
  const { timer } = observed;
  const isVetoed = typeof timer === 'object' && timer.vetoed === true;
  return timer === 'none' || isVetoed || isOverdue(record, nowMs);
}

async function workOnOne(
  situation: Situation,
  dryRun: boolean,
  { engine }: Pick<AccountRun, 'engine'>,
): Promise<LastEvent> {
  return dryRun
    ? engine.preview(await engine.announce(situation))
    : engine.execute(await engine.decide(situation));
}

/** Decides about everybody who has no rotation open; whoever is not due is done with. */
async function findDue(
  fresh: readonly Situation[],
  { limit, guard }: { readonly limit: ReturnType<typeof pLimit>; readonly guard: Guard },
  dryRun: boolean,
  { engine, clock, deadlineAtMs }: AccountRun,
): Promise<Due[]> {
  const startedAtMs = clock.nowMs();
  // The other half of the time is for those who turn out to be due.
  const untilMs = startedAtMs + (deadlineAtMs - startedAtMs) / 2;
  const due: Due[] = [];
  const decide = dryRun ? engine.announce : engine.decide;
  const settle = async (decided: Decided): Promise<LastEvent | undefined> => {
    const { decision, situation } = decided;
    if (decision.kind === 'act' && decision.action.do === 'begin') {
      due.push({
        ...decided,
        begin: decision.action,
        sinceMs: sinceMs(situation, decision.action),
      });
      return undefined;
    }
    return dryRun ? engine.preview(decided) : engine.execute(decided);
  };
  const decideOne = async (one: Situation): Promise<void> => {
    if (needsNoLook(one, clock.nowMs())) {
      await guard(one, async () => settle(await decide(one)));
      return;
    }
    await limit(() =>
      guard(
        one,
        async () => settle(await decide(one)),
        clock.nowMs() > untilMs ? reason('looking-time-over') : undefined,
      ),
    );
  };
  await Promise.all(inTurn(fresh, startedAtMs).map(decideOne));
  return due.sort((a, b) => a.sinceMs - b.sinceMs);
}

/** Whether it is known already what is to be done, so that no call is made. */
function needsNoLook({ record, observed, policy }: Situation, nowMs: number): boolean {
  return plan(record, observed, policy, nowMs).kind !== 'look';
}

/** Since when its rotation could have begun: an earlier one may have failed, and backed off. */
function sinceMs({ record, observed }: Situation, { dueAtMs }: Due['begin']): number {
  const retryAtMs = record?.state === 'CLOSED' ? record.retryNotBeforeMs : 0;
  const listedAtMs =
    observed.keys && observed.keys !== 'no-user' ? observed.keys.listedAtMs : dueAtMs;
  // A date ahead was forced, or is ignored.
  return Math.min(Math.max(dueAtMs, retryAtMs), listedAtMs);
}

/** Old keys that this run should have deactivated or deleted itself, and could not. */
function overdue(open: readonly Situation[], failed: ReadonlySet<string>, nowMs: number): number {
  return open.filter(
    ({ record, userId }) =>
      (record?.state === 'SCHEDULED' || record?.state === 'DEACTIVATED') &&
      isOverdue(record, nowMs) &&
      failed.has(userId),
  ).length;
}

/** Users who were asked for and of whom there is nothing else to tell. */
async function tellUnknown(
  { users: wanted = [] }: RunRequest,
  { users, told }: { readonly users: readonly IamUser[]; readonly told: ReadonlySet<string> },
  guard: Guard,
): Promise<void> {
  for (const userName of new Set(wanted)) {
    if (told.has(userName)) continue;
    const user = users.find((candidate) => candidate.userName === userName);
    await guard.tell({
      type: 'failed',
      user: user ?? { userName, userId: '' },
      reason: reason(user ? 'unmanaged' : 'unknown-user'),
    });
  }
}
