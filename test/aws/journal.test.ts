import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { documentClient } from '../../src/aws/clients.ts';
import { dynamodbJournal } from '../../src/aws/dynamodb-journal.ts';
import type { RotationRecord } from '../../src/domain/record.ts';
import { latestRetryAtMs } from '../../src/domain/rotation.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { Conflict } from '../../src/ports/errors.ts';
import type { Journal } from '../../src/ports/journal.ts';
import {
  closedRecord,
  deactivatedRecord,
  deliveringRecord,
  scheduledRecord,
  startedRecord,
} from '../support/records.ts';

let account: LocalAccount;
let journal: Journal;
let asked: unknown[];
let tables = 0;
let table: string;

beforeAll(async () => {
  account = await startLocalAccount();
});
afterAll(() => account.close());

beforeEach(async () => {
  table = `journal-${tables++}`;
  await account.createTable(table);
  account.faults.clear();
  const client = new DynamoDBClient({
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  asked = [];
  client.middlewareStack.add((next) => (call) => {
    asked.push(call.input);
    return next(call);
  });
  journal = dynamodbJournal(table, documentClient(client), {
    nowMs: () => account.clock.nowMs(),
    sleep: async () => {},
  });
});

/** Brings a record into the journal in any state, past its rules. */
async function place(record: RotationRecord): Promise<void> {
  const started = startedRecord({ rotationId: record.rotationId, userId: record.userId });
  await journal.begin({ ...started, version: record.version });
  await journal.replace({ ...started, version: record.version }, record);
}

/** What a hand does to a record that stands there. */
async function edit(changes: Readonly<Record<string, unknown>>): Promise<void> {
  const record = await journal.read('AIDAALICE');
  if (!record) throw new Error('there is no record');
  await journal.replace(record, { ...record, ...changes } as RotationRecord);
}

describe('the journal', () => {
  it('gives back every state as it was written', async () => {
    for (const record of [
      startedRecord(),
      deliveringRecord({ deactivateOnMs: 5, newKeyDeactivatedAtMs: 7 }),
      scheduledRecord({ remindedAtMs: 1, oldKeyGoneAtMs: 2 }),
      deactivatedRecord(),
      closedRecord({ failures: 2, newKeyId: 'AKIANEW' }),
    ]) {
      const own = { ...record, userId: `AIDA${record.state}` };
      await place(own);
      expect(await journal.read(own.userId)).toEqual(own);
    }
  });

  it('knows nothing of a user without a record', async () => {
    expect(await journal.read('AIDANOBODY')).toBeUndefined();
  });

  describe('begins a rotation', () => {
    it('over nothing', async () => {
      await journal.begin(startedRecord());
      expect(await journal.read('AIDAALICE')).toEqual(startedRecord());
    });

    it('over a closed one', async () => {
      await place(closedRecord());
      await journal.begin(startedRecord({ rotationId: 'rotation-2' }));
      expect(await journal.read('AIDAALICE')).toMatchObject({ rotationId: 'rotation-2' });
    });

    it.each([startedRecord(), deliveringRecord(), scheduledRecord(), deactivatedRecord()])(
      'never over an open one ($state)',
      async (open) => {
        await place(open);
        const again = journal.begin(startedRecord({ rotationId: 'rotation-2' }));
        await expect(again).rejects.toThrow(Conflict);
        await expect(again).rejects.toMatchObject({ current: { state: open.state } });
        expect(await journal.read('AIDAALICE')).toMatchObject({ rotationId: 'rotation-1' });
      },
    );

    it('over a failed one only after its back-off, or when a person forces it', async () => {
      const failed = closedRecord({
        failures: 1,
        retryNotBeforeMs: account.clock.nowMs() + 60_000,
      });
      await place(failed);
      const next = startedRecord({ rotationId: 'rotation-2' });
      await expect(journal.begin(next)).rejects.toThrow(/not begun before/);
      await journal.begin(next, { ignoreBackOff: true });
      expect(await journal.read('AIDAALICE')).toMatchObject({ rotationId: 'rotation-2' });
    });

    it('over one that was closed a moment ago for nobody, and by a wrong clock for everybody', async () => {
      const next = startedRecord({ rotationId: 'rotation-2' });
      const force = { ignoreBackOff: true };
      const nowMs = account.clock.nowMs();
      await place(closedRecord({ closedAtMs: nowMs - 60_000 }));
      await expect(journal.begin(next)).rejects.toThrow(/closed a moment ago/);
      await expect(journal.begin(next, force)).rejects.toThrow(/closed a moment ago/);
      await edit({ closedAtMs: nowMs + DAY_MS });
      await expect(journal.begin(next, force)).rejects.toThrow(Conflict);
      await edit({ closedAtMs: nowMs + 2 * DAY_MS });
      await journal.begin(next, force);
      await edit({ state: 'CLOSED', closedAtMs: nowMs - 91_000, retryNotBeforeMs: 0 });
      await expect(journal.begin(next)).resolves.toBeUndefined();
    });

    it('over a failed one whose back-off is longer than any that is ever set', async () => {
      const next = startedRecord({ rotationId: 'rotation-2' });
      const latestMs = latestRetryAtMs(account.clock.nowMs());
      await place(closedRecord({ retryNotBeforeMs: latestMs }));
      await expect(journal.begin(next)).rejects.toThrow(/not begun before/);
      await edit({ retryNotBeforeMs: latestMs + 60_000 });
      await expect(journal.begin(next)).resolves.toBeUndefined();
    });

    it.each([
      ['is no number', { retryNotBeforeMs: 'tomorrow' }],
      ['is not there', { retryNotBeforeMs: undefined }],
    ])('never over one whose back-off %s', async (_, changes) => {
      await place(closedRecord());
      await edit(changes);
      await expect(journal.begin(startedRecord())).rejects.toThrow(Conflict);
    });
  });

  describe('replaces a record', () => {
    it('only in the version that was read', async () => {
      await journal.begin(startedRecord());
      await journal.replace(startedRecord(), startedRecord({ version: 2 }));
      await expect(
        journal.replace(startedRecord(), startedRecord({ version: 2, leaseUntilMs: 9 })),
      ).rejects.toMatchObject({ name: 'Conflict', current: { version: 2, leaseUntilMs: 0 } });
    });

    it('only of the rotation that was read, whatever its version', async () => {
      await journal.begin(startedRecord({ rotationId: 'rotation-2' }));
      await expect(journal.replace(startedRecord(), startedRecord({ version: 2 }))).rejects.toThrow(
        Conflict,
      );
    });

    it('never where there is none', async () => {
      await expect(journal.replace(startedRecord(), scheduledRecord())).rejects.toMatchObject({
        name: 'Conflict',
        current: undefined,
      });
    });
  });

  it.each(['reset-after', 'error500-after'] as const)(
    'takes the echo of its own write for a success when the answer was lost (%s)',
    async (kind) => {
      account.faults.add({ match: { service: 'dynamodb', action: 'PutItem' }, kind });
      await journal.begin(startedRecord());
      expect(account.calls.count('dynamodb:PutItem')).toBeGreaterThanOrEqual(2);
      expect(await journal.read('AIDAALICE')).toMatchObject({ version: 1 });
    },
  );

  it('does not take somebody else’s write for its own', async () => {
    account.faults.add({ match: { service: 'dynamodb', action: 'PutItem' }, kind: 'reset-before' });
    const both = [startedRecord(), startedRecord({ rotationId: 'rotation-2' })];
    const outcomes = await Promise.allSettled(both.map((record) => journal.begin(record)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('reads what stands in the table now, not what stood there a moment ago', async () => {
    await journal.scan();
    await journal.read('AIDAALICE');
    await journal.readAll(['AIDAALICE']);
    expect(asked).toMatchObject([
      { ConsistentRead: true },
      { ConsistentRead: true },
      { RequestItems: { [table]: { ConsistentRead: true } } },
    ]);
  });

  it('scans for every record and every timer, and for nothing else, over many pages', async () => {
    account.dynamodb.knobs.pageSize = 3;
    for (let index = 0; index < 10; index++)
      await place(scheduledRecord({ userId: `AIDA${index}` }));
    await place(closedRecord({ userId: 'AIDAFAILED', failures: 1 }));
    await place(closedRecord({ userId: 'AIDADONE', outcome: 'completed' }));
    await journal.putTimer({ userId: 'AIDA1', oldKeyId: 'AKIAOLD', deleteOnEpochSeconds: 12 });
    await journal.addHistory({ ...historyItem, startedAtMs: 1 });
    const { records, timers, problems } = await journal.scan();
    account.dynamodb.knobs.pageSize = Number.POSITIVE_INFINITY;
    expect(records).toHaveLength(12);
    expect(records.map(({ userId }) => userId)).toContain('AIDADONE');
    expect(timers).toEqual([{ userId: 'AIDA1', oldKeyId: 'AKIAOLD', deleteOnEpochSeconds: 12 }]);
    expect(problems).toEqual([]);
  });

  it('tells of an item that was changed by hand, and reads the others', async () => {
    await place(scheduledRecord({ userId: 'AIDAGOOD' }));
    await account.userActions.putItem(table, {
      user: { S: 'AIDABAD' },
      ak: { S: 'rotation' },
      state: { S: 'SCHEDULED' },
      version: { S: 'three' },
    });
    await account.userActions.putItem(table, {
      user: { S: 'AIDABAD' },
      ak: { S: 'AKIAX' },
      delete_on: { S: 'soon' },
    });
    const { records, timers, problems } = await journal.scan();
    expect(records.map(({ userId }) => userId)).toEqual(['AIDAGOOD']);
    expect(timers).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(/AIDABAD AKIAX can't be read \(delete_on\).*changed by hand/),
      expect.stringMatching(/AIDABAD rotation can't be read .*version/),
    ]);
    await expect(journal.read('AIDABAD')).rejects.toThrow(/changed by hand/);
  });

  it.each(['12345678901234567890.5', '1e125', '99999999999999999999'])(
    'tells of an item with the number %s, and of all others as ever',
    async (number) => {
      const record = startedRecord({ userId: 'AIDAGOOD' });
      await journal.begin(record);
      await account.userActions.putItem(table, {
        user: { S: 'AIDABAD' },
        ak: { S: 'AKIAX' },
        delete_on: { N: number },
      });
      const { records, timers, problems } = await journal.scan();
      expect(records.map(({ userId }) => userId)).toEqual(['AIDAGOOD']);
      expect(timers).toEqual([]);
      expect(problems).toEqual([
        expect.stringMatching(/AIDABAD AKIAX can't be read \(delete_on\)/),
      ]);
    },
  );

  it('tells a conflict with an item that can not be read', async () => {
    const record = startedRecord({ userId: 'AIDABAD' });
    await journal.begin(record);
    await account.userActions.putItem(table, {
      user: { S: 'AIDABAD' },
      ak: { S: 'rotation' },
      version: { S: 'three' },
    });
    const conflict = journal.replace(record, { ...record, version: 2 });
    await expect(conflict).rejects.toThrow(Conflict);
    await expect(conflict).rejects.toThrow(/changed by hand/);
  });

  it('reads many records at once, and leaves out who has none or one that can not be read', async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `AIDA${index}`);
    for (const userId of ids) await place(scheduledRecord({ userId }));
    await account.userActions.putItem(table, {
      user: { S: 'AIDABAD' },
      ak: { S: 'rotation' },
      state: { S: 'SCHEDULED' },
    });
    account.calls.reset();
    const found = await journal.readAll([...ids, 'AIDANOBODY', 'AIDABAD']);
    expect([...found.keys()].sort()).toEqual([...ids].sort());
    expect(found.get('AIDA7')).toEqual(scheduledRecord({ userId: 'AIDA7' }));
    expect(account.calls.counts()).toEqual({ 'dynamodb:BatchGetItem': 2 });
  });

  it('keeps a vetoed timer vetoed, and removes a timer', async () => {
    const timer = { userId: 'AIDA1', oldKeyId: 'AKIAOLD', deleteOnEpochSeconds: 12, vetoed: true };
    await journal.putTimer(timer);
    expect((await journal.scan()).timers).toEqual([timer]);
    await journal.removeTimer('AIDA1', 'AKIAOLD');
    expect((await journal.scan()).timers).toEqual([]);
  });

  it('sets no timer in place of a veto, unless it is that of another rotation', async () => {
    const timer = {
      userId: 'AIDA1',
      oldKeyId: 'AKIAOLD',
      rotationId: 'rotation-1',
      deleteOnEpochSeconds: 12,
    };
    const timers = async () => (await journal.scan()).timers;
    await journal.putTimer(timer);
    await journal.putTimer({ ...timer, deleteOnEpochSeconds: 13 });
    expect(await timers()).toEqual([{ ...timer, deleteOnEpochSeconds: 13 }]);
    const vetoed = { ...timer, vetoed: true };
    await journal.putTimer(vetoed);
    await journal.putTimer({ ...timer, deleteOnEpochSeconds: 14 });
    expect(await timers()).toEqual([vetoed]);
    const next = { ...timer, rotationId: 'rotation-2' };
    await journal.putTimer(next);
    expect(await timers()).toEqual([next]);
    // A veto without a name may be meant for any rotation.
    const { rotationId, ...nameless } = vetoed;
    await journal.putTimer(nameless);
    await journal.putTimer(next);
    expect(await timers()).toEqual([nameless]);
    expect(rotationId).toBe('rotation-1');
  });

  describe('lets a timer that is set again after a failure', () => {
    const [own, other] = ['rotation-1', 'rotation-2'];
    const timer = (rotationId: string | undefined, vetoed: boolean, deleteOnEpochSeconds = 12) => ({
      userId: 'AIDA1',
      oldKeyId: 'AKIAOLD',
      deleteOnEpochSeconds,
      ...(rotationId !== undefined && { rotationId }),
      ...(vetoed && { vetoed }),
    });

    it.each([
      // Of the same rotation: but never a timer in place of a veto.
      { restored: [own, false], standing: [own, false], isSet: true },
      { restored: [own, false], standing: [own, true], isSet: false },
      { restored: [own, true], standing: [own, false], isSet: true },
      { restored: [own, true], standing: [own, true], isSet: true },
      // Of another: either of them may be the one in force.
      { restored: [own, false], standing: [other, false], isSet: false },
      { restored: [own, false], standing: [other, true], isSet: false },
      { restored: [own, true], standing: [other, false], isSet: false },
      { restored: [own, true], standing: [other, true], isSet: false },
      // Without a name: a veto counts for any rotation, a timer for none that has its own.
      { restored: [undefined, false], standing: [own, false], isSet: false },
      { restored: [undefined, false], standing: [own, true], isSet: false },
      { restored: [undefined, true], standing: [own, false], isSet: true },
      { restored: [undefined, true], standing: [own, true], isSet: false },
      { restored: [own, false], standing: [undefined, true], isSet: false },
      { restored: [own, true], standing: [undefined, true], isSet: false },
      { restored: [undefined, false], standing: [undefined, false], isSet: true },
      { restored: [undefined, false], standing: [undefined, true], isSet: false },
    ] as const)('$restored take the place of $standing: $isSet', async (one) => {
      const before = timer(one.standing[0], one.standing[1]);
      const after = timer(one.restored[0], one.restored[1], 13);
      await journal.putTimer(before);
      expect(await journal.putTimer(after, { givesWay: true })).toBe(one.isSet);
      expect((await journal.scan()).timers).toEqual([one.isSet ? after : before]);
    });

    it.each([false, true])('stand where nothing is (vetoed: %s)', async (vetoed) => {
      expect(await journal.putTimer(timer(own, vetoed), { givesWay: true })).toBe(true);
      expect((await journal.scan()).timers).toEqual([timer(own, vetoed)]);
    });
  });

  it('tells the history of one user or of all, oldest first', async () => {
    await journal.addHistory({ ...historyItem, startedAtMs: 2, closedAtMs: 20 });
    await journal.addHistory({ ...historyItem, startedAtMs: 1, closedAtMs: 10 });
    await journal.addHistory({ ...historyItem, userId: 'AIDABOB', closedAtMs: 15 });
    expect((await journal.history()).items.map(({ closedAtMs }) => closedAtMs)).toEqual([
      10, 15, 20,
    ]);
    expect((await journal.history('AIDAALICE')).items.map(({ closedAtMs }) => closedAtMs)).toEqual([
      10, 20,
    ]);
  });
});

const historyItem = {
  userId: 'AIDAALICE',
  userName: 'alice',
  userArn: 'arn:aws:iam::123456789012:user/alice',
  rotationId: 'rotation-1',
  startedAtMs: 1,
  closedAtMs: 2,
  outcome: 'completed',
  reason: 'the new key is in use',
  oldKeyId: 'AKIAOLD',
  newKeyId: 'AKIANEW',
  oldKeyCreatedAtMs: 0,
} as const;
