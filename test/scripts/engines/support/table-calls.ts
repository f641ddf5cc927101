/** Every call of the product to DynamoDB, as it is answered and as it is refused, in this order. */
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
} from '@aws-sdk/lib-dynamodb';
import type { Calls, Side } from './calls.ts';

export const TABLE = 'side-by-side';
const Key = { account: '111122223333', item: 'AIDASIDE/rotation' };
const TIMER = 'AIDASIDE/timer/AKIASIDE';
const nobodys = { ...Key, item: 'AIDANOBODY/rotation' };

const documents = ({ dynamodb }: Side) => DynamoDBDocumentClient.from(dynamodb);
const put = (Item: object, more: Partial<PutCommandInput> = {}) =>
  new PutCommand({ TableName: TABLE, Item: { ...Item }, ...more });
const putOver = (version: number) =>
  put(
    { ...Key, version: version + 1 },
    {
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': version },
    },
  );
const ifNone = {
  ConditionExpression: 'attribute_not_exists(#item)',
  ExpressionAttributeNames: { '#item': 'item' },
};
const get = (key: object, TableName = TABLE) =>
  new GetCommand({ TableName, Key: { ...key }, ConsistentRead: true });
const getAll = (keys: readonly object[], table = TABLE) =>
  new BatchGetCommand({
    RequestItems: { [table]: { Keys: keys.map((key) => ({ ...key })), ConsistentRead: true } },
  });
const query = (more: Partial<QueryCommandInput> = {}) =>
  new QueryCommand({
    TableName: TABLE,
    KeyConditionExpression: 'account = :account',
    ExpressionAttributeValues: { ':account': Key.account },
    ConsistentRead: true,
    ...more,
  });
/** Every page as it came, for the keys by which one leads to the next. */
const inPages = async (
  read: (start: Record<string, unknown> | undefined) => Promise<QueryCommandOutput>,
) => {
  const first = await read(undefined);
  const second = await read(first.LastEvaluatedKey);
  return { $metadata: second.$metadata, first: page(first), second: page(second) };
};
const page = ({ $metadata, ...answer }: QueryCommandOutput) => answer;
const reserved = { ConditionExpression: 'attribute_exists(item)' };
const remove = (TableName = TABLE) => new DeleteCommand({ TableName, Key });
const NO_TABLE = 'none';

export const tableCalls: Calls = {
  PutItem: (side) => documents(side).send(put({ ...Key, version: 1, seen: ['a'], to: null })),
  'PutItem on a condition that holds': (side) => documents(side).send(putOver(1)),
  'PutItem on a condition that does not hold': (side) => documents(side).send(putOver(1)),
  'PutItem where one is': (side) => documents(side).send(put(Key, ifNone)),
  'PutItem without a key': (side) => documents(side).send(put({ account: Key.account })),
  'PutItem with a reserved word': (side) => documents(side).send(put(Key, reserved)),
  'PutItem into no table': (side) => documents(side).send(put(Key, { TableName: NO_TABLE })),
  'PutItem beyond 400 KB': (side) => documents(side).send(put({ ...Key, x: 'x'.repeat(409_600) })),
  GetItem: (side) => documents(side).send(get(Key)),
  'GetItem of none': (side) => documents(side).send(get(nobodys)),
  'GetItem with half a key': (side) => documents(side).send(get({ account: Key.account })),
  'GetItem from no table': (side) => documents(side).send(get(Key, NO_TABLE)),
  BatchGetItem: (side) => documents(side).send(getAll([Key, nobodys])),
  'BatchGetItem of one twice': (side) => documents(side).send(getAll([Key, Key])),
  'BatchGetItem from no table': (side) => documents(side).send(getAll([Key], NO_TABLE)),
  Query: (side) => documents(side).send(query()),
  'Query, page by page': async (side) => {
    await documents(side).send(put({ ...Key, item: TIMER, version: 1 }));
    return inPages((start) => documents(side).send(query({ Limit: 1, ExclusiveStartKey: start })));
  },
  'Query, beyond the end': (side) =>
    documents(side).send(query({ ExclusiveStartKey: { ...Key, item: TIMER } })),
  'Query of no table': (side) => documents(side).send(query({ TableName: NO_TABLE })),
  DeleteItem: (side) => documents(side).send(remove()),
  'DeleteItem again': (side) => documents(side).send(remove()),
  'DeleteItem from no table': (side) => documents(side).send(remove(NO_TABLE)),
};
