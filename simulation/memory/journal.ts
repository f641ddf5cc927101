import {
  fromHistoryItem,
  HISTORY_PREFIX,
  type Item,
  ItemError,
  noting,
  RECORD_KEY,
  recordKey,
  toHistoryItem,
  toRecord,
  toRecordItem,
  toTimer,
  toTimerItem,
} from '../../src/aws/items.ts';
import type { HistoryItem, RotationRecord, Timer } from '../../src/domain/record.ts';
import { latestRetryAtMs, rests } from '../../src/domain/rotation.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { Conflict } from '../../src/ports/errors.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { MemoryTable } from './table.ts';

/**
 * The journal on the table in memory: the conditions of `aws/dynamodb-journal.ts`, evaluated on
 * the same items.
 * @param scanLagMs `scan` tells what was true this long ago
 */
export function memoryJournal(table: MemoryTable, clock: Clock, scanLagMs = 0): Journal {
  const writeIf = (record: RotationRecord, condition: (item: Item | undefined) => boolean) => {
    const item = table.get(recordKey(record.userId));
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
    async scan() {
      const records: RotationRecord[] = [];
      const timers: Timer[] = [];
      const problems: string[] = [];
      for (const item of table.items(scanLagMs)) {
        if (item.ak !== RECORD_KEY && item.delete_on === undefined) continue;
        noting(problems, () =>
          item.ak === RECORD_KEY ? records.push(toRecord(item)) : timers.push(toTimer(item)),
        );
      }
      return { records, timers, problems };
    },

    async read(userId) {
      const item = table.get(recordKey(userId));
      return item && toRecord(item);
    },

    async readAll(userIds) {
      const records = new Map<string, RotationRecord>();
      for (const userId of userIds) {
        const item = table.get(recordKey(userId));
        if (item) noting([], () => records.set(userId, toRecord(item)));
      }
      return records;
    },

    async begin(record, { ignoreBackOff = false } = {}) {
      writeIf(record, (item) => {
        const isNew = item === undefined;
        const isClosed = item?.state === 'CLOSED';
        const nowMs = clock.nowMs();
        const isOver = Number(item?.retryNotBeforeMs) <= nowMs;
        const isTooLong = Number(item?.retryNotBeforeMs) > latestRetryAtMs(nowMs);
        const hasRested = !rests(Number(item?.closedAtMs), nowMs);
        return isNew || (isClosed && hasRested && (ignoreBackOff || isOver || isTooLong));
      });
    },

    async replace(previous, next) {
      writeIf(
        next,
        (item) => item?.rotationId === previous.rotationId && item.version === previous.version,
      );
    },

    async putTimer(timer, { givesWay = false } = {}) {
      const item = table.get({ user: timer.userId, ak: timer.oldKeyId });
      const hasNoVeto = item?.vetoed === undefined;
      const isOfAnother = item?.rotationId !== undefined && item.rotationId !== timer.rotationId;
      const isOfSame = item?.rotationId === timer.rotationId;
      const mayReplace = timer.vetoed || hasNoVeto || isOfAnother;
      const mayRestore =
        item === undefined ||
        (isOfSame && (timer.vetoed || hasNoVeto)) ||
        (timer.vetoed && timer.rotationId === undefined && hasNoVeto);
      const isSet = givesWay ? mayRestore : mayReplace;
      if (isSet) table.put(toTimerItem(timer));
      return isSet === true;
    },

    async removeTimer(userId, oldKeyId) {
      table.remove({ user: userId, ak: oldKeyId });
    },

    async addHistory(item) {
      table.put(toHistoryItem(item));
    },

    async history(userId) {
      const items: HistoryItem[] = [];
      const problems: string[] = [];
      for (const item of table.items()) {
        if (!String(item.ak).startsWith(HISTORY_PREFIX)) continue;
        if (userId !== undefined && item.user !== userId) continue;
        noting(problems, () => items.push(fromHistoryItem(item)));
      }
      return { items: items.sort((a, b) => a.closedAtMs - b.closedAtMs), problems };
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
