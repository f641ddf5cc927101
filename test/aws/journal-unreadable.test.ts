import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { recordKey, toRecordItem } from '../../src/aws/items.ts';
import { RECORD_SCHEMA } from '../../src/domain/record.ts';
import { Conflict } from '../../src/ports/errors.ts';
import {
  closedRecord,
  deliveringRecord,
  scheduledRecord,
  startedRecord,
} from '../support/records.ts';
import {
  ACCOUNT_ID,
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
  it('tells of an item that was changed by hand, and reads the others', async () => {
    await table.place(ownBy('AIDAGOOD', scheduledRecord()));
    await world.account.userActions.putItem(table.name, {
      account: { S: ACCOUNT_ID },
      item: { S: 'AIDABAD/rotation' },
      state: { S: 'SCHEDULED' },
      version: { S: 'three' },
    });
    await world.account.userActions.putItem(table.name, {
      account: { S: ACCOUNT_ID },
      item: { S: 'AIDABAD/timer/AKIAX' },
      delete_on: { S: 'soon' },
    });
    const { records, timers, unreadable } = await table.journal.readAccount();
    expect(records.map(({ userId }) => userId)).toEqual(['AIDAGOOD']);
    expect(timers).toEqual([]);
    expect(unreadable).toEqual([
      {
        userId: 'AIDABAD',
        problem: expect.stringMatching(/AIDABAD\/rotation can't be read .*version/),
      },
      {
        problem: expect.stringMatching(
          /AIDABAD\/timer\/AKIAX can't be read \(delete_on\).*changed by hand/,
        ),
      },
    ]);
    await expect(table.journal.read('AIDABAD')).rejects.toThrow(/changed by hand/);
  });

  it.each(['12345678901234567890.5', '1e125', '99999999999999999999'])(
    'tells of an item with the number %s, and of all others as ever',
    async (number) => {
      const record = ownBy('AIDAGOOD', startedRecord());
      await table.journal.begin(record);
      await world.account.userActions.putItem(table.name, {
        account: { S: ACCOUNT_ID },
        item: { S: 'AIDABAD/timer/AKIAX' },
        delete_on: { N: number },
      });
      const { records, timers, unreadable } = await table.journal.readAccount();
      expect(records.map(({ userId }) => userId)).toEqual(['AIDAGOOD']);
      expect(timers).toEqual([]);
      expect(unreadable).toEqual([
        { problem: expect.stringMatching(/AIDABAD\/timer\/AKIAX can't be read \(delete_on\)/) },
      ]);
    },
  );

  it('tells a conflict with an item that can not be read', async () => {
    const record = ownBy('AIDABAD', startedRecord());
    await table.journal.begin(record);
    await world.account.userActions.putItem(table.name, {
      account: { S: ACCOUNT_ID },
      item: { S: 'AIDABAD/rotation' },
      version: { S: 'three' },
    });
    const conflict = table.journal.replace(record, { ...record, version: 2 });
    await expect(conflict).rejects.toThrow(Conflict);
    await expect(conflict).rejects.toThrow(/changed by hand/);
  });
});

describe('an item that a later version wrote', () => {
  const later = { ...toRecordItem(closedRecord(), 'later'), schema: RECORD_SCHEMA + 1 };
  beforeEach(async () => {
    await table.client.send(new PutCommand({ TableName: table.name, Item: later }));
  });
  afterEach(async () => {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: recordKey(ACCOUNT_ID, 'AIDAALICE') }),
    );
    expect(Item).toEqual(later);
  });

  it('tells of it, and believes nothing of it', async () => {
    const problem = expect.stringMatching(/was written by another version \(schema 2;/);
    expect(await table.journal.readAccount()).toMatchObject({
      records: [],
      unreadable: [{ userId: 'AIDAALICE', problem }],
    });
    await expect(table.journal.read('AIDAALICE')).rejects.toThrow('another version');
    expect(await table.journal.readAll(['AIDAALICE'])).toEqual(new Map());
  });

  it.each([true, false])('begins no rotation over it (forced: %s)', async (ignoreBackOff) => {
    const next = startedRecord({ rotationId: 'rotation-2' });
    const begun = table.journal.begin(next, { ignoreBackOff });
    await expect(begun).rejects.toThrow(Conflict);
    await expect(begun).rejects.toThrow('another version');
  });

  it('is not replaced, even in the rotation and version that were read before', async () => {
    const { rotationId, version } = closedRecord();
    const read = startedRecord({ rotationId, version });
    const written = table.journal.replace(read, deliveringRecord({ version: version + 1 }));
    await expect(written).rejects.toThrow(Conflict);
    await expect(written).rejects.toThrow('another version');
  });

  it('adds no first record in its place', async () => {
    const first = closedRecord({ outcome: 'seen', rotationId: 'rotation-2' });
    await expect(table.journal.add(first)).rejects.toThrow(Conflict);
  });
});
