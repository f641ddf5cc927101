/** `ikr rotate`: runs the rotator from the terminal. */
import type { Report, ReportOutcome, ReportRow } from '../../domain/report.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import { runRotator } from '../../rotation/run.ts';
import type { Run } from '../../rotation/run-context.ts';
import { type Request, readEvent } from '../../rotator/request.ts';
import { UsageError } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import { createKeptLog } from '../kept-log.ts';
import { createProgress } from '../progress.ts';
import { watched } from '../rotation-progress.ts';
import type { Services } from '../services.ts';
import { fullSettings, type SourceOptions } from '../settings.ts';
import { type Column, printTable } from '../table.ts';
import { createTerminal, type Style, shown, type Terminal } from '../terminal.ts';
import { count, distance } from '../words.ts';

export interface RotateOptions extends SourceOptions {
  readonly user?: readonly string[];
  readonly all?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** In the order in which they are shown: what changed, what went wrong, what stays as it is. */
const OUTCOMES: readonly (readonly [ReportOutcome, Style | undefined])[] = [
  ['rotated', 'green'],
  ['would-rotate', 'green'],
  ['would-resume', 'green'],
  ['deleted', 'green'],
  ['deactivated', 'green'],
  ['reminded', 'green'],
  ['closed', 'green'],
  ['withdrawn', 'red'],
  ['cancelled', 'yellow'],
  ['failed', 'red'],
  ['postponed', 'red'],
  ['invalid', 'red'],
  ['left', 'yellow'],
  ['waiting', undefined],
  ['skipped', 'dim'],
];
/** Outcomes that make the exit code 1. */
const WRONG: readonly ReportOutcome[] = ['failed', 'withdrawn', 'postponed', 'invalid'];
/** With --force the person wants a rotation now: anything else is not what was asked for. */
const AS_FORCED: readonly ReportOutcome[] = ['rotated', 'would-rotate', 'would-resume'];

export async function rotate(options: RotateOptions, io: Io, services: Services): Promise<number> {
  const request = toRequest(options);
  const terminal = createTerminal(io);
  const settings = await fullSettings(options, io, services);
  const log = createKeptLog(terminal, options.debug === true);
  const { run, close } = await services.run(settings, log);

  const progress = createProgress(io, request.dryRun ? 'Looking' : 'Rotating');
  const stoppable = untilInterrupted(run, () => {
    progress.stop();
    terminal.note(
      'Finishing what is under way. (Ctrl-C again ends at once; the next run then goes on with it.)',
    );
  });
  const release = io.onInterrupt(stoppable.interrupt);
  let report: Report;
  try {
    report = await runRotator(request, watched(stoppable.run, request, progress));
  } finally {
    progress.stop();
    release();
    await close();
  }

  if (stoppable.interrupted()) report = { ...report, rows: report.rows.map(toldByInterrupt) };
  if (options.json) terminal.json(report);
  else tell(report, options, services.clock.nowMs(), terminal);
  log.tell();
  if (stoppable.interrupted()) return EXIT.interrupted;
  return isWrong(report, request) ? EXIT.failed : EXIT.ok;
}

function toRequest({ user, all, force, dryRun }: RotateOptions): Request {
  if ((user === undefined) === (all !== true)) {
    throw new UsageError('Say who: either --user NAME (as often as you like) or --all.');
  }
  if (force && user === undefined) {
    throw new UsageError('--force needs --user: it is never done to everybody at once.');
  }
  for (const name of user ?? []) {
    if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
      throw new UsageError(`${JSON.stringify(name)} is no IAM user name.`);
    }
  }
  return readEvent({
    ...(user && { users: user }),
    force: force === true,
    dryRun: dryRun === true,
  });
}

/**
 * A run that begins with nobody else once it is interrupted, and still has a minute for those whom
 * it has begun with: two minutes are what it wants for a new user, one for another step.
 */
function untilInterrupted(run: Run, tell: () => void) {
  let deadlineAtMs = run.deadlineAtMs;
  let interrupted = false;
  return {
    interrupted: () => interrupted,
    interrupt() {
      interrupted = true;
      deadlineAtMs = run.clock.nowMs() + 2 * MINUTE_MS - 1;
      tell();
    },
    run: {
      ...run,
      get deadlineAtMs() {
        return deadlineAtMs;
      },
    } satisfies Run,
  };
}

/** The core knows of one reason alone to leave somebody out for want of time. */
function toldByInterrupt(row: ReportRow): ReportRow {
  return row.outcome === 'left' && row.reason.startsWith("the function's time")
    ? { ...row, reason: 'the run was stopped with Ctrl-C' }
    : row;
}

function isWrong({ rows, problems }: Report, { force }: Request): boolean {
  return (
    problems.length > 0 ||
    rows.some(({ outcome }) => WRONG.includes(outcome)) ||
    (force && rows.some(({ outcome }) => !AS_FORCED.includes(outcome)))
  );
}

function tell(
  report: Report,
  { all, verbose }: RotateOptions,
  nowMs: number,
  terminal: Terminal,
): void {
  // Whoever is merely not due is not worth a row each in an account of thousands.
  const isQuiet = ({ outcome, reason }: ReportRow) =>
    all === true && verbose !== true && outcome === 'skipped' && reason.startsWith('not-due');
  const rows = report.rows.filter((row) => !isQuiet(row)).sort(byOutcome);
  if (rows.length > 0) {
    printTable(terminal, rows, columns(nowMs));
    terminal.print('');
  }
  const quiet = report.rows.length - rows.length;
  terminal.printProse(
    `${[totals(rows), quietWords(quiet)].filter(Boolean).join('; ') || 'Nobody is managed'}.`,
  );
  if (report.dryRun) terminal.print('Dry run: nothing was changed.');
  for (const note of report.notes) terminal.noteProse(shown(note));
  for (const problem of report.problems) terminal.noteProblem(problem, 'red');
}

function columns(nowMs: number): Column<ReportRow>[] {
  return [
    { title: 'USER', text: ({ userName, userId }) => userName || userId, wraps: true },
    {
      title: 'OUTCOME',
      text: ({ outcome }) => outcome,
      style: ({ outcome }) => OUTCOMES.find(([name]) => name === outcome)?.[1],
    },
    { title: 'OLD KEY', text: ({ oldKeyId = '' }) => oldKeyId, from: 120 },
    { title: 'NEW KEY', text: ({ newKeyId = '' }) => newKeyId, from: 140 },
    {
      title: 'DUE',
      text: ({ dueAt }) => (dueAt === undefined ? '' : distance(Date.parse(dueAt), nowMs)),
    },
    { title: 'WHY', text: ({ reason }) => reason, wraps: true },
  ];
}

function byOutcome(a: ReportRow, b: ReportRow): number {
  const rank = ({ outcome }: ReportRow) => OUTCOMES.findIndex(([name]) => name === outcome);
  return rank(a) - rank(b) || (a.userName < b.userName ? -1 : 1);
}

function totals(rows: readonly ReportRow[]): string {
  return OUTCOMES.map(([outcome]) => ({
    outcome,
    number: rows.filter((row) => row.outcome === outcome).length,
  }))
    .filter(({ number }) => number > 0)
    .map(({ outcome, number }) => `${number} ${outcome}`)
    .join(', ');
}

function quietWords(number: number): string {
  return number > 0 ? `${count(number, 'user')} not due (--verbose lists them)` : '';
}
