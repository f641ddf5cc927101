/** `ikr rotate`: has the rotator replace keys now. */
import { randomUUID } from 'node:crypto';
import {
  type AnsweredRow,
  type ReportAnswer,
  reportAnswer,
} from '../../rotation/commands/answers.ts';
import { USER_NAME } from '../../rotation/commands/requests.ts';
import { claimedBy } from '../claimed-by.ts';
import { UsageError } from '../failure.ts';
import { runAndFollow } from '../follow-run.ts';
import { EXIT, type Io } from '../io.ts';
import { LET_GO, unlessInterrupted } from '../let-go.ts';
import { createProgress } from '../progress.ts';
import { type AskOptions, rotatorFunction } from '../rotator-function.ts';
import type { Services } from '../services.ts';
import { type Column, printTable } from '../table.ts';
import { createTerminal, type Style, shown, type Terminal } from '../terminal.ts';
import { count, distance } from '../words.ts';

export interface RotateOptions extends AskOptions {
  readonly user?: readonly string[];
  readonly all?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
}

/** In the order in which they are shown: what changed, what went wrong, what stays as it is. */
const OUTCOMES: readonly (readonly [string, Style | undefined])[] = [
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
const WRONG = ['failed', 'withdrawn', 'postponed', 'invalid'];
/** With --force the person wants a rotation now: anything else is not what was asked for. */
const AS_FORCED = ['rotated', 'would-rotate', 'would-resume'];

export async function rotate(options: RotateOptions, io: Io, services: Services): Promise<number> {
  check(options);
  const terminal = createTerminal(io);
  const rotator = rotatorFunction(options, io, services);
  const { user, force = false, dryRun = false } = options;
  const command = { action: 'rotate', force, dryRun, ...(await claimedBy(services)) } as const;

  const progress = createProgress(io, dryRun ? 'Looking' : 'Rotating');
  let isUnderWay = user !== undefined;
  const onQueued = () => {
    isUnderWay = true;
  };
  const report = await unlessInterrupted(io, (signal) =>
    user
      ? rotator.ask({ ...command, users: [...user] }, reportAnswer, signal)
      : runAndFollow({ ...command, requestId: randomUUID() }, rotator, services, {
          progress,
          signal,
          onQueued,
        }),
  ).finally(() => progress.stop());
  if (report === 'interrupted') {
    terminal.note(isUnderWay ? LET_GO : 'Nothing was begun.');
    return EXIT.interrupted;
  }
  if (options.json) terminal.json(report);
  else tell(report, options, services.clock.nowMs(), terminal);
  return isWrong(report, force) ? EXIT.failed : EXIT.ok;
}

function check({ user, all, force }: RotateOptions): void {
  if ((user === undefined) === (all !== true)) {
    throw new UsageError('Say who: either --user NAME (as often as you like) or --all.');
  }
  if (force && user === undefined) {
    throw new UsageError('--force needs --user: it is never done to everybody at once.');
  }
  for (const name of user ?? []) {
    if (!USER_NAME.test(name)) {
      throw new UsageError(`${JSON.stringify(name)} is no IAM user name.`);
    }
  }
}

function isWrong({ rows, problems }: ReportAnswer, force: boolean): boolean {
  return (
    problems.length > 0 ||
    rows.some(({ outcome }) => WRONG.includes(outcome)) ||
    (force && rows.some(({ outcome }) => !AS_FORCED.includes(outcome)))
  );
}

function tell(
  report: ReportAnswer,
  { all, verbose }: RotateOptions,
  nowMs: number,
  terminal: Terminal,
): void {
  // Whoever is merely not due is not worth a row each in an account of thousands.
  const isQuiet = ({ outcome, code }: AnsweredRow) =>
    all === true && verbose !== true && outcome === 'skipped' && code === 'not-due';
  const rows = report.rows.filter((row) => !isQuiet(row)).sort(byOutcome);
  if (rows.length > 0) {
    printTable(terminal, rows, columns(nowMs));
    terminal.print('');
  }
  const quiet = report.rows.length - rows.length;
  terminal.printProse(
    `${[totals(rows), quietWords(quiet)].filter(Boolean).join('; ') || 'Nobody is managed'}.`,
  );
  if (report.omittedRows) {
    terminal.noteProse(
      `The report has ${count(report.omittedRows, 'more row')}, which only the function's log tells.`,
    );
  }
  if (report.dryRun) terminal.print('Dry run: nothing was changed.');
  for (const note of report.notes) terminal.noteProse(shown(note));
  for (const problem of report.problems) terminal.noteProblem(problem, 'red');
}

function columns(nowMs: number): Column<AnsweredRow>[] {
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

function byOutcome(a: AnsweredRow, b: AnsweredRow): number {
  const known = OUTCOMES.map(([name]) => name);
  const rank = ({ outcome }: AnsweredRow) =>
    known.includes(outcome) ? known.indexOf(outcome) : known.length;
  return rank(a) - rank(b) || (a.userName < b.userName ? -1 : 1);
}

function totals(rows: readonly AnsweredRow[]): string {
  const known = OUTCOMES.map(([name]) => name);
  return [...new Set([...known, ...rows.map(({ outcome }) => outcome)])]
    .map((outcome) => ({
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
