/**
 * The journal in memory against the one on DynamoDB: whatever is written, by runs or by hand, both
 * answer the same. Most tests of the engine stand on the one in memory.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { memoryJournal } from '../../simulation/memory/journal.ts';
import { MemoryTable } from '../../simulation/memory/table.ts';
import { documentClient } from '../../src/aws/clients.ts';
import { dynamodbJournal } from '../../src/aws/dynamodb-journal.ts';
import {
  type Item,
  recordKey,
  timerKey,
  toHistoryItem,
  toRecordItem,
} from '../../src/aws/items.ts';
import { type HistoryItem, RECORD_SCHEMA } from '../../src/domain/record.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { Conflict } from '../../src/ports/errors.ts';
import type { Journal } from '../../src/ports/journal.ts';
import {
  closedRecord,
  deliveringRecord,
  STARTED_AT_MS,
  scheduledRecord,
  startedRecord,
} from '../support/records.ts';

const ACCOUNTS = ['123456789012', '210987654321'] as const;
const USERS = ['AIDAALICE', 'AIDABOB'] as const;
const ROTATIONS = ['rotation-1', 'rotation-2'] as const;
const KEYS = ['AKIAOLD', 'AKIAOTHER'] as const;
/** What a person can leave in an attribute; `undefined` takes it out. */
const ODD_VALUES = [undefined, null, '', 'x', '1', 0, -1, 8e15, true, [], {}];

let account: LocalAccount;
let client: DynamoDBDocumentClient;
let tables = 0;

beforeAll(async () => {
  account = await startLocalAccount({ startMs: STARTED_AT_MS + 8 * DAY_MS });
  client = documentClient(
    new DynamoDBClient({
      endpoint: account.endpoint,
      region: account.region,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    }),
  );
});
afterAll(() => account.close());

/** Both tables, empty, and what writes the same into both by hand. */
async function twins() {
  const clock: Clock = { nowMs: () => account.clock.nowMs(), sleep: async () => {} };
  const name = `twin-${tables++}`;
  await account.createTable(name);
  const table = new MemoryTable(clock);
  const pairs = ACCOUNTS.map((id) => [
    memoryJournal(table, id, clock),
    dynamodbJournal(name, id, client, clock),
  ]);
  const byHand = async (item: Item) => {
    table.put(item);
    await client.send(new PutCommand({ TableName: name, Item: { ...item } }));
  };
  return { pairs, byHand };
}

/** What came of a call: its answer, or what kind of error it was and what stood there. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await call };
  } catch (error) {
    if (error instanceof Conflict) return { conflict: error.current };
    return { error: (error as Error).name };
  }
}

/** Everything that a journal tells. */
async function everything(journal: Journal): Promise<unknown> {
  const { records, timers, unreadable } = await journal.readAccount();
  const all = await journal.readAll([...USERS]);
  const sorted = (items: readonly unknown[]) => items.map((one) => JSON.stringify(one)).sort();
  return {
    records: sorted(records.map((record) => Object.entries(record).sort())),
    timers: sorted(timers),
    unreadable: sorted(unreadable),
    all: [...all.keys()].sort(),
    each: await Promise.all(USERS.map((userId) => outcome(journal.read(userId)))),
    timer: await Promise.all(
      USERS.flatMap((userId) => KEYS.map((keyId) => outcome(journal.timer(userId, keyId)))),
    ),
    history: await journal.history(),
    own: await Promise.all(USERS.map((userId) => journal.history(userId))),
  };
}

const pick = fc.record({
  accountId: fc.constantFrom(...ACCOUNTS),
  userId: fc.constantFrom(...USERS),
  rotationId: fc.constantFrom(...ROTATIONS),
  version: fc.nat({ max: 2 }),
});
type Pick = typeof pick extends fc.Arbitrary<infer T> ? T : never;

function own({ accountId, userId, rotationId, version }: Pick) {
  const parameterName = `/ikr/secret/iam/alice/${userId}`;
  return { accountId, userId, rotationId, version, parameterName };
}

const record = fc
  .tuple(
    pick,
    fc.constantFrom(startedRecord, deliveringRecord, scheduledRecord, closedRecord),
    fc.constantFrom(0, 60_000, 91_000, DAY_MS, -DAY_MS, -2 * DAY_MS),
    fc.constantFrom(-1, 0, DAY_MS, 7 * DAY_MS, 30 * DAY_MS),
    fc.constantFrom('failed', 'seen', 'completed'),
  )
  .map(([about, create, closedAgoMs, retryInMs, end]) => {
    const { parameterName, ...subject } = own(about);
    if (create !== closedRecord) return create(own(about));
    const nowMs = STARTED_AT_MS + 8 * DAY_MS;
    return closedRecord({
      ...subject,
      closedAtMs: nowMs - closedAgoMs,
      retryNotBeforeMs: nowMs + retryInMs,
      outcome: end as 'failed',
    });
  });

const timer = fc
  .record({
    userId: fc.constantFrom(...USERS),
    oldKeyId: fc.constantFrom(...KEYS),
    rotationId: fc.constantFrom(undefined, ...ROTATIONS),
    vetoed: fc.constantFrom(undefined, true),
    deleteOnEpochSeconds: fc.nat({ max: 3 }),
  })
  .map(({ rotationId, vetoed, ...rest }) => ({
    ...rest,
    ...(rotationId && { rotationId }),
    ...(vetoed && { vetoed }),
  }));

const historyItem: fc.Arbitrary<HistoryItem> = fc
  .tuple(pick, fc.nat({ max: 3 }))
  .map(([{ accountId, userId, rotationId }, closedAtMs]) => ({
    accountId,
    userId,
    userName: 'alice',
    userArn: 'arn:aws:iam::123456789012:user/alice',
    rotationId,
    startedAtMs: 0,
    closedAtMs,
    outcome: 'completed',
    reason: { code: 'due' },
    oldKeyId: 'AKIAOLD',
    oldKeyCreatedAtMs: 0,
  }));

/** A record or a timer with one attribute as a person left it. */
const edited: fc.Arbitrary<Item> = fc
  .tuple(
    fc.oneof(
      record.map((one) => toRecordItem(one, 'by hand')),
      fc
        .tuple(timer, fc.constantFrom(...ACCOUNTS))
        .map(([{ userId, oldKeyId, deleteOnEpochSeconds, ...rest }, accountId]) => ({
          ...timerKey(accountId, userId, oldKeyId),
          delete_on: deleteOnEpochSeconds,
          ...rest,
        })),
      historyItem.map(toHistoryItem),
    ),
    fc.option(
      fc.tuple(
        fc.constantFrom(
          'schema',
          'accountId',
          'userId',
          'state',
          'version',
          'rotationId',
          'closedAtMs',
          'retryNotBeforeMs',
          'outcome',
          'vetoed',
          'delete_on',
        ),
        fc.oneof(fc.constantFrom<unknown>(...ODD_VALUES), fc.constant(RECORD_SCHEMA + 1)),
      ),
    ),
  )
  .map(([item, change]) => (change ? { ...item, [change[0]]: change[1] } : item));

type Act = (journal: Journal) => Promise<unknown>;
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(pick, fc.boolean()).map(
    ([about, ignoreBackOff]): Act =>
      (journal) =>
        journal.begin(startedRecord(own(about)), { ignoreBackOff }),
  ),
  fc.tuple(pick).map(([about]): Act => {
    const { parameterName, ...subject } = own(about);
    return (journal) => journal.add(closedRecord({ ...subject, outcome: 'seen' }));
  }),
  fc.tuple(pick).map(([about]): Act => {
    const next = { ...own(about), version: about.version + 1 };
    return (journal) => journal.replace(deliveringRecord(own(about)), scheduledRecord(next));
  }),
  fc.tuple(timer, fc.boolean()).map(
    ([one, givesWay]): Act =>
      (journal) =>
        journal.putTimer(one, { givesWay }),
  ),
  fc.tuple(timer).map(
    ([one]): Act =>
      (journal) =>
        journal.removeTimer(one.userId, one.oldKeyId),
  ),
  historyItem.map(
    (one): Act =>
      (journal) =>
        journal.addHistory(one),
  ),
);

const step = fc.oneof(
  { weight: 2, arbitrary: edited.map((item) => ({ item })) },
  { weight: 3, arbitrary: fc.record({ act, of: fc.nat({ max: ACCOUNTS.length - 1 }) }) },
);

describe('the journal in memory', () => {
  it('answers as the one on DynamoDB does, whatever was written by runs and by hand', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { pairs, byHand } = await twins();
        for (const one of steps) {
          if ('item' in one) {
            await byHand(one.item);
            continue;
          }
          const [memory, wire] = await Promise.all(
            (pairs[one.of] ?? []).map((journal) => outcome(one.act(journal))),
          );
          expect(memory).toEqual(wire);
        }
        for (const pair of pairs) {
          const [memory, wire] = await Promise.all(pair.map(everything));
          expect(memory).toEqual(wire);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(['closedAtMs', 'retryNotBeforeMs'])(
    'begins nothing over a closed record whose %s is no number',
    async (field) => {
      for (const odd of [undefined, null, '1', true]) {
        const { pairs, byHand } = await twins();
        await byHand({ ...toRecordItem(closedRecord(), 'by hand'), [field]: odd });
        const next = startedRecord({ rotationId: 'rotation-2' });
        for (const journal of pairs[0] ?? []) {
          await expect(journal.begin(next)).rejects.toThrow(Conflict);
        }
      }
    },
  );

  it("reaches no other account's items, and lets nothing be written into them", async () => {
    const { pairs, byHand } = await twins();
    const theirs = startedRecord({ accountId: ACCOUNTS[1] });
    await byHand(toRecordItem(theirs, 'theirs'));
    await byHand({ ...timerKey(ACCOUNTS[1], 'AIDAALICE', 'AKIAOLD'), delete_on: 1 });
    for (const journal of pairs[0] ?? []) {
      const { records, timers, unreadable } = await journal.readAccount();
      expect([records, timers, unreadable]).toEqual([[], [], []]);
      expect(await journal.read('AIDAALICE')).toBeUndefined();
      expect(await journal.timer('AIDAALICE', 'AKIAOLD')).toBeUndefined();
      expect(await journal.readAll(['AIDAALICE'])).toEqual(new Map());
      await expect(journal.begin(theirs)).rejects.toThrow(ACCOUNTS[0]);
      await expect(
        journal.replace(theirs, deliveringRecord({ accountId: ACCOUNTS[1], version: 2 })),
      ).rejects.toThrow(ACCOUNTS[0]);
      const first = closedRecord({ accountId: ACCOUNTS[1], userId: 'AIDABOB', outcome: 'seen' });
      await expect(journal.add(first)).rejects.toThrow(ACCOUNTS[0]);
      for (const item of fc.sample(historyItem, 1)) {
        const written = journal.addHistory({ ...item, accountId: ACCOUNTS[1] });
        await expect(written).rejects.toThrow(ACCOUNTS[0]);
      }
      await journal.removeTimer('AIDAALICE', 'AKIAOLD');
    }
    for (const journal of pairs[1] ?? []) {
      expect(await journal.readAccount()).toMatchObject({
        records: [theirs],
        timers: [{ oldKeyId: 'AKIAOLD' }],
      });
      expect(await journal.history()).toEqual({ items: [], problems: [] });
    }
  });

  it("tells of an item under a user's key that is of another user or account", async () => {
    const { pairs, byHand } = await twins();
    await byHand({ ...toRecordItem(startedRecord(), 'x'), ...recordKey(ACCOUNTS[0], 'AIDABOB') });
    await byHand({ ...toRecordItem(startedRecord(), 'x'), accountId: ACCOUNTS[1] });
    for (const journal of pairs[0] ?? []) {
      const { records, unreadable } = await journal.readAccount();
      expect(records).toEqual([]);
      expect(unreadable.map(({ userId }) => userId).sort()).toEqual(['AIDAALICE', 'AIDABOB']);
      await expect(journal.read('AIDABOB')).rejects.toThrow('AIDABOB/rotation');
    }
  });
});
