/** `ikr history`: the closed rotations, for auditors. */
import { stringify } from 'csv-stringify/sync';
import { type HistoryFacts, historyAnswer } from '../../rotation/commands/answers.ts';
import { UsageError } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import { type AskOptions, type RotatorFunction, rotatorFunction } from '../rotator-function.ts';
import type { Services } from '../services.ts';
import { type Column, printTable } from '../table.ts';
import { createTerminal, type Style, shown } from '../terminal.ts';
import { count, fullDays, moment } from '../words.ts';

export interface HistoryOptions extends AskOptions {
  /** Name or unique ID; everybody when missing. */
  readonly user?: string;
  readonly csv?: boolean;
}

export async function history(
  options: HistoryOptions,
  io: Io,
  services: Services,
): Promise<number> {
  if (options.json && options.csv) throw new UsageError('Choose one: --json or --csv.');
  const terminal = createTerminal(io);
  const { items, problems } = await allPages(rotatorFunction(options, io, services), options.user);

  if (options.json) terminal.json(items.map(facts));
  else if (options.csv) terminal.raw(toCsv(items));
  else if (items.length === 0) {
    if (problems.length === 0) terminal.print(nothing(options));
  } else {
    printTable(terminal, items, COLUMNS);
    terminal.print('');
    terminal.printProse(totals(items));
  }
  for (const problem of problems) terminal.noteProblem(problem);
  // Whoever audits must not take a part for the whole.
  return problems.length > 0 ? EXIT.failed : EXIT.ok;
}

async function allPages(
  rotator: RotatorFunction,
  user: string | undefined,
): Promise<{ items: HistoryFacts[]; problems: string[] }> {
  const items: HistoryFacts[] = [];
  const problems: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await rotator.ask(
      {
        action: 'history',
        ...(user !== undefined && { user }),
        ...(cursor !== undefined && { cursor }),
      },
      historyAnswer,
    );
    items.push(...page.items);
    problems.push(...page.problems);
    cursor = page.next;
  } while (cursor !== undefined);
  return { items, problems };
}

function nothing({ user }: HistoryOptions): string {
  return user === undefined
    ? 'No rotation was closed yet.'
    : `No closed rotation of ${shown(user)}.`;
}

const STYLES: Readonly<Record<string, Style | undefined>> = {
  completed: 'green',
  failed: 'red',
  postponed: 'yellow',
  undone: 'yellow',
  cancelled: 'yellow',
  'user-gone': undefined,
  unused: 'yellow',
};

const COLUMNS: readonly Column<HistoryFacts>[] = [
  {
    title: 'CLOSED (UTC)',
    text: ({ closedAt }) => moment(Date.parse(closedAt)).replace(' UTC', ''),
  },
  { title: 'USER', text: ({ userName }) => userName, wraps: true },
  { title: 'USER ID', text: ({ userId }) => userId, from: 180 },
  { title: 'OUTCOME', text: ({ outcome }) => outcome, style: ({ outcome }) => STYLES[outcome] },
  { title: 'OLD KEY', text: ({ oldKeyId }) => oldKeyId, from: 100 },
  { title: 'NEW KEY', text: ({ newKeyId = '' }) => newKeyId, from: 120 },
  { title: 'AGE', align: 'right', text: (item) => `${ageDays(item)} d` },
  { title: 'WHY', text: ({ reason }) => reason, wraps: true },
];

/** The age of the old key when the rotation ended. */
function ageDays({ oldKeyCreatedAt, closedAt }: HistoryFacts): number {
  return fullDays(Date.parse(oldKeyCreatedAt), Date.parse(closedAt));
}

function totals(items: readonly HistoryFacts[]): string {
  const known = Object.keys(STYLES);
  const others = items.map(({ outcome }) => outcome).filter((outcome) => !known.includes(outcome));
  const outcomes = [...known, ...new Set(others)]
    .map((outcome) => ({
      outcome,
      number: items.filter((item) => item.outcome === outcome).length,
    }))
    .filter(({ number }) => number > 0)
    .map(({ outcome, number }) => `${number} ${outcome}`);
  return `${count(items.length, 'rotation')}: ${outcomes.join(', ')}.`;
}

/** An item as machines read it. */
function facts(item: HistoryFacts) {
  return {
    userId: item.userId,
    userName: item.userName,
    userArn: item.userArn,
    outcome: item.outcome,
    code: item.code,
    reason: item.reason,
    startedAt: item.startedAt,
    closedAt: item.closedAt,
    oldKeyId: item.oldKeyId,
    oldKeyCreatedAt: item.oldKeyCreatedAt,
    oldKeyAgeDays: ageDays(item),
    newKeyId: item.newKeyId ?? '',
    rotationId: item.rotationId,
  };
}

type Facts = ReturnType<typeof facts>;

const CSV_COLUMNS: readonly (keyof Facts)[] = [
  'userId',
  'userName',
  'userArn',
  'outcome',
  'reason',
  'startedAt',
  'closedAt',
  'oldKeyId',
  'oldKeyCreatedAt',
  'oldKeyAgeDays',
  'newKeyId',
  'rotationId',
  'code',
];

function toCsv(items: readonly HistoryFacts[]): string {
  // A user may be called =cmd: what a spreadsheet would take for a formula begins with a quote.
  return stringify(
    items.map(facts).map((row) => CSV_COLUMNS.map((name) => cell(row[name]))),
    { header: true, columns: [...CSV_COLUMNS], escape_formulas: true, record_delimiter: 'windows' },
  );
}

/** Blanks at the ends would hide the first character from the protection. */
function cell(value: string | number): string | number {
  return typeof value === 'number' ? value : shown(value).trim();
}
