import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { latestRetryAtMs } from '../../src/domain/back-off.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { Conflict } from '../../src/ports/errors.ts';
import {
  closedRecord,
  deactivatedRecord,
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

let world: JournalWorld;
let table: JournalTable;

beforeAll(async () => {
  world = await startJournalWorld();
});
afterAll(() => world.account.close());
beforeEach(async () => {
  table = await world.table();
});

describe('the journal', () => {
  it('gives back every state as it was written', async () => {
    for (const record of [
      startedRecord(),
      deliveringRecord({ deactivateOnMs: 5, newKeyDeactivatedAtMs: 7 }),
      scheduledRecord({ remindedAtMs: 1, oldKeyGoneAtMs: 2 }),
      deactivatedRecord(),
      closedRecord({ failures: 2, newKeyId: 'AKIANEW' }),
    ]) {
      const own = ownBy(`AIDA${record.state}`, record);
      await table.place(own);
      expect(await table.journal.read(own.userId)).toEqual(own);
    }
  });

  it('knows nothing of a user without a record', async () => {
    expect(await table.journal.read('AIDANOBODY')).toBeUndefined();
  });

  describe('begins a rotation', () => {
    it('over nothing', async () => {
      await table.journal.begin(startedRecord());
      expect(await table.journal.read('AIDAALICE')).toEqual(startedRecord());
    });

    it('over a closed one', async () => {
      await table.place(closedRecord());
      await table.journal.begin(startedRecord({ rotationId: 'rotation-2' }));
      expect(await table.journal.read('AIDAALICE')).toMatchObject({ rotationId: 'rotation-2' });
    });

    it.each([startedRecord(), deliveringRecord(), scheduledRecord(), deactivatedRecord()])(
      'never over an open one ($state)',
      async (open) => {
        await table.place(open);
        const again = table.journal.begin(startedRecord({ rotationId: 'rotation-2' }));
        await expect(again).rejects.toThrow(Conflict);
        await expect(again).rejects.toMatchObject({ current: { state: open.state } });
        expect(await table.journal.read('AIDAALICE')).toMatchObject({ rotationId: 'rotation-1' });
      },
    );

    it('over a failed one only after its back-off, or when a person forces it', async () => {
      const failed = closedRecord({
        failures: 1,
        retryNotBeforeMs: world.account.clock.nowMs() + 60_000,
      });
      await table.place(failed);
      const next = startedRecord({ rotationId: 'rotation-2' });
      await expect(table.journal.begin(next)).rejects.toThrow(/not begun before/);
      await table.journal.begin(next, { ignoreBackOff: true });
      expect(await table.journal.read('AIDAALICE')).toMatchObject({ rotationId: 'rotation-2' });
    });

    it('over one that was closed a moment ago for nobody, and by a wrong clock for everybody', async () => {
      const next = startedRecord({ rotationId: 'rotation-2' });
      const force = { ignoreBackOff: true };
      const nowMs = world.account.clock.nowMs();
      await table.place(closedRecord({ closedAtMs: nowMs - 60_000 }));
      await expect(table.journal.begin(next)).rejects.toThrow(/closed a moment ago/);
      await expect(table.journal.begin(next, force)).rejects.toThrow(/closed a moment ago/);
      await table.edit({ closedAtMs: nowMs + DAY_MS });
      await expect(table.journal.begin(next, force)).rejects.toThrow(Conflict);
      await table.edit({ closedAtMs: nowMs + 2 * DAY_MS });
      await table.journal.begin(next, force);
      await table.edit({ state: 'CLOSED', closedAtMs: nowMs - 91_000, retryNotBeforeMs: 0 });
      await expect(table.journal.begin(next)).resolves.toBeUndefined();
    });

    it('over a failed one whose back-off is longer than any that is ever set', async () => {
      const next = startedRecord({ rotationId: 'rotation-2' });
      const latestMs = latestRetryAtMs(world.account.clock.nowMs());
      await table.place(closedRecord({ retryNotBeforeMs: latestMs }));
      await expect(table.journal.begin(next)).rejects.toThrow(/not begun before/);
      await table.edit({ retryNotBeforeMs: latestMs + 60_000 });
      await expect(table.journal.begin(next)).resolves.toBeUndefined();
    });

    it.each([
      ['is no number', { retryNotBeforeMs: 'tomorrow' }],
      ['is not there', { retryNotBeforeMs: undefined }],
    ])('never over one whose back-off %s', async (_, changes) => {
      await table.place(closedRecord());
      await table.edit(changes);
      await expect(table.journal.begin(startedRecord())).rejects.toThrow(Conflict);
    });
  });

  describe('replaces a record', () => {
    it('only in the version that was read', async () => {
      await table.journal.begin(startedRecord());
      await table.journal.replace(startedRecord(), startedRecord({ version: 2 }));
      await expect(
        table.journal.replace(startedRecord(), startedRecord({ version: 2, leaseUntilMs: 9 })),
      ).rejects.toMatchObject({ name: 'Conflict', current: { version: 2, leaseUntilMs: 0 } });
    });

    it('only of the rotation that was read, whatever its version', async () => {
      await table.journal.begin(startedRecord({ rotationId: 'rotation-2' }));
      await expect(
        table.journal.replace(startedRecord(), startedRecord({ version: 2 })),
      ).rejects.toThrow(Conflict);
    });

    it('never where there is none', async () => {
      await expect(
        table.journal.replace(startedRecord(), deliveringRecord()),
      ).rejects.toMatchObject({
        name: 'Conflict',
        current: undefined,
      });
    });
  });

  it.each(['reset-after', 'error500-after'] as const)(
    'takes the echo of its own write for a success when the answer was lost (%s)',
    async (kind) => {
      world.account.faults.add({ match: { service: 'dynamodb', action: 'PutItem' }, kind });
      await table.journal.begin(startedRecord());
      expect(world.account.calls.count('dynamodb:PutItem')).toBeGreaterThanOrEqual(2);
      expect(await table.journal.read('AIDAALICE')).toMatchObject({ version: 1 });
    },
  );

  it('does not take somebody else’s write for its own', async () => {
    world.account.faults.add({
      match: { service: 'dynamodb', action: 'PutItem' },
      kind: 'reset-before',
    });
    const both = [startedRecord(), startedRecord({ rotationId: 'rotation-2' })];
    const outcomes = await Promise.allSettled(both.map((record) => table.journal.begin(record)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('reads what stands in the table now, not what stood there a moment ago', async () => {
    await table.journal.readAccount();
    await table.journal.read('AIDAALICE');
    await table.journal.timer('AIDAALICE', 'AKIAOLD');
    await table.journal.readAll(['AIDAALICE']);
    expect(table.asked).toMatchObject([
      { ConsistentRead: true },
      { ConsistentRead: true },
      { ConsistentRead: true },
      { RequestItems: { [table.name]: { ConsistentRead: true } } },
    ]);
  });

  it('reads every record and every timer of the account by one query, over many pages', async () => {
    world.account.dynamodb.knobs.pageSize = 3;
    for (let index = 0; index < 10; index++)
      await table.place(ownBy(`AIDA${index}`, scheduledRecord()));
    await table.place(ownBy('AIDAFAILED', closedRecord({ failures: 1 })));
    await table.place(ownBy('AIDADONE', closedRecord({ outcome: 'completed' })));
    await table.journal.putTimer({
      userId: 'AIDA1',
      oldKeyId: 'AKIAOLD',
      deleteOnEpochSeconds: 12,
    });
    await table.journal.addHistory(historyItem);
    await table.client.send(
      new PutCommand({ TableName: table.name, Item: { account: ACCOUNT_ID, item: 'run' } }),
    );
    table.asked.length = 0;
    const { records, timers, unreadable } = await table.journal.readAccount();
    world.account.dynamodb.knobs.pageSize = Number.POSITIVE_INFINITY;
    expect(records).toHaveLength(12);
    expect(records.map(({ userId }) => userId)).toContain('AIDADONE');
    expect(timers).toEqual([{ userId: 'AIDA1', oldKeyId: 'AKIAOLD', deleteOnEpochSeconds: 12 }]);
    expect(unreadable).toEqual([]);
    // No page of 3 is followed by another call than the next page.
    expect(table.asked).toHaveLength(5);
  });

  it('reads many records at once, and leaves out who has none or one that can not be read', async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `AIDA${index}`);
    for (const userId of ids) await table.place(ownBy(userId, scheduledRecord()));
    await world.account.userActions.putItem(table.name, {
      account: { S: ACCOUNT_ID },
      item: { S: 'AIDABAD/rotation' },
      state: { S: 'SCHEDULED' },
    });
    world.account.calls.reset();
    const found = await table.journal.readAll([...ids, 'AIDANOBODY', 'AIDABAD']);
    expect([...found.keys()].sort()).toEqual([...ids].sort());
    expect(found.get('AIDA7')).toEqual(ownBy('AIDA7', scheduledRecord()));
    expect(world.account.calls.counts()).toEqual({ 'dynamodb:BatchGetItem': 2 });
  });

  it('adds the first record of a user only where there is none', async () => {
    const first = closedRecord({ outcome: 'seen' });
    await table.journal.add(first);
    expect(await table.journal.read('AIDAALICE')).toEqual(first);
    await expect(table.journal.add(closedRecord({ outcome: 'seen', version: 2 }))).rejects.toThrow(
      Conflict,
    );
    expect(await table.journal.read('AIDAALICE')).toEqual(first);
  });

  it('begins over the record of a user who was seen a moment ago', async () => {
    const nowMs = world.account.clock.nowMs();
    await table.journal.add(closedRecord({ outcome: 'seen', closedAtMs: nowMs }));
    await table.journal.begin(startedRecord({ rotationId: 'rotation-2' }));
    expect(await table.journal.read('AIDAALICE')).toMatchObject({ rotationId: 'rotation-2' });
  });

  it('tells the history of one user or of all, oldest first', async () => {
    await table.journal.addHistory({ ...historyItem, rotationId: 'rotation-2', closedAtMs: 20 });
    await table.journal.addHistory({ ...historyItem, closedAtMs: 10 });
    await table.journal.addHistory({ ...historyItem, userId: 'AIDABOB', closedAtMs: 15 });
    expect((await table.journal.history()).items.map(({ closedAtMs }) => closedAtMs)).toEqual([
      10, 15, 20,
    ]);
    expect(
      (await table.journal.history('AIDAALICE')).items.map(({ closedAtMs }) => closedAtMs),
    ).toEqual([10, 20]);
  });

  it('tells a rotation once that was closed again after an interrupted run', async () => {
    await table.journal.addHistory({ ...historyItem, closedAtMs: 10 });
    await table.journal.addHistory({ ...historyItem, closedAtMs: 20 });
    await table.journal.addHistory({ ...historyItem, userId: 'AIDABOB', closedAtMs: 15 });
    const { items, problems } = await table.journal.history();
    expect(items.map(({ userId, closedAtMs }) => [userId, closedAtMs])).toEqual([
      ['AIDABOB', 15],
      ['AIDAALICE', 20],
    ]);
    expect(problems).toEqual([]);
  });
});
