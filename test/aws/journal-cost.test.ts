/** What the journal's calls cost depends on the account's managed users, and on nothing else. */
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Item, timerKey, toHistoryItem, toRecordItem } from '../../src/aws/items.ts';
import {
  closedRecord,
  deliveringRecord,
  scheduledRecord,
  startedRecord,
} from '../support/records.ts';
import {
  ACCOUNT_ID,
  historyItem,
  type JournalTable,
  type JournalWorld,
  ownBy,
  startJournalWorld,
} from './support/journal-table.ts';

/** What one call of DynamoDB writes. */
const BATCH_SIZE = 25;
const HISTORY_ITEMS = 2_000;
const OTHER_ACCOUNTS = 20;
const RECORDS_EACH = 50;

let world: JournalWorld;
beforeAll(async () => {
  world = await startJournalWorld();
});
afterAll(() => world.account.close());

async function write({ client, name }: JournalTable, items: readonly Item[]): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    const requests = items
      .slice(start, start + BATCH_SIZE)
      .map((item) => ({ PutRequest: { Item: { ...item } } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [name]: requests } }));
  }
}

/** The account's own users: closed, open, and with timers. */
function ownItems(): Item[] {
  return Array.from({ length: 40 }, (_, index) => {
    const userId = `AIDAUSER${index}`;
    const record = index % 2 === 0 ? closedRecord() : scheduledRecord();
    return [
      toRecordItem(ownBy(userId, record), 'write'),
      ...(index % 2 === 0
        ? []
        : [{ ...timerKey(ACCOUNT_ID, userId, 'AKIAOLD'), delete_on: 1_900_000_000 }]),
    ];
  }).flat();
}

/** History of the account and of others, and other accounts' records. */
function otherItems(): Item[] {
  const history = Array.from({ length: HISTORY_ITEMS }, (_, index) =>
    toHistoryItem({
      ...historyItem,
      accountId: index % 10 === 0 ? '900000000000' : ACCOUNT_ID,
      userId: `AIDAUSER${index % 40}`,
      rotationId: `rotation-${index}`,
      closedAtMs: index,
    }),
  );
  const records = Array.from({ length: OTHER_ACCOUNTS * RECORDS_EACH }, (_, index) => ({
    ...toRecordItem(ownBy(`AIDAOTHER${index}`, scheduledRecord()), 'write'),
    account: String(900_000_000_000 + (index % OTHER_ACCOUNTS)),
  }));
  return [...history, ...records];
}

/** The journal's part in a run that begins a rotation, ends another, and sees a user first. */
async function workOn(table: JournalTable) {
  const { journal } = table;
  table.asked.length = 0;
  table.answeredBytes.length = 0;
  const { records, timers } = await journal.readAccount();
  const started = startedRecord();
  await journal.add(ownBy('AIDANEW', closedRecord({ outcome: 'seen' })));
  await journal.begin(started);
  await journal.replace(started, deliveringRecord({ version: 2 }));
  await journal.putTimer({ userId: 'AIDAALICE', oldKeyId: 'AKIAOLD', deleteOnEpochSeconds: 9 });
  await journal.timer('AIDAALICE', 'AKIAOLD');
  await journal.readAll(['AIDAUSER1', 'AIDAUSER3', 'AIDANOBODY']);
  await journal.addHistory({ ...historyItem, rotationId: 'rotation-x', closedAtMs: 999_999 });
  await journal.removeTimer('AIDAALICE', 'AKIAOLD');
  return {
    found: { records: records.length, timers: timers.length },
    calls: table.asked.length,
    bytes: [...table.answeredBytes],
    scanned: table.scanned(),
  };
}

describe('a run', () => {
  it("makes the same calls and reads the same bytes beside any history and other accounts' records", async () => {
    const alone = await world.table();
    await write(alone, ownItems());
    const crowded = await world.table();
    await write(crowded, [...ownItems(), ...otherItems()]);
    const cost = await workOn(alone);
    expect(cost.found).toEqual({ records: 40, timers: 20 });
    expect(cost.calls).toBe(9);
    expect(cost.bytes).toHaveLength(9);
    expect(cost.bytes[0]).toBeGreaterThan(10_000);
    // Not only is nothing else answered with: nothing else is read.
    expect(cost.scanned).toEqual([60]);
    expect(await workOn(crowded)).toEqual(cost);
  });
});
