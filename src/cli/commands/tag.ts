/** `ikr tag`: tags users from a file. */
import pLimit from 'p-limit';
import { plainWithin } from '../../deliveries/mail/templates/plain.ts';
import type { Tag } from '../../domain/identity.ts';
import { explain } from '../explain.ts';
import { Failure } from '../failure.ts';
import { circumstancesOf } from '../globals.ts';
import { readStandardInput, readTextFile } from '../input.ts';
import { EXIT, type Io } from '../io.ts';
import { createProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { type Column, printTable } from '../table.ts';
import { changesOf, isManaged, obstacle, type TagChanges } from '../tag-changes.ts';
import { createTerminal, type Style, shown, type Terminal } from '../terminal.ts';
import { type Mistake, readUsersFile, type WantedUser } from '../users-file.ts';
import { count } from '../words.ts';

export interface TagOptions {
  /** `-` for standard input. */
  readonly file: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What is found out about a user, and what becomes of it. */
interface Row extends WantedUser {
  readonly changes: TagChanges;
  readonly managed: boolean;
  readonly outcome: 'tagged' | 'would-tag' | 'unchanged' | 'failed';
  readonly problem?: string;
}

/** IAM throttles an account as a whole: a file of users must not get in the way of others. */
const CONCURRENCY = 5;

/** No name is longer in IAM; what is longer in a file is a mistake, and not shown as a whole. */
const LONGEST_NAME = 128;

const NO_CHANGES: TagChanges = { added: [], changed: [], unchanged: [] };

export async function tag(options: TagOptions, io: Io, services: Services): Promise<number> {
  const terminal = createTerminal(io);
  const text =
    options.file === '-' ? await readStandardInput(io) : await readTextFile(options.file);
  const { users, mistakes } = readUsersFile(text);
  if (mistakes.length > 0) {
    tellMistakes(options, mistakes, terminal);
    return EXIT.failed;
  }

  const progress = createProgress(io, 'Tagging users');
  progress.expect(users.length * (options.dryRun ? 1 : 2));
  const limit = pLimit(CONCURRENCY);
  const inTurn = <T>(all: readonly T[], work: (one: T) => Promise<Row>) =>
    Promise.all(all.map((one) => limit(async () => work(one).finally(() => progress.step()))));
  let rows: Row[];
  try {
    const planned = await inTurn(users, (user) => plan(user, io, services));
    stopIfAllFailedAlike(planned);
    rows = options.dryRun ? planned : await inTurn(planned, (row) => apply(row, io, services));
  } finally {
    progress.stop();
  }

  const failed = rows.filter(({ outcome }) => outcome === 'failed');
  if (options.json) terminal.json(report(options, rows));
  else tell(options, rows, failed, terminal);
  return failed.length > 0 ? EXIT.failed : EXIT.ok;
}

async function plan(user: WantedUser, io: Io, services: Services): Promise<Row> {
  const failed = (problem: string, changes = NO_CHANGES): Row => ({
    ...user,
    changes,
    managed: true,
    outcome: 'failed',
    problem,
  });
  try {
    const today = await services.users().tags(user.userName);
    if (!today) return failed('there is no IAM user of this name');
    const changes = changesOf(today, user.tags);
    const problem = obstacle(today, user.tags);
    if (problem !== undefined) return failed(problem, changes);
    return {
      ...user,
      changes,
      managed: isManaged(today, user.tags),
      outcome: changes.added.length + changes.changed.length > 0 ? 'would-tag' : 'unchanged',
    };
  } catch (error) {
    return failed(explain(error, circumstancesOf(io)));
  }
}

async function apply(row: Row, io: Io, services: Services): Promise<Row> {
  if (row.outcome !== 'would-tag') return row;
  const tags: Tag[] = [...row.changes.added, ...row.changes.changed];
  try {
    await services.users().tag(row.userName, tags);
    return { ...row, outcome: 'tagged' };
  } catch (error) {
    return { ...row, outcome: 'failed', problem: explain(error, circumstancesOf(io)) };
  }
}

/** Wrong credentials are one problem, however many users the file has. */
function stopIfAllFailedAlike(rows: readonly Row[]): void {
  const [first, ...others] = rows;
  if (first?.problem === undefined || others.length === 0) return;
  if (
    others.every(({ problem }) => problem === first.problem) &&
    !/ no IAM user /.test(first.problem)
  ) {
    throw new Failure(first.problem);
  }
}

function tellMistakes(
  { file, json }: TagOptions,
  mistakes: readonly Mistake[],
  terminal: Terminal,
) {
  if (json) {
    terminal.json({ file, mistakes });
    return;
  }
  for (const { line, user, tag: name, problem } of mistakes) {
    const where = [line === undefined ? file : `${file}:${line}`, user, name]
      .filter((part) => part !== undefined)
      .map((part) => terminal.paintNote('bold', plainWithin(part, LONGEST_NAME)));
    terminal.noteProse(`${where.join(': ')}: ${shown(problem)}`);
  }
  terminal.note('');
  terminal.note(`${count(mistakes.length, 'mistake')} in ${file}: nobody was tagged.`);
}

interface Line {
  readonly user: string;
  readonly change: 'added' | 'changed' | 'unchanged' | 'failed';
  readonly tag: string;
  readonly value: string;
}

const STYLES: Readonly<Record<Line['change'], Style>> = {
  added: 'green',
  changed: 'yellow',
  unchanged: 'dim',
  failed: 'red',
};

const COLUMNS: readonly Column<Line>[] = [
  { title: 'USER', text: ({ user }) => user, wraps: true },
  { title: 'CHANGE', text: ({ change }) => change, style: ({ change }) => STYLES[change] },
  { title: 'TAG', text: ({ tag: name }) => name, wraps: true },
  { title: 'VALUE', text: ({ value }) => value, wraps: true },
];

function tell(
  options: TagOptions,
  rows: readonly Row[],
  failed: readonly Row[],
  terminal: Terminal,
): void {
  printTable(terminal, rows.flatMap(linesOf), COLUMNS);
  terminal.print('');
  terminal.printProse(`${options.dryRun ? 'Dry run: nobody was tagged. ' : ''}${totals(rows)}.`);
  for (const { userName } of rows.filter(({ managed }) => !managed)) {
    terminal.noteProse(
      `Note: ${shown(userName)} has no tag IKR:EMAIL, neither in the file nor in IAM, and so is not managed.`,
    );
  }
  if (failed.length === 0) return;
  terminal.note('');
  terminal.note(`${terminal.paintNote('red', 'Failed')}:`);
  for (const { userName, problem = '' } of failed) {
    terminal.note(`  ${shown(userName)}: ${shown(problem)}`);
  }
}

function linesOf({ userName, changes, outcome }: Row): Line[] {
  const { added, changed, unchanged } = changes;
  const lines: Omit<Line, 'user'>[] = [
    ...added.map(({ key, value }) => ({ change: 'added' as const, tag: key, value })),
    ...changed.map(({ key, from, value }) => ({
      change: 'changed' as const,
      tag: key,
      value: `${from} → ${value}`,
    })),
    ...(unchanged.length > 0
      ? [{ change: 'unchanged' as const, tag: count(unchanged.length, 'tag'), value: '' }]
      : []),
  ];
  if (outcome === 'failed') {
    lines.unshift({ change: 'failed', tag: '', value: 'see below' });
  }
  return lines.map((line, at) => ({ ...line, user: at === 0 ? userName : '' }));
}

function totals(rows: readonly Row[]): string {
  const of = (outcome: Row['outcome']) => rows.filter((row) => row.outcome === outcome).length;
  return [
    of('tagged') > 0 && `${count(of('tagged'), 'user')} tagged`,
    of('would-tag') > 0 && `${count(of('would-tag'), 'user')} would be tagged`,
    of('unchanged') > 0 && `${count(of('unchanged'), 'user')} unchanged`,
    of('failed') > 0 && `${count(of('failed'), 'user')} failed`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

function report({ file, dryRun = false }: TagOptions, rows: readonly Row[]) {
  const values = (tags: readonly Tag[]) =>
    Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  return {
    file,
    dryRun,
    users: rows.map(({ userName, outcome, problem, changes, managed }) => ({
      userName,
      outcome,
      ...(problem !== undefined && { problem }),
      ...(outcome !== 'failed' && { managed }),
      added: values(changes.added),
      changed: Object.fromEntries(
        changes.changed.map(({ key, from, value }) => [key, { from, to: value }]),
      ),
      unchanged: values(changes.unchanged),
    })),
  };
}
