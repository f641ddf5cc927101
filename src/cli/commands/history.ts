/** `ikr history`: the closed rotations, for auditors. */
import { stringify } from 'csv-stringify/sync';
import type { HistoryItem, Outcome } from '../../domain/record.ts';
import { iso } from '../../domain/time.ts';
import type { Journal } from '../../ports/journal.ts';
import { UsageError } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import { idOf, UNIQUE_ID } from '../lookup.ts';
import type { Services } from '../services.ts';
import { type TableOptions, tableName } from '../settings.ts';
import { type Column, printTable } from '../table.ts';
import { createTerminal, type Style, shown } from '../terminal.ts';
import { count, fullDays, moment } from '../words.ts';

export interface HistoryOptions extends TableOptions {
  /** Name or unique ID; everybody when missing. */
  readonly user?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export async function history(
  options: HistoryOptions,
  io: Io,
  services: Services,
): Promise<number> {
  if (options.json && options.csv) throw new UsageError('Choose one: --json or --csv.');
  const terminal = createTerminal(io);
  const journal = services.journal(await tableName(options, io, services));
  const { items, problems } =
    options.user === undefined
      ? await journal.history()
      : await historyOf(options.user, journal, services);

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

function nothing({ user }: HistoryOptions): string {
  return user === undefined
    ? 'No rotation was closed yet.'
    : `No closed rotation of ${shown(user)}.`;
}

/**
 * Everything of one user. A name leads to the user who has it now, whatever the items call that
 * user, and to whoever had it when an item was written: deleted users have no other way to be found.
 */
async function historyOf(
  user: string,
  journal: Journal,
  services: Services,
): ReturnType<Journal['history']> {
  if (UNIQUE_ID.test(user)) {
    const own = await journal.history(user);
    if (own.items.length + own.problems.length > 0) return own;
  }
  const [{ items, problems }, userId] = await Promise.all([
    journal.history(),
    idOf(user, services.keys()),
  ]);
  const isMeant = (item: HistoryItem) => item.userName === user || item.userId === userId;
  return { items: items.filter(isMeant), problems };
}

const STYLES: Readonly<Record<Outcome, Style | undefined>> = {
  completed: 'green',
  failed: 'red',
  postponed: 'yellow',
  undone: 'yellow',
  cancelled: 'yellow',
  'user-gone': undefined,
  unused: 'yellow',
};

const COLUMNS: readonly Column<HistoryItem>[] = [
  { title: 'CLOSED (UTC)', text: ({ closedAtMs }) => moment(closedAtMs).replace(' UTC', '') },
  { title: 'USER', text: ({ userName }) => userName, wraps: true },
  { title: 'USER ID', text: ({ userId }) => userId, from: 180 },
  { title: 'OUTCOME', text: ({ outcome }) => outcome, style: ({ outcome }) => STYLES[outcome] },
  { title: 'OLD KEY', text: ({ oldKeyId }) => oldKeyId, from: 100 },
  { title: 'NEW KEY', text: ({ newKeyId = '' }) => newKeyId, from: 120 },
  { title: 'AGE', align: 'right', text: (item) => `${ageDays(item)} d` },
  { title: 'WHY', text: ({ reason }) => reason, wraps: true },
];

/** The age of the old key when the rotation ended. */
function ageDays({ oldKeyCreatedAtMs, closedAtMs }: HistoryItem): number {
  return fullDays(oldKeyCreatedAtMs, closedAtMs);
}

function totals(items: readonly HistoryItem[]): string {
  const outcomes = (Object.keys(STYLES) as Outcome[])
    .map((outcome) => ({
      outcome,
      number: items.filter((item) => item.outcome === outcome).length,
    }))
    .filter(({ number }) => number > 0)
    .map(({ outcome, number }) => `${number} ${outcome}`);
  return `${count(items.length, 'rotation')}: ${outcomes.join(', ')}.`;
}

/** An item as machines read it. */
function facts(item: HistoryItem) {
  return {
    userId: item.userId,
    userName: item.userName,
    userArn: item.userArn,
    outcome: item.outcome,
    reason: item.reason,
    startedAt: iso(item.startedAtMs),
    closedAt: iso(item.closedAtMs),
    oldKeyId: item.oldKeyId,
    oldKeyCreatedAt: iso(item.oldKeyCreatedAtMs),
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
];

function toCsv(items: readonly HistoryItem[]): string {
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
