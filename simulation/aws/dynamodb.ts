import { isDeepStrictEqual } from 'node:util';
import type { AccountContext } from './context.ts';
import { createEngine, DYNAMODB_JSON, type Engine } from './dynamodb-engine.ts';
import { jsonAnswer, jsonRefusals, readTarget } from './json-protocol.ts';
import { KeyedLocks } from './locks.ts';
import type { Params } from './params.ts';
import { type Item, Stream } from './stream.ts';
import { common, type Service, ServiceError, type WireAnswer } from './wire.ts';

const PREFIX = 'com.amazonaws.dynamodb.v20120810#';
const TTL_ATTRIBUTE = 'delete_on';

interface Write {
  table: string;
  keys: Item;
}

/**
 * DynamoDB: dynalite's engine, asked in the process, with what it lacks around it: a stream, TTL,
 * and the item in the answer of a failed condition.
 */
export class DynamoDb {
  readonly stream: Stream;
  readonly service: Service;
  /** `pageSize`: no page of a query or scan is made of more items than this. */
  readonly knobs = { pageSize: Number.POSITIVE_INFINITY };
  readonly #context: AccountContext;
  readonly #engine: Engine;
  readonly #locks = new KeyedLocks();
  readonly #keyNames = new Map<string, string[]>();

  constructor(context: AccountContext) {
    const { clock, region, accountId } = context;
    this.#context = context;
    this.#engine = createEngine(`arn:aws:dynamodb:${region}:${accountId}:`);
    this.stream = new Stream(clock, region, accountId);
    const shared = common({
      name: 'dynamodb',
      named: ['TableName', 'IndexName', 'ConditionExpression'],
      arnOf: ({ TableName: table }) =>
        typeof table === 'string' ? `arn:aws:dynamodb:${region}:${accountId}:table/${table}` : '*',
      refusals: jsonRefusals(
        new ServiceError('ProvisionedThroughputExceededException', 'The request was throttled.'),
        'InternalServerError',
      ),
    });
    this.service = {
      ...shared,
      // The item's key names things too: a user's ID, and a key's.
      describe: (asked) => {
        const { resource, arn } = shared.describe(asked);
        const { Item: item, Key: key = item } = asked.params as Record<string, Item | undefined>;
        return { resource: { ...resource, ...plainKey(key) }, arn };
      },
      read: readTarget,
      act: ({ action, params }) => this.#act(action, params),
      fail: ({ code, message, status }) =>
        jsonAnswer(status, { __type: `${PREFIX}${code}`, message }, DYNAMODB_JSON),
    };
  }

  /** Creates the product's table: hash key `account`, range key `item`, both strings. */
  async createTable(TableName: string): Promise<void> {
    await this.#engine.ask('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'account', AttributeType: 'S' },
        { AttributeName: 'item', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'account', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
    });
    let status: unknown;
    while (status !== 'ACTIVE') {
      const { Table } = await this.#engine.ask('DescribeTable', { TableName });
      status = (Table as Params).TableStatus;
    }
  }

  /** All items of a table. */
  async items(TableName: string): Promise<Item[]> {
    const items: Item[] = [];
    let ExclusiveStartKey: unknown;
    do {
      const page = await this.#engine.ask('Scan', {
        TableName,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      });
      items.push(...(page.Items as Item[]));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  }

  /** A person puts an item. */
  async put(TableName: string, Item: Item): Promise<void> {
    await this.#must('PutItem', { TableName, Item } as unknown as Params);
  }

  /** A person deletes an item: the stream record has no `userIdentity`. */
  async remove(TableName: string, Key: Item): Promise<void> {
    await this.#must('DeleteItem', { TableName, Key } as unknown as Params);
  }

  /**
   * Does the TTL service's work: removes the items whose `delete_on` has passed on the account's
   * clock, at least `lateByMs` ago, and answers how many. The real service is late by hours, and
   * in no order: `only` chooses.
   */
  async expire(
    table: string,
    { lateByMs = 0, only = () => true }: { lateByMs?: number; only?(item: Item): boolean } = {},
  ): Promise<number> {
    let expired = 0;
    const isDue = (item: Item) => {
      const seconds = Number(item[TTL_ATTRIBUTE]?.N ?? Number.NaN);
      return seconds * 1000 + lateByMs < this.#context.clock.nowMs() && only(item);
    };
    for (const item of (await this.items(table)).filter(isDue)) {
      const keys = await this.#keysOf(table, item);
      await this.#locks.run([lockName(table, keys)], async () => {
        const oldImage = await this.#get(table, keys);
        if (!oldImage || !isDue(oldImage)) return;
        await this.#engine.ask('DeleteItem', { TableName: table, Key: keys });
        this.stream.record({ table, keys, oldImage, byTimeToLive: true });
        expired += 1;
      });
    }
    return expired;
  }

  async #must(action: string, params: Params): Promise<void> {
    const answer = await this.#act(action, params);
    if (answer.status !== 200) throw new Error(`${action}: ${answer.body}`);
  }

  async #act(action: string, params: Params): Promise<WireAnswer> {
    const writes = await this.#writesOf(action, params);
    if (writes.length === 0) return this.#engine.forward(action, this.#paged(action, params));
    const names = writes.map(({ table, keys }) => lockName(table, keys));
    return this.#locks.run(names, async () => {
      const before = await this.#images(writes);
      const answer = await this.#engine.forward(action, params);
      if (answer.status !== 200) return withItem(answer, params, before[0]);
      const after = await this.#images(writes);
      writes.forEach(({ table, keys }, i) => {
        const [oldImage, newImage] = [before[i], after[i]];
        if (isDeepStrictEqual(oldImage, newImage)) return;
        this.stream.record({ table, keys, oldImage, newImage });
      });
      return answer;
    });
  }

  #paged(action: string, params: Params): Params {
    const { pageSize } = this.knobs;
    if (!Number.isFinite(pageSize) || !['Query', 'Scan'].includes(action)) return params;
    return { ...params, Limit: Math.min(pageSize, Number(params.Limit ?? pageSize)) };
  }

  /** Which items a request may change. */
  async #writesOf(action: string, params: Params): Promise<Write[]> {
    const table = String(params.TableName);
    if (action === 'PutItem') {
      return [{ table, keys: await this.#keysOf(table, (params.Item ?? {}) as Item) }];
    }
    if (action === 'DeleteItem' || action === 'UpdateItem') {
      return [{ table, keys: (params.Key ?? {}) as Item }];
    }
    if (action !== 'BatchWriteItem') return [];
    const writes: Write[] = [];
    for (const [name, requests] of Object.entries(params.RequestItems as Params)) {
      for (const request of requests as Params[]) {
        const put = request.PutRequest as Params | undefined;
        const remove = request.DeleteRequest as Params | undefined;
        const keys = put ? await this.#keysOf(name, put.Item as Item) : (remove?.Key as Item);
        writes.push({ table: name, keys });
      }
    }
    return writes;
  }

  async #keysOf(table: string, item: Item): Promise<Item> {
    if (!this.#keyNames.has(table)) {
      const { Table } = await this.#engine.ask('DescribeTable', { TableName: table }, true);
      const schema = ((Table as Params | undefined)?.KeySchema ?? []) as Params[];
      if (schema.length === 0) return {};
      this.#keyNames.set(
        table,
        schema.map((key) => String(key.AttributeName)),
      );
    }
    const names = this.#keyNames.get(table) ?? [];
    return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
  }

  #images(writes: readonly Write[]): Promise<(Item | undefined)[]> {
    return Promise.all(writes.map(({ table, keys }) => this.#get(table, keys)));
  }

  async #get(TableName: string, Key: Item): Promise<Item | undefined> {
    const answer = await this.#engine.ask(
      'GetItem',
      { TableName, Key, ConsistentRead: true },
      true,
    );
    return answer.Item as Item | undefined;
  }
}

/** Adds the item that failed a condition, where the caller asked for it; dynalite does not. */
function withItem(answer: WireAnswer, params: Params, item: Item | undefined): WireAnswer {
  if (params.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD' || !item) return answer;
  const error = JSON.parse(answer.body) as Record<string, unknown>;
  if (!String(error.__type).endsWith('ConditionalCheckFailedException')) return answer;
  return { ...answer, body: JSON.stringify({ ...error, Item: item }) };
}

function lockName(table: string, keys: Item): string {
  return `${table} ${JSON.stringify(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

/** The key attributes of the product's items, where a request has them. */
function plainKey(item: Item | undefined): Record<string, string> {
  const account = item?.account?.S;
  const range = item?.item?.S;
  return { ...(account !== undefined && { account }), ...(range !== undefined && { item: range }) };
}
