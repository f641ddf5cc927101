import {
  fromHistoryItem,
  historyPartition,
  type Item,
  ItemError,
  readOrNote,
  readRangeKey,
  recordKey,
  sortHistory,
  timerKey,
  toHistoryItem,
  toRecord,
  toRecordItem,
  toTimer,
  toTimerItem,
} from '../../src/aws/items.ts';
import { latestRetryAtMs, rests } from '../../src/domain/back-off.ts';
import {
  type HistoryItem,
  RECORD_SCHEMA,
  type RotationRecord,
  type Timer,
} from '../../src/domain/record.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { Conflict } from '../../src/ports/errors.ts';
import type { Journal, UnreadableItem } from '../../src/ports/journal.ts';
import type { MemoryTable } from './table.ts';

/**
 * The journal on the table in memory: the conditions of `aws/dynamodb-journal.ts`, evaluated on
 * the same items.
 * @param lagMs `readAccount` tells what was true this long ago
 */
export function memoryJournal(
  table: MemoryTable,
  accountId: string,
  clock: Clock,
  lagMs = 0,
): Journal {
  const keyOf = (userId: string) => recordKey(accountId, userId);
  const writeIf = (record: RotationRecord, condition: (item: Item | undefined) => boolean) => {
    const item = table.get(keyOf(record.userId));
    if (condition(item)) {
      table.put(toRecordItem(record, 'write'));
      return;
    }
    const current = item && readable(item);
    if (current instanceof ItemError) throw new Conflict(current.message, undefined);
    const found = current ? `${current.state} in version ${current.version}` : 'gone';
    throw new Conflict(`the rotation record of ${record.userName} is ${found}`, current);
  };

  return {
    async readAccount() {
      const records: RotationRecord[] = [];
      const timers: Timer[] = [];
      const unreadable: UnreadableItem[] = [];
      for (const item of table.items(lagMs)) {
        if (item.account !== accountId) continue;
        const { kind } = readRangeKey(String(item.item));
        if (kind === 'other') continue;
        readOrNote(unreadable, item, () =>
          kind === 'record' ? records.push(toRecord(item)) : timers.push(toTimer(item)),
        );
      }
      return { records, timers, unreadable };
    },

    async read(userId) {
      const item = table.get(keyOf(userId));
      return item && toRecord(item);
    },

    async timer(userId, oldKeyId) {
      const item = table.get(timerKey(accountId, userId, oldKeyId));
      return item && toTimer(item);
    },

    async readAll(userIds) {
      const records = new Map<string, RotationRecord>();
      for (const userId of userIds) {
        const item = table.get(keyOf(userId));
        if (item) readOrNote([], item, () => records.set(userId, toRecord(item)));
      }
      return records;
    },

    async begin(record, { ignoreBackOff = false } = {}) {
      writeIf(record, (item) => {
        const isNew = item === undefined;
        const isClosed = item?.state === 'CLOSED' && item.schema === RECORD_SCHEMA;
        const nowMs = clock.nowMs();
        const isOver = Number(item?.retryNotBeforeMs) <= nowMs;
        const isTooLong = Number(item?.retryNotBeforeMs) > latestRetryAtMs(nowMs);
        const hasRested = item?.outcome === 'seen' || !rests(Number(item?.closedAtMs), nowMs);
        return isNew || (isClosed && hasRested && (ignoreBackOff || isOver || isTooLong));
      });
    },

    async add(record) {
      writeIf(record, (item) => item === undefined);
    },

    async replace(previous, next) {
      writeIf(
        next,
        (item) => item?.rotationId === previous.rotationId && item.version === previous.version,
      );
    },

    async putTimer(timer, { givesWay = false } = {}) {
      const item = table.get(timerKey(accountId, timer.userId, timer.oldKeyId));
      const hasNoVeto = item?.vetoed === undefined;
      const isOfAnother = item?.rotationId !== undefined && item.rotationId !== timer.rotationId;
      const isOfSame = item?.rotationId === timer.rotationId;
      const mayReplace = timer.vetoed || hasNoVeto || isOfAnother;
      const mayRestore =
        item === undefined ||
        (isOfSame && (timer.vetoed || hasNoVeto)) ||
        (timer.vetoed && timer.rotationId === undefined && hasNoVeto);
      const isSet = givesWay ? mayRestore : mayReplace;
      if (isSet) table.put(toTimerItem(accountId, timer));
      return isSet === true;
    },

    async removeTimer(userId, oldKeyId) {
      table.remove(timerKey(accountId, userId, oldKeyId));
    },

    async addHistory(item) {
      table.put(toHistoryItem(item));
    },

    async history(userId) {
      const items: HistoryItem[] = [];
      const unreadable: UnreadableItem[] = [];
      for (const item of table.items()) {
        if (item.account !== historyPartition(accountId)) continue;
        if (userId !== undefined && item.userId !== userId) continue;
        readOrNote(unreadable, item, () => items.push(fromHistoryItem(item)));
      }
      return { items: sortHistory(items), problems: unreadable.map(({ problem }) => problem) };
    },
  };
}

function readable(item: Item): RotationRecord | ItemError {
  try {
    return toRecord(item);
  } catch (error) {
    if (error instanceof ItemError) return error;
    throw error;
  }
}
