import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { type Clients, createClients, destroyClients } from './contract.ts';

const TableName = 'rotations';

let account: LocalAccount;
let clients: Clients;
let db: DynamoDBDocumentClient;

beforeAll(async () => {
  account = await startLocalAccount({ startMs: Date.UTC(2030, 0, 1), region: 'eu-west-1' });
  await account.createTable(TableName);
  clients = createClients(account.endpoint);
  db = DynamoDBDocumentClient.from(clients.dynamodb);
});
afterAll(async () => {
  destroyClients(clients);
  await account.close();
});
beforeEach(async () => {
  for (const { account: hash, item } of await account.userActions.items(TableName)) {
    if (hash && item) await account.userActions.deleteItem(TableName, { account: hash, item });
  }
  account.stream.take();
});

const ONE = { account: { S: '1' }, item: { S: 'AIDA1/timer/AKIA1' } };
const put = (Item: Record<string, unknown>) => db.send(new PutCommand({ TableName, Item }));
const images = ({ eventName, dynamodb }: DynamoDBRecord) => ({
  eventName,
  old: dynamodb?.OldImage,
  new: dynamodb?.NewImage,
});
const seconds = (atMs: number) => Math.floor(atMs / 1000);
const ranges = (records: DynamoDBRecord[]) =>
  records.map(({ dynamodb }) => dynamodb?.Keys?.item?.S);

describe('the stream of a table', () => {
  it('tells of every write with the images before and after, in order', async () => {
    const Key = { account: '1', item: 'AIDA1/timer/AKIA1' };
    await put({ ...Key, version: 1 });
    await db.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET version = :two',
        ExpressionAttributeValues: { ':two': 2 },
      }),
    );
    await db.send(new DeleteCommand({ TableName, Key }));
    const item = (version: string) => ({
      ...ONE,
      version: { N: version },
    });
    expect(account.stream.take().map(images)).toEqual([
      { eventName: 'INSERT', old: undefined, new: item('1') },
      { eventName: 'MODIFY', old: item('1'), new: item('2') },
      { eventName: 'REMOVE', old: item('2'), new: undefined },
    ]);
  });

  it('has records of the shape a Lambda gets', async () => {
    await put({ account: '1', item: 'AIDA1/timer/AKIA1' });
    await put({ account: '1', item: 'AIDA2/timer/AKIA2' });
    const [first, second] = account.stream.take();
    expect(first).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: ONE,
        NewImage: ONE,
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
        SizeBytes: expect.any(Number),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: expect.stringMatching(
        /^arn:aws:dynamodb:eu-west-1:111122223333:table\/rotations\/stream\//,
      ),
    });
    expect(BigInt(second?.dynamodb?.SequenceNumber ?? 0)).toBeGreaterThan(
      BigInt(first?.dynamodb?.SequenceNumber ?? 0),
    );
    expect(second?.eventID).not.toBe(first?.eventID);
  });

  it('says nothing of writes that change nothing or were refused', async () => {
    await put({ account: '1', item: 'AIDA1/timer/AKIA1' });
    account.stream.take();
    await put({ item: 'AIDA1/timer/AKIA1', account: '1' });
    await db.send(
      new DeleteCommand({ TableName, Key: { account: '1', item: 'AIDA9/timer/AKIA9' } }),
    );
    const refused = new PutCommand({
      TableName,
      Item: { account: '1', item: 'AIDA1/timer/AKIA1', version: 2 },
      ConditionExpression: 'attribute_not_exists(account)',
    });
    await expect(db.send(refused)).rejects.toThrow();
    expect(account.stream.length).toBe(0);
  });

  it('tells simultaneous writes of one item as a chain', async () => {
    await Promise.all(
      [1, 2, 3, 4, 5].map((version) => put({ account: '1', item: 'AIDA1/timer/AKIA1', version })),
    );
    const records = account.stream.take().map(images);
    expect(records).toHaveLength(5);
    expect(records.slice(1).map(({ old }) => old)).toEqual(
      records.slice(0, -1).map((record) => record.new),
    );
  });

  it('tells of each write of a batch', async () => {
    await put({ account: '1', item: 'AIDA1/timer/AKIA1' });
    const RequestItems = {
      [TableName]: [
        { DeleteRequest: { Key: { account: '1', item: 'AIDA1/timer/AKIA1' } } },
        { PutRequest: { Item: { account: '1', item: 'AIDA2/timer/AKIA2' } } },
      ],
    };
    await db.send(new BatchWriteCommand({ RequestItems }));
    expect(account.stream.take().map(({ eventName }) => eventName)).toEqual([
      'INSERT',
      'REMOVE',
      'INSERT',
    ]);
  });

  it('tells of a write whose answer was lost', async () => {
    account.faults.add({ match: { service: 'dynamodb', action: 'PutItem' }, kind: 'reset-after' });
    await expect(put({ account: '1', item: 'AIDA1/timer/AKIA1' })).rejects.toThrow();
    expect(account.stream.take().map(({ eventName }) => eventName)).toEqual(['INSERT']);
  });

  it('is drained by taking, and loses what a filter does not let through', async () => {
    await put({ account: '1', item: 'AIDA1/timer/AKIA1' });
    await account.userActions.deleteItem(TableName, ONE);
    const removed = account.stream.take(({ eventName }) => eventName === 'REMOVE');
    expect(removed).toHaveLength(1);
    expect(account.stream.take()).toEqual([]);
  });

  it('does not say who deleted an item by hand', async () => {
    await account.userActions.putItem(TableName, ONE);
    await account.userActions.deleteItem(TableName, ONE);
    const removed = account.stream.take().at(-1);
    expect(removed?.eventName).toBe('REMOVE');
    expect(removed).not.toHaveProperty('userIdentity');
  });
});

describe('time to live', () => {
  it('removes what is due on the clock of the account, and signs for it', async () => {
    const nowMs = account.clock.nowMs();
    await put({ account: '1', item: 'DUE', delete_on: seconds(nowMs + HOUR_MS) });
    await put({ account: '1', item: 'LATER', delete_on: seconds(nowMs + 3 * HOUR_MS) });
    await put({ account: '1', item: 'NEVER' });
    await put({ account: '1', item: 'TEXT', delete_on: '5' });
    account.stream.take();
    expect(await account.expire(TableName)).toBe(0);
    account.clock.advance(2 * HOUR_MS);
    expect(await account.expire(TableName)).toBe(1);
    const records = account.stream.take();
    expect(records).toMatchObject([
      {
        eventName: 'REMOVE',
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
        dynamodb: { OldImage: { account: { S: '1' }, item: { S: 'DUE' } } },
      },
    ]);
    const left = await account.userActions.items(TableName);
    expect(left.map(({ item }) => item?.S).sort()).toEqual(['LATER', 'NEVER', 'TEXT']);
  });

  it('can be late, and choose', async () => {
    const nowMs = account.clock.nowMs();
    for (const [item, hours] of [
      ['ONE', 1],
      ['TWO', 1],
      ['THREE', 3],
    ] as const) {
      await put({ account: '1', item, delete_on: seconds(nowMs - hours * HOUR_MS) });
    }
    account.stream.take();
    await account.expire(TableName, { lateByMs: 2 * HOUR_MS });
    expect(ranges(account.stream.take())).toEqual(['THREE']);
    await account.expire(TableName, { only: ({ item }) => item?.S === 'TWO' });
    expect(ranges(account.stream.take())).toEqual(['TWO']);
  });
});

describe('the pages of a query', () => {
  it('can be made short', async () => {
    for (const item of ['ONE', 'THREE', 'TWO']) await put({ account: '1', item });
    const query = (ExclusiveStartKey?: Record<string, unknown>) =>
      db.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'account = :account',
          ExpressionAttributeValues: { ':account': '1' },
          ExclusiveStartKey,
        }),
      );
    account.dynamodb.knobs.pageSize = 2;
    const first = await query();
    const rest = await query(first.LastEvaluatedKey);
    account.dynamodb.knobs.pageSize = Number.POSITIVE_INFINITY;
    expect([first.Count, rest.Count, rest.LastEvaluatedKey]).toEqual([2, 1, undefined]);
  });
});
