/** What `ikr status` shows: everybody in a table, a card for each who was asked for, or JSON. */

import { iso } from '../domain/time.ts';
import type { StatusAnswer, UserStatus } from '../rotation/commands/answers.ts';
import { breakText } from './break-text.ts';
import { type Column, printTable } from './table.ts';
import { shown, type Terminal } from './terminal.ts';
import { count, date, distance, fullDays, moment } from './words.ts';

type Key = UserStatus['keys'][number];
type Rotation = NonNullable<UserStatus['rotation']>;

export function printAll(answer: StatusAnswer, nowMs: number, terminal: Terminal): void {
  const { users: rows, accountUsers } = answer;
  if (rows.length > 0) {
    printTable(terminal, rows, columns(nowMs), ({ warnings }) => warnings.map(({ text }) => text));
    terminal.print('');
  }
  const { managed, open, dueNow, withWarnings } = totals(answer, nowMs);
  terminal.printProse(
    `${count(managed, 'user')} of ${accountUsers} managed: ${count(open, 'rotation')} open, ${dueNow} due now, ${withWarnings} with warnings.`,
  );
}

function columns(nowMs: number): Column<UserStatus>[] {
  return [
    { title: 'USER', text: ({ userName }) => userName, wraps: true },
    { title: 'AGE', align: 'right', text: (row) => age(row, nowMs) },
    { title: 'KEYS', text: ({ keys }) => keys.map(keyWords).join(', '), from: 130 },
    { title: 'ROTATION', text: ({ rotation }) => rotation?.state ?? '', from: 110 },
    { title: 'NEXT', text: ({ next }) => next.text, wraps: true },
    {
      title: 'WHEN (UTC)',
      text: ({ at }) => (at === undefined ? '' : when(Date.parse(at), nowMs)),
    },
  ];
}

function when(atMs: number, nowMs: number): string {
  return atMs <= nowMs ? `since ${date(atMs)}` : `${date(atMs)}, ${distance(atMs, nowMs)}`;
}

function ageDays({ createdAt }: Key, nowMs: number): number {
  return fullDays(Date.parse(createdAt), nowMs);
}

/** The age of the key that is to be replaced: the oldest. */
function age({ keys }: UserStatus, nowMs: number): string {
  if (keys.length === 0) return '';
  return `${Math.max(...keys.map((key) => ageDays(key, nowMs)))} d`;
}

function keyWords({ accessKeyId, status: state }: Key): string {
  return state === 'Active' ? accessKeyId : `${accessKeyId} (inactive)`;
}

function totals({ users: rows, accountUsers }: StatusAnswer, nowMs: number) {
  const of = (test: (row: UserStatus) => boolean) => rows.filter(test).length;
  return {
    users: accountUsers,
    managed: rows.length,
    open: of(({ rotation }) => rotation !== undefined),
    dueNow: of(({ rotation, at }) => !rotation && at !== undefined && Date.parse(at) <= nowMs),
    withWarnings: of(({ warnings }) => warnings.length > 0),
  };
}

/** Everything about one user. */
export function printCard(row: UserStatus, nowMs: number, terminal: Terminal): void {
  const { rotation, keys, at, address } = row;
  const say = (label: string, text: string) =>
    terminal.print(`  ${label.padEnd(10)}${shown(text)}`);
  const moments = (text: string) => {
    const ms = Date.parse(text);
    return `${moment(ms)} (${distance(ms, nowMs)})`;
  };
  terminal.print(terminal.paint('bold', shown(row.userName)));
  say('ID', row.userId);
  if (address !== undefined) say('Mail to', address);
  for (const key of keys) {
    const role = rotation ? roleOf(key, rotation) : '';
    say('Key', `${keyWords(key)}, ${count(ageDays(key, nowMs), 'day')} old${role}`);
  }
  if (rotation) {
    say('Rotation', `${rotation.state}, begun ${moments(rotation.startedAt)}`);
    if (rotation.deliveredAt !== undefined) {
      say('', `mailed ${moments(rotation.deliveredAt)} to ${rotation.deliveredTo ?? ''}`);
    }
    say('Parameter', rotation.parameterName);
  }
  say('Next', row.next.text + (at === undefined ? '' : `, ${moments(at)}`));
  for (const { text } of row.warnings) {
    breakText(shown(text), terminal.width - 4).forEach((line, index) => {
      terminal.print(`  ${terminal.paint('yellow', `${index === 0 ? '!' : ' '} ${line}`)}`);
    });
  }
  terminal.print('');
}

function roleOf({ accessKeyId }: Key, { oldKeyId, newKeyId, newKeyUsed }: Rotation): string {
  if (accessKeyId === oldKeyId) return ', the old key';
  if (accessKeyId !== newKeyId) return '';
  return newKeyUsed ? ', the new key' : ', the new key, never used';
}

/** @param functionName that answered */
export function report(answer: StatusAnswer, functionName: string, nowMs: number) {
  return {
    at: iso(nowMs),
    function: functionName,
    users: answer.users.map(({ keys, ...row }) => ({
      ...row,
      keys: keys.map((key) => ({ ...key, ageDays: ageDays(key, nowMs) })),
    })),
    totals: totals(answer, nowMs),
    problems: answer.problems,
  };
}
