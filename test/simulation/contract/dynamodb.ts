import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal, type Refusal } from '../contract.ts';

const TableName = 'contract';
const CONDITION_FAILED: Refusal = { name: 'ConditionalCheckFailedException', status: 400 };

export function dynamodbContract({ it, target }: ContractSuite): void {
  let created: unknown;
  const table = async () => {
    created ??= target().userActions.createTable(TableName);
    await created;
    return DynamoDBDocumentClient.from(target().clients.dynamodb, {
      marshallOptions: { removeUndefinedValues: true },
    });
  };
  const put = async (Item: Record<string, unknown>, more: Partial<PutCommandInput> = {}) =>
    (await table()).send(new PutCommand({ TableName, Item, ...more }));
  const get = async (user: string, ak: string) => {
    const Key = { user, ak };
    const command = new GetCommand({ TableName, Key, ConsistentRead: true });
    return (await (await table()).send(command)).Item;
  };

  it('keeps an item of every type the product writes', async () => {
    const item = {
      user: 'AIDAKEPT',
      ak: 'rotation',
      delete_on: 1_800_000_000,
      closed: false,
      address: null,
      keys: ['AKIA1', 'AKIA2'],
      nested: { version: 1, deep: { text: 'Grüße' } },
    };
    await put(item);
    expect(await get('AIDAKEPT', 'rotation')).toEqual(item);
  });

  it('answers with nothing for an item that does not exist', async () => {
    expect(await get('AIDANOBODY', 'rotation')).toBeUndefined();
  });

  const getAll = async (users: readonly string[]) => {
    const Keys = users.map((user) => ({ user, ak: 'rotation' }));
    const RequestItems = { [TableName]: { Keys, ConsistentRead: true } };
    return (await table()).send(new BatchGetCommand({ RequestItems }));
  };

  it('answers with many items at once, and leaves out those that do not exist', async () => {
    for (const user of ['AIDABATCH1', 'AIDABATCH2']) await put({ user, ak: 'rotation' });
    const answer = await getAll(['AIDABATCH1', 'AIDANOBODY', 'AIDABATCH2']);
    expect(answer.Responses?.[TableName]?.map(({ user }) => user).sort()).toEqual([
      'AIDABATCH1',
      'AIDABATCH2',
    ]);
    expect(answer.UnprocessedKeys ?? {}).toEqual({});
  });

  it('refuses to read one item twice in one call', () =>
    expectRefusal(getAll(['AIDATWICE', 'AIDATWICE']), {
      name: 'ValidationException',
      status: 400,
      message: /duplicates/,
    }));

  it('refuses to read 101 items in one call', () =>
    expectRefusal(getAll(Array.from({ length: 101 }, (_, i) => `AIDA${i}`)), {
      name: 'ValidationException',
      status: 400,
    }));

  it('puts an item only where there is none', async () => {
    const once = { ConditionExpression: 'attribute_not_exists(ak)' };
    await put({ user: 'AIDAONCE', ak: 'rotation', version: 1 }, once);
    await expectRefusal(
      put({ user: 'AIDAONCE', ak: 'rotation', version: 2 }, once),
      CONDITION_FAILED,
    );
    expect(await get('AIDAONCE', 'rotation')).toMatchObject({ version: 1 });
  });

  it('replaces an item only in the version that is expected', async () => {
    const item = { user: 'AIDAVERSION', ak: 'rotation' };
    const ifVersion = (version: number) => ({
      ConditionExpression: 'rotationId = :id AND version = :version',
      ExpressionAttributeValues: { ':id': 'r1', ':version': version },
    });
    await put({ ...item, rotationId: 'r1', version: 1 });
    await put({ ...item, rotationId: 'r1', version: 2 }, ifVersion(1));
    await expectRefusal(
      put({ ...item, rotationId: 'r1', version: 2 }, ifVersion(1)),
      CONDITION_FAILED,
    );
  });

  it('tells alternatives of a condition apart', async () => {
    const item = { user: 'AIDAOR', ak: 'rotation' };
    const closedAndDue = {
      ConditionExpression: 'attribute_not_exists(ak) OR (#state = :closed AND retryMs <= :now)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':closed': 'CLOSED', ':now': 100 },
    };
    await put({ ...item, state: 'CLOSED', retryMs: 101 }, closedAndDue);
    await expectRefusal(put({ ...item, state: 'STARTED' }, closedAndDue), CONDITION_FAILED);
    await put({ ...item, state: 'CLOSED', retryMs: 100 });
    await put({ ...item, state: 'STARTED' }, closedAndDue);
    expect(await get('AIDAOR', 'rotation')).toEqual({ ...item, state: 'STARTED' });
  });

  it('tells the item that broke a condition to who asks for it', async () => {
    await put({ user: 'AIDABROKE', ak: 'rotation', version: 7 });
    const asking = put(
      { user: 'AIDABROKE', ak: 'rotation' },
      {
        ConditionExpression: 'attribute_not_exists(ak)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    );
    await expect(asking).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { user: { S: 'AIDABROKE' }, ak: { S: 'rotation' }, version: { N: '7' } },
    });
  });

  it('lets only one of two simultaneous writers through', async () => {
    await put({ user: 'AIDARACE', ak: 'rotation', version: 1 });
    const writers = ['a', 'b', 'c', 'd'].map((writer) =>
      put(
        { user: 'AIDARACE', ak: 'rotation', version: 2, writer },
        {
          ConditionExpression: 'version = :one',
          ExpressionAttributeValues: { ':one': 1 },
        },
      ),
    );
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('updates an item and answers with it', async () => {
    await put({ user: 'AIDAUPDATE', ak: 'rotation', version: 1, lease: 5 });
    const { Attributes } = await (await table()).send(
      new UpdateCommand({
        TableName,
        Key: { user: 'AIDAUPDATE', ak: 'rotation' },
        UpdateExpression: 'SET version = version + :one REMOVE lease',
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({ user: 'AIDAUPDATE', ak: 'rotation', version: 2 });
  });

  it('deletes an item on a condition', async () => {
    const Key = { user: 'AIDADELETE', ak: 'AKIA1' };
    await put({ ...Key, delete_on: 5 });
    const remove = async (seconds: number) =>
      (await table()).send(
        new DeleteCommand({
          TableName,
          Key,
          ConditionExpression: 'delete_on = :seconds',
          ExpressionAttributeValues: { ':seconds': seconds },
        }),
      );
    await expectRefusal(remove(6), CONDITION_FAILED);
    await remove(5);
    expect(await get('AIDADELETE', 'AKIA1')).toBeUndefined();
  });

  it('deletes an item that does not exist without a word', async () => {
    const Key = { user: 'AIDANOBODY', ak: 'AKIA1' };
    await (await table()).send(new DeleteCommand({ TableName, Key }));
  });

  const history = async (user: string, more: Partial<QueryCommandInput> = {}) =>
    (await table()).send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: '#user = :user AND begins_with(ak, :history)',
        ExpressionAttributeNames: { '#user': 'user' },
        ExpressionAttributeValues: { ':user': user, ':history': 'history#' },
        ...more,
      }),
    );

  it('queries the items of one user in the order of their range key', async () => {
    for (const ak of ['rotation', 'history#2026-02', 'history#2026-01']) {
      await put({ user: 'AIDAQUERY', ak });
    }
    const { Items } = await history('AIDAQUERY');
    expect(Items?.map(({ ak }) => ak)).toEqual(['history#2026-01', 'history#2026-02']);
  });

  it('queries through pages, each going on after the last item of the one before', async () => {
    for (const ak of ['rotation', 'history#3', 'history#1', 'history#2']) {
      await put({ user: 'AIDAPAGED', ak });
    }
    await put({ user: 'AIDAPAGED2', ak: 'history#4' });
    const pages = await inPages((ExclusiveStartKey) =>
      history('AIDAPAGED', { Limit: 1, ExclusiveStartKey }),
    );
    expect(pages.map(({ Items }) => Items?.map(({ ak }) => ak)).slice(0, 3)).toEqual([
      ['history#1'],
      ['history#2'],
      ['history#3'],
    ]);
    expect(pages.map(({ LastEvaluatedKey }) => LastEvaluatedKey).slice(0, 2)).toEqual([
      { user: 'AIDAPAGED', ak: 'history#1' },
      { user: 'AIDAPAGED', ak: 'history#2' },
    ]);
    // Whoever counts to the limit can't know that nothing follows: an empty page may come last.
    expect(pages.slice(3).flatMap(({ Items }) => Items)).toEqual([]);
  });

  it('goes on with a query after an item that was deleted meanwhile', async () => {
    const Key = { user: 'AIDAGOING', ak: 'history#2' };
    for (const ak of ['history#1', Key.ak, 'history#3']) await put({ ...Key, ak });
    const first = await history(Key.user, { Limit: 2 });
    await (await table()).send(new DeleteCommand({ TableName, Key }));
    const rest = await history(Key.user, { ExclusiveStartKey: first.LastEvaluatedKey });
    expect(rest.Items?.map(({ ak }) => ak)).toEqual(['history#3']);
  });

  it('ends a page of a query at about one megabyte', async () => {
    const sorted = Array.from({ length: 8 }, (_, i) => `history#${i}`);
    for (const ak of sorted) await put({ user: 'AIDABIG', ak, text: 'x'.repeat(300_000) });
    const pages = await inPages((ExclusiveStartKey) => history('AIDABIG', { ExclusiveStartKey }));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flatMap(({ Items }) => Items?.map(({ ak }) => ak))).toEqual(sorted);
  });

  it('scans through pages with a filter', async () => {
    for (const user of ['AIDASCAN1', 'AIDASCAN2', 'AIDASCAN3']) {
      await put({ user, ak: 'rotation', scanned: true });
      await put({ user, ak: 'AKIA1', delete_on: 5 });
    }
    const scan = async (ExclusiveStartKey: PageKey) =>
      (await table()).send(
        new ScanCommand({
          TableName,
          FilterExpression: 'ak = :record AND scanned = :true',
          ExpressionAttributeValues: { ':record': 'rotation', ':true': true },
          Limit: 2,
          ExclusiveStartKey,
        }),
      );
    const pages = await inPages(scan);
    const found = pages.flatMap(({ Items }) => Items?.map(({ user }) => user));
    expect(found.sort()).toEqual(['AIDASCAN1', 'AIDASCAN2', 'AIDASCAN3']);
    expect(pages.length).toBeGreaterThan(2);
  });

  it('refuses a reserved word as the name of an attribute', async () => {
    const reserved = put(
      { user: 'AIDARESERVED', ak: 'rotation' },
      {
        ConditionExpression: 'attribute_not_exists(user)',
      },
    );
    await expectRefusal(reserved, {
      name: 'ValidationException',
      status: 400,
      message: /reserved/,
    });
  });

  it('refuses an item without its key', () =>
    expectRefusal(put({ user: 'AIDAKEYLESS' }), { name: 'ValidationException', status: 400 }));

  it('refuses a table that does not exist', async () => {
    const elsewhere = put({ user: 'a', ak: 'b' }, { TableName: 'elsewhere' });
    await expectRefusal(elsewhere, { name: 'ResourceNotFoundException', status: 400 });
  });
}

type PageKey = Record<string, unknown> | undefined;

/** All pages of a list, to the one that names no last item. */
async function inPages<P extends { LastEvaluatedKey?: PageKey }>(
  read: (start: PageKey) => Promise<P>,
): Promise<P[]> {
  const pages: P[] = [];
  let start: PageKey;
  do {
    const page = await read(start);
    pages.push(page);
    if (pages.length > 20) throw new Error('these pages have no end');
    start = page.LastEvaluatedKey;
  } while (start);
  return pages;
}
