/** What `ikr status` shows: everybody in a table, a card for each who was asked for, or JSON. */
import type { AccessKey } from '../domain/identity.ts';
import { isOpen, type RotationRecord } from '../domain/record.ts';
import { iso } from '../domain/time.ts';
import { breakText } from './break-text.ts';
import type { PolicySettings } from './settings.ts';
import { type Column, printTable } from './table.ts';
import { shown, type Terminal } from './terminal.ts';
import type { Outlook } from './user-status.ts';
import { count, date, distance, fullDays, moment } from './words.ts';

export interface UserStatus extends Outlook {
  readonly userId: string;
  readonly userName: string;
  readonly address?: string;
  readonly keys: readonly AccessKey[];
  readonly record: RotationRecord | undefined;
  readonly newKeyUsed: boolean;
}

export function printAll(
  rows: readonly UserStatus[],
  users: number,
  settings: PolicySettings,
  nowMs: number,
  terminal: Terminal,
): void {
  if (rows.length > 0) {
    printTable(terminal, rows, columns(nowMs), ({ troubles }) => troubles);
    terminal.print('');
  }
  const { managed, open, dueNow, withTrouble } = totals(rows, users, nowMs);
  terminal.printProse(
    `${count(managed, 'user')} of ${users} managed: ${count(open, 'rotation')} open, ${dueNow} due now, ${withTrouble} with trouble.`,
  );
  if (settings.assumed) {
    terminal.noteProse(
      'Note: reckoned with the default settings (80 days and so on); --function NAME takes those of the deployed rotator.',
    );
  }
}

function columns(nowMs: number): Column<UserStatus>[] {
  return [
    { title: 'USER', text: ({ userName }) => userName, wraps: true },
    { title: 'AGE', align: 'right', text: (row) => age(row, nowMs) },
    { title: 'KEYS', text: ({ keys }) => keys.map(keyWords).join(', '), from: 130 },
    { title: 'ROTATION', text: ({ record }) => (isOpen(record) ? record.state : ''), from: 110 },
    { title: 'NEXT', text: ({ next }) => next, wraps: true },
    {
      title: 'WHEN (UTC)',
      text: ({ atMs }) => (atMs === undefined ? '' : when(atMs, nowMs)),
    },
  ];
}

function when(atMs: number, nowMs: number): string {
  return atMs <= nowMs ? `since ${date(atMs)}` : `${date(atMs)}, ${distance(atMs, nowMs)}`;
}

/** The age of the key that is to be replaced: the oldest. */
function age({ keys }: UserStatus, nowMs: number): string {
  if (keys.length === 0) return '';
  return `${fullDays(Math.min(...keys.map(({ createdAtMs }) => createdAtMs)), nowMs)} d`;
}

function keyWords({ accessKeyId, status: state }: AccessKey): string {
  return state === 'Active' ? accessKeyId : `${accessKeyId} (inactive)`;
}

function totals(rows: readonly UserStatus[], users: number, nowMs: number) {
  const of = (test: (row: UserStatus) => boolean) => rows.filter(test).length;
  return {
    users,
    managed: rows.length,
    open: of(({ record }) => isOpen(record)),
    dueNow: of(({ record, atMs }) => !isOpen(record) && atMs !== undefined && atMs <= nowMs),
    withTrouble: of(({ troubles }) => troubles.length > 0),
  };
}

/** Everything about one user. */
export function printCard(row: UserStatus, nowMs: number, terminal: Terminal): void {
  const { record, keys, atMs, address } = row;
  const say = (label: string, text: string) =>
    terminal.print(`  ${label.padEnd(10)}${shown(text)}`);
  const when = (ms: number) => `${moment(ms)} (${distance(ms, nowMs)})`;
  terminal.print(terminal.paint('bold', shown(row.userName)));
  say('ID', row.userId);
  if (address !== undefined) say('Mail to', address);
  for (const key of keys) {
    const role = isOpen(record) ? roleOf(key, record, row.newKeyUsed) : '';
    say('Key', `${keyWords(key)}, ${count(fullDays(key.createdAtMs, nowMs), 'day')} old${role}`);
  }
  if (isOpen(record)) {
    say('Rotation', `${record.state}, begun ${when(record.startedAtMs)}`);
    if ('deliveredAtMs' in record) {
      say('', `mailed ${when(record.deliveredAtMs)} to ${record.address}`);
    }
    say('Parameter', record.parameterName);
  }
  say('Next', row.next + (atMs === undefined ? '' : `, ${when(atMs)}`));
  for (const trouble of row.troubles) {
    breakText(shown(trouble), terminal.width - 4).forEach((line, index) => {
      terminal.print(`  ${terminal.paint('yellow', `${index === 0 ? '!' : ' '} ${line}`)}`);
    });
  }
  terminal.print('');
}

function roleOf({ accessKeyId }: AccessKey, record: RotationRecord, used: boolean): string {
  if (accessKeyId === record.oldKeyId) return ', the old key';
  if ('newKeyId' in record && accessKeyId === record.newKeyId) {
    return used ? ', the new key' : ', the new key, never used';
  }
  return '';
}

export function report(
  rows: readonly UserStatus[],
  users: number,
  problems: readonly string[],
  settings: PolicySettings,
  nowMs: number,
) {
  return {
    at: iso(nowMs),
    table: settings.table,
    users: rows.map(({ record, keys, atMs, newKeyUsed, ...row }) => ({
      userName: row.userName,
      userId: row.userId,
      ...(row.address !== undefined && { address: row.address }),
      keys: keys.map((key) => ({
        accessKeyId: key.accessKeyId,
        status: key.status,
        createdAt: iso(key.createdAtMs),
        ageDays: fullDays(key.createdAtMs, nowMs),
      })),
      next: row.next,
      ...(atMs !== undefined && { at: iso(atMs) }),
      troubles: row.troubles,
      ...(isOpen(record) && { rotation: rotationOf(record, newKeyUsed) }),
    })),
    totals: totals(rows, users, nowMs),
    problems,
  };
}

/** The record without the sealed key pair. */
function rotationOf(record: RotationRecord, newKeyUsed: boolean) {
  return {
    state: record.state,
    rotationId: record.rotationId,
    startedAt: iso(record.startedAtMs),
    oldKeyId: record.oldKeyId,
    ...('newKeyId' in record && { newKeyId: record.newKeyId, newKeyUsed }),
    ...('deliveredAtMs' in record && { deliveredAt: iso(record.deliveredAtMs) }),
    ...('deleteOnMs' in record && { deleteOn: iso(record.deleteOnMs) }),
    ...('deactivateOnMs' in record &&
      record.deactivateOnMs !== undefined && { deactivateOn: iso(record.deactivateOnMs) }),
    ...(record.leaseUntilMs > 0 && { leaseUntil: iso(record.leaseUntilMs) }),
    parameterName: record.parameterName,
  };
}
