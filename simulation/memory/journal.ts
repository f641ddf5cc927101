import {
  historyPartition,
  type Item,
  ItemError,
  readAccountItems,
  readHistoryItems,
  readRecordItems,
  recordKey,
  timerKey,
  toHistoryItem,
  toRecord,
  toRecordItem,
  toTimer,
  toTimerItem,
} from '../../src/aws/items.ts';
import { latestRetryAtMs, restingSince } from '../../src/domain/back-off.ts';
import { RECORD_SCHEMA, type RotationRecord } from '../../src/domain/record.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { Conflict } from '../../src/ports/errors.ts';
import type { Journal } from '../../src/ports/journal.ts';
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
  /** A partition as a query answers: in the order of the range keys. */
  const query = (partition: string, agoMs = 0): Item[] =>
    table
      .items(agoMs)
      .filter(({ account }) => account === partition)
      .sort((a, b) => (String(a.item) < String(b.item) ? -1 : 1));
  const assertOwn = (what: { readonly accountId: string }): void => {
    if (what.accountId !== accountId) throw new Error(`not of account ${accountId}`);
  };
  const writeIf = (record: RotationRecord, condition: (item: Item | undefined) => boolean) => {
    assertOwn(record);
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
      return readAccountItems(query(accountId, lagMs));
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
      const items = userIds.map((userId) => table.get(keyOf(userId)));
      return readRecordItems(items.filter((item) => item !== undefined));
    },

    async begin(record, { ignoreBackOff = false } = {}) {
      writeIf(record, (item) => {
        const isNew = item === undefined;
        const isClosed = item?.state === 'CLOSED' && item.schema === RECORD_SCHEMA;
        const nowMs = clock.nowMs();
        const retryAtMs = numberIn(item?.retryNotBeforeMs);
        const closedAtMs = numberIn(item?.closedAtMs);
        const { afterMs, untilMs } = restingSince(nowMs);
        const isOver = retryAtMs <= nowMs;
        const isTooLong = retryAtMs > latestRetryAtMs(nowMs);
        const hasRested = item?.outcome === 'seen' || closedAtMs <= afterMs || closedAtMs > untilMs;
        return isNew || (isClosed && hasRested && (ignoreBackOff || isOver || isTooLong));
      });
    },

    async add(record) {
      writeIf(record, (item) => item === undefined);
    },

    async replace(previous, next) {
      writeIf(
        next,
        (item) =>
          item?.rotationId === previous.rotationId &&
          item.version === previous.version &&
          item.schema === RECORD_SCHEMA,
      );
    },

    async putTimer(timer, { givesWay = false } = {}) {
      const item = table.get(timerKey(accountId, timer.userId, timer.oldKeyId));
      const hasNoVeto = item?.vetoed === undefined;
      const rotationId = timer.rotationId ?? '';
      const isOfAnother = item?.rotationId !== undefined && item.rotationId !== rotationId;
      const isOfSame = timer.rotationId ? item?.rotationId === rotationId : !isOfAnother;
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
      assertOwn(item);
      table.put(toHistoryItem(item));
    },

    async history(userId) {
      const items = query(historyPartition(accountId));
      return readHistoryItems(
        items.filter((item) => userId === undefined || item.userId === userId),
      );
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

/** A condition on a number never holds for anything else. */
function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
