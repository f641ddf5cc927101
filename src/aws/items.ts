/**
 * The table's items and the journal's types: how keys are made, and how what is read is checked.
 * People can edit items by hand, so nothing that is read is believed.
 */
import type * as z from 'zod/mini';
import {
  type HistoryItem,
  historySchema,
  RECORD_SCHEMA,
  type RotationRecord,
  recordSchema,
  schemaOf,
  type Timer,
  timerSchema,
} from '../domain/record.ts';
import { iso } from '../domain/time.ts';
import type { UnreadableItem } from '../ports/journal.ts';

export type Item = Readonly<Record<string, unknown>>;

/** The table's primary key. */
export interface ItemKey {
  /** Hash key: the account, or the account and a kind of items. */
  readonly account: string;
  /** Range key. */
  readonly item: string;
}

const ACCOUNT_ID = /^\d{12}$/;
const RECORD_RANGE = /^(\w+)\/rotation$/;
const TIMER_RANGE = /^(\w+)\/timer\/(\w+)$/;

/** An item that is not what its key says. The message names the item and the field. */
export class ItemError extends Error {
  override readonly name = 'ItemError';
}

export function recordKey(account: string, userId: string): ItemKey {
  return { account, item: `${userId}/rotation` };
}

export function timerKey(account: string, userId: string, oldKeyId: string): ItemKey {
  return { account, item: `${userId}/timer/${oldKeyId}` };
}

/** Whether a hash key is an account's own: there are partitions for other things beside it. */
export function isAccountPartition(account: string): boolean {
  return ACCOUNT_ID.test(account);
}

/** The partition of the closed rotations of an account. */
export function historyPartition(account: string): string {
  return `${account}/history`;
}

/** What a range key in an account's partition names. */
export type RangeKey =
  | { readonly kind: 'record'; readonly userId: string }
  | { readonly kind: 'timer'; readonly userId: string; readonly oldKeyId: string }
  | { readonly kind: 'other' };

export function readRangeKey(item: string): RangeKey {
  const record = RECORD_RANGE.exec(item);
  if (record?.[1]) return { kind: 'record', userId: record[1] };
  const timer = TIMER_RANGE.exec(item);
  if (timer?.[1] && timer[2]) return { kind: 'timer', userId: timer[1], oldKeyId: timer[2] };
  return { kind: 'other' };
}

/** @param writeId tells this write from every other, so that its own echo is recognised */
export function toRecordItem(record: RotationRecord, writeId: string): Item {
  return { ...recordKey(record.accountId, record.userId), ...record, writeId };
}

/** @throws ItemError */
export function toRecord(item: Item): RotationRecord {
  const schema = schemaOf.safeParse(item);
  if (schema.success && schema.data.schema !== RECORD_SCHEMA) {
    throw new ItemError(
      `The table's item ${nameOf(item)} was written by another version (schema ${schema.data.schema}; this version knows ${RECORD_SCHEMA}); it is left alone`,
    );
  }
  const record = check(recordSchema, item);
  // Taken for another user's, it would stand in the way of that user's own.
  const key = recordKey(record.accountId, record.userId);
  if (key.account !== item.account) throw unreadable(item, 'accountId');
  if (key.item !== item.item) throw unreadable(item, 'userId');
  return record;
}

export function toTimerItem(account: string, timer: Timer): Item {
  const { userId, oldKeyId, deleteOnEpochSeconds, rotationId, vetoed } = timer;
  return {
    ...timerKey(account, userId, oldKeyId),
    delete_on: deleteOnEpochSeconds,
    ...(rotationId !== undefined && { rotationId }),
    ...(vetoed && { vetoed }),
  };
}

/** @throws ItemError */
export function toTimer(item: Item): Timer {
  const key = readRangeKey(String(item.item));
  if (key.kind !== 'timer') throw unreadable(item, 'item');
  const { delete_on, rotationId, vetoed } = check(timerSchema, item);
  return {
    userId: key.userId,
    oldKeyId: key.oldKeyId,
    deleteOnEpochSeconds: delete_on,
    ...(rotationId !== undefined && { rotationId }),
    ...(vetoed && { vetoed }),
  };
}

function historyKey({ accountId, userId, rotationId, closedAtMs }: HistoryItem): ItemKey {
  return {
    account: historyPartition(accountId),
    item: `${iso(closedAtMs)}/${userId}/${rotationId}`,
  };
}

export function toHistoryItem(item: HistoryItem): Item {
  return { ...historyKey(item), ...item };
}

/** @throws ItemError */
export function fromHistoryItem(item: Item): HistoryItem {
  const history = check(historySchema, item);
  const key = historyKey(history);
  // Only of the account and the moment that it says is it evidence.
  if (key.account !== item.account) throw unreadable(item, 'accountId');
  if (key.item !== item.item) throw unreadable(item, 'item');
  return history;
}

/** What the items of an account's partition tell; those of other kinds are left out. */
export interface AccountItems {
  readonly records: RotationRecord[];
  readonly timers: Timer[];
  readonly unreadable: UnreadableItem[];
}

/** Reads an account's partition. An item that can't be read never stands in the way of the others. */
export function readAccountItems(items: readonly Item[]): AccountItems {
  const of = (kind: RangeKey['kind']) =>
    items.filter(({ item }) => readRangeKey(String(item)).kind === kind);
  const records = readEach(of('record'), toRecord);
  const timers = readEach(of('timer'), toTimer);
  return {
    records: records.read,
    timers: timers.read,
    unreadable: [...records.unreadable, ...timers.unreadable],
  };
}

/** Reads the records of several users, by user ID; those that can't be read are left out. */
export function readRecordItems(items: readonly Item[]): Map<string, RotationRecord> {
  return new Map(readEach(items, toRecord).read.map((record) => [record.userId, record]));
}

/**
 * Reads closed rotations: oldest first, and each once. A run that was interrupted while it closed a
 * rotation leaves an item to the run that does it again.
 */
export function readHistoryItems(items: readonly Item[]): {
  readonly items: HistoryItem[];
  readonly problems: string[];
} {
  const { read, unreadable } = readEach(items, fromHistoryItem);
  const last = new Map<string, HistoryItem>();
  for (const item of read.sort((a, b) => a.closedAtMs - b.closedAtMs)) {
    const id = `${item.userId} ${item.rotationId}`;
    last.delete(id);
    last.set(id, item);
  }
  return { items: [...last.values()], problems: unreadable.map(({ problem }) => problem) };
}

/** Reads each of many items by itself. */
function readEach<T>(
  items: readonly Item[],
  read: (item: Item) => T,
): { read: T[]; unreadable: UnreadableItem[] } {
  const all: T[] = [];
  const unreadable: UnreadableItem[] = [];
  for (const item of items) {
    try {
      all.push(read(item));
    } catch (error) {
      if (!(error instanceof ItemError)) throw error;
      const key = readRangeKey(String(item.item));
      unreadable.push({
        ...(key.kind === 'record' && { userId: key.userId }),
        problem: error.message,
      });
    }
  }
  return { read: all, unreadable };
}

function check<T>(schema: z.ZodMiniType<T>, item: Item): T {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'state').join(', ');
  throw unreadable(item, fields);
}

function unreadable(item: Item, fields: string): ItemError {
  return new ItemError(
    `The table's item ${nameOf(item)} can't be read (${fields}): it was changed by hand; repair or delete it`,
  );
}

function nameOf({ account, item }: Item): string {
  return `${String(account)} ${String(item)}`;
}
