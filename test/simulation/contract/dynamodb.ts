import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal, type Refusal } from '../contract.ts';

const TableName = 'contract';
const ACCOUNT = '111122223333';
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
  const get = async (item: string) => {
    const Key = { account: ACCOUNT, item };
    const command = new GetCommand({ TableName, Key, ConsistentRead: true });
    return (await (await table()).send(command)).Item;
  };

  it('keeps an item of every type the product writes', async () => {
    const item = {
      account: ACCOUNT,
      item: 'AIDAKEPT/rotation',
      delete_on: 1_800_000_000,
      closed: false,
      address: null,
      keys: ['AKIA1', 'AKIA2'],
      nested: { version: 1, deep: { text: 'Grüße' } },
    };
    await put(item);
    expect(await get('AIDAKEPT/rotation')).toEqual(item);
  });

  it('answers with nothing for an item that does not exist', async () => {
    expect(await get('AIDANOBODY/rotation')).toBeUndefined();
  });

  const getAll = async (users: readonly string[]) => {
    const Keys = users.map((user) => ({ account: ACCOUNT, item: `${user}/rotation` }));
    const RequestItems = { [TableName]: { Keys, ConsistentRead: true } };
    return (await table()).send(new BatchGetCommand({ RequestItems }));
  };

  it('answers with many items at once, and leaves out those that do not exist', async () => {
    for (const user of ['AIDABATCH1', 'AIDABATCH2']) {
      await put({ account: ACCOUNT, item: `${user}/rotation` });
    }
    const answer = await getAll(['AIDABATCH1', 'AIDANOBODY', 'AIDABATCH2']);
    expect(answer.Responses?.[TableName]?.map(({ item }) => item).sort()).toEqual([
      'AIDABATCH1/rotation',
      'AIDABATCH2/rotation',
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
    const once = {
      ConditionExpression: 'attribute_not_exists(#item)',
      ExpressionAttributeNames: { '#item': 'item' },
    };
    await put({ account: ACCOUNT, item: 'AIDAONCE/rotation', version: 1 }, once);
    await expectRefusal(
      put({ account: ACCOUNT, item: 'AIDAONCE/rotation', version: 2 }, once),
      CONDITION_FAILED,
    );
    expect(await get('AIDAONCE/rotation')).toMatchObject({ version: 1 });
  });

  it('replaces an item only in the version that is expected', async () => {
    const item = { account: ACCOUNT, item: 'AIDAVERSION/rotation' };
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
    const item = { account: ACCOUNT, item: 'AIDAOR/rotation' };
    const closedAndDue = {
      ConditionExpression: 'attribute_not_exists(#item) OR (#state = :closed AND retryMs <= :now)',
      ExpressionAttributeNames: { '#item': 'item', '#state': 'state' },
      ExpressionAttributeValues: { ':closed': 'CLOSED', ':now': 100 },
    };
    await put({ ...item, state: 'CLOSED', retryMs: 101 }, closedAndDue);
    await expectRefusal(put({ ...item, state: 'STARTED' }, closedAndDue), CONDITION_FAILED);
    await put({ ...item, state: 'CLOSED', retryMs: 100 });
    await put({ ...item, state: 'STARTED' }, closedAndDue);
    expect(await get('AIDAOR/rotation')).toEqual({ ...item, state: 'STARTED' });
  });

  it('tells the item that broke a condition to who asks for it', async () => {
    await put({ account: ACCOUNT, item: 'AIDABROKE/rotation', version: 7 });
    const asking = put(
      { account: ACCOUNT, item: 'AIDABROKE/rotation' },
      {
        ConditionExpression: 'attribute_not_exists(#item)',
        ExpressionAttributeNames: { '#item': 'item' },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    );
    await expect(asking).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: {
        account: { S: ACCOUNT },
        item: { S: 'AIDABROKE/rotation' },
        version: { N: '7' },
      },
    });
  });

  it('lets only one of two simultaneous writers through', async () => {
    await put({ account: ACCOUNT, item: 'AIDARACE/rotation', version: 1 });
    const writers = ['a', 'b', 'c', 'd'].map((writer) =>
      put(
        { account: ACCOUNT, item: 'AIDARACE/rotation', version: 2, writer },
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
    await put({ account: ACCOUNT, item: 'AIDAUPDATE/rotation', version: 1, lease: 5 });
    const { Attributes } = await (await table()).send(
      new UpdateCommand({
        TableName,
        Key: { account: ACCOUNT, item: 'AIDAUPDATE/rotation' },
        UpdateExpression: 'SET version = version + :one REMOVE lease',
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({ account: ACCOUNT, item: 'AIDAUPDATE/rotation', version: 2 });
  });

  it('deletes an item on a condition', async () => {
    const Key = { account: ACCOUNT, item: 'AIDADELETE/timer/AKIA1' };
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
    expect(await get('AIDADELETE/timer/AKIA1')).toBeUndefined();
  });

  it('deletes an item that does not exist without a word', async () => {
    const Key = { account: ACCOUNT, item: 'AIDANOBODY/timer/AKIA1' };
    await (await table()).send(new DeleteCommand({ TableName, Key }));
  });

  /** The items of an account, as a run reads them. */
  const query = async (account: string, more: Partial<QueryCommandInput> = {}) =>
    (await table()).send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'account = :account',
        ExpressionAttributeValues: { ':account': account },
        ConsistentRead: true,
        ...more,
      }),
    );
  const ranges = ({ Items = [] }: Pick<QueryCommandOutput, 'Items'>) =>
    Items.map(({ item }) => item);

  it('queries the items of one account in the order of their range key', async () => {
    for (const item of ['AIDA2/rotation', 'AIDA1/timer/AKIA1', 'AIDA1/rotation']) {
      await put({ account: 'query', item });
    }
    await put({ account: 'query/history', item: 'AIDA3/rotation' });
    expect(ranges(await query('query'))).toEqual([
      'AIDA1/rotation',
      'AIDA1/timer/AKIA1',
      'AIDA2/rotation',
    ]);
  });

  it('queries through pages, each going on after the last item of the one before', async () => {
    for (const item of ['AIDA3', 'AIDA1', 'AIDA2']) await put({ account: 'paged', item });
    await put({ account: 'paged2', item: 'AIDA4' });
    const pages = await inPages((ExclusiveStartKey) =>
      query('paged', { Limit: 1, ExclusiveStartKey }),
    );
    expect(pages.map(ranges).slice(0, 3)).toEqual([['AIDA1'], ['AIDA2'], ['AIDA3']]);
    expect(pages.map(({ LastEvaluatedKey }) => LastEvaluatedKey).slice(0, 2)).toEqual([
      { account: 'paged', item: 'AIDA1' },
      { account: 'paged', item: 'AIDA2' },
    ]);
    // Whoever counts to the limit can't know that nothing follows: an empty page may come last.
    expect(pages.slice(3).flatMap(ranges)).toEqual([]);
  });

  it('goes on with a query after an item that was deleted meanwhile', async () => {
    const Key = { account: 'going', item: 'AIDA2' };
    for (const item of ['AIDA1', Key.item, 'AIDA3']) await put({ ...Key, item });
    const first = await query(Key.account, { Limit: 2 });
    await (await table()).send(new DeleteCommand({ TableName, Key }));
    const rest = await query(Key.account, { ExclusiveStartKey: first.LastEvaluatedKey });
    expect(ranges(rest)).toEqual(['AIDA3']);
  });

  it('ends a page of a query at about one megabyte', async () => {
    const sorted = Array.from({ length: 8 }, (_, i) => `AIDA${i}`);
    for (const item of sorted) await put({ account: 'big', item, text: 'x'.repeat(300_000) });
    const pages = await inPages((ExclusiveStartKey) => query('big', { ExclusiveStartKey }));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flatMap(ranges)).toEqual(sorted);
  });

  it('refuses a reserved word as the name of an attribute', async () => {
    const reserved = put(
      { account: ACCOUNT, item: 'AIDARESERVED/rotation' },
      { ConditionExpression: 'attribute_not_exists(item)' },
    );
    await expectRefusal(reserved, {
      name: 'ValidationException',
      status: 400,
      message: /reserved/,
    });
  });

  it('refuses an item without its key', () =>
    expectRefusal(put({ account: ACCOUNT }), { name: 'ValidationException', status: 400 }));

  it('refuses a table that does not exist', async () => {
    const elsewhere = put({ account: 'a', item: 'b' }, { TableName: 'elsewhere' });
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
