/** The rotation journal of one account, in DynamoDB. */
import { randomUUID } from 'node:crypto';
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { latestRetryAtMs, restingSince, rests } from '../domain/back-off.ts';
import type { RotationRecord, Timer } from '../domain/record.ts';
import { isOpen, RECORD_SCHEMA } from '../domain/record.ts';
import { iso } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { Conflict } from '../ports/errors.ts';
import type { Journal } from '../ports/journal.ts';
import { errorName } from './answers.ts';
import {
  historyPartition,
  type Item,
  ItemError,
  readAccountItems,
  readHistoryItems,
  readRecordItems,
  recordKey,
  timerKey,
  toHistoryItem,
  toRecord,
  toRecordItem,
  toTimer,
  toTimerItem,
} from './items.ts';

/** @param accountId whose records these are: no other account's item can be reached */
export function dynamodbJournal(
  table: string,
  accountId: string,
  dynamodb: DynamoDBDocumentClient,
  clock: Clock,
): Journal {
  const readItem = async (key: object): Promise<Item | undefined> => {
    const { Item: item } = await dynamodb.send(
      new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead: true }),
    );
    return item;
  };

  /** Items of one partition in the order of their range keys. */
  const query = async (input: Omit<QueryCommandInput, 'TableName'>): Promise<Item[]> => {
    const items: Item[] = [];
    const pages = paginateQuery({ client: dynamodb }, { TableName: table, ...input });
    for await (const page of pages) items.push(...(page.Items ?? []));
    return items;
  };

  /** The key of whatever is written says whose it is: another account's item is never reached. */
  const assertOwn = (what: { readonly accountId: string }): void => {
    if (what.accountId !== accountId) {
      throw new Error(`what is written is of account ${what.accountId}, not ${accountId}`);
    }
  };

  /**
   * Writes a record on a condition. The client repeats a call whose answer was lost, and then its
   * own first write breaks the condition: such an echo is a success.
   * @throws Conflict when the condition does not hold
   */
  const writeRecord = async (
    record: RotationRecord,
    condition: Pick<
      PutCommandInput,
      'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >,
  ): Promise<void> => {
    assertOwn(record);
    const writeId = randomUUID();
    try {
      await dynamodb.send(
        new PutCommand({ TableName: table, Item: toRecordItem(record, writeId), ...condition }),
      );
    } catch (error) {
      if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
      const item = await readItem(recordKey(accountId, record.userId));
      if (item?.writeId === writeId) return;
      throw conflict(record, item, clock.nowMs());
    }
  };

  return {
    async readAccount() {
      const items = await query({
        // Not only what begins with AIDA: emulators of IAM have other unique IDs.
        KeyConditionExpression: 'account = :account',
        ExpressionAttributeValues: { ':account': accountId },
        // A veto may have been noted a moment ago, and on a timer nothing else tells of it.
        ConsistentRead: true,
      });
      return readAccountItems(items);
    },

    async read(userId) {
      const item = await readItem(recordKey(accountId, userId));
      return item && toRecord(item);
    },

    async timer(userId, oldKeyId) {
      const item = await readItem(timerKey(accountId, userId, oldKeyId));
      return item && toTimer(item);
    },

    async readAll(userIds) {
      const items: Item[] = [];
      for (let start = 0; start < userIds.length; start += BATCH_SIZE) {
        const keys = userIds
          .slice(start, start + BATCH_SIZE)
          .map((userId) => recordKey(accountId, userId));
        const { Responses: responses } = await dynamodb.send(
          new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
        );
        items.push(...(responses?.[table] ?? []));
      }
      // Reading it alone tells what is wrong with an item that was changed by hand.
      return readRecordItems(items);
    },

    async begin(record, { ignoreBackOff = false } = {}) {
      const isNew = 'attribute_not_exists(#item)';
      // What a later version wrote is not overwritten, even when it looks closed.
      const isClosed = '#state = :closed AND #schema = :schema';
      const hasRested =
        '(closedAtMs <= :restsAfter OR closedAtMs > :restsUntil OR outcome = :seen)';
      const isOver = 'retryNotBeforeMs <= :now';
      const isTooLong = 'retryNotBeforeMs > :latest';
      const nowMs = clock.nowMs();
      const { afterMs, untilMs } = restingSince(nowMs);
      await writeRecord(record, {
        ConditionExpression: ignoreBackOff
          ? `${isNew} OR (${isClosed} AND ${hasRested})`
          : `${isNew} OR (${isClosed} AND ${hasRested} AND (${isOver} OR ${isTooLong}))`,
        ExpressionAttributeNames: { '#state': 'state', '#schema': 'schema', '#item': 'item' },
        ExpressionAttributeValues: {
          ':closed': 'CLOSED',
          ':schema': RECORD_SCHEMA,
          ':seen': 'seen',
          ':restsAfter': afterMs,
          ':restsUntil': untilMs,
          ...(!ignoreBackOff && { ':now': nowMs, ':latest': latestRetryAtMs(nowMs) }),
        },
      });
    },

    async add(record) {
      await writeRecord(record, {
        ConditionExpression: 'attribute_not_exists(#item)',
        ExpressionAttributeNames: { '#item': 'item' },
      });
    },

    async replace(previous, next) {
      const isSameRotation = 'rotationId = :rotation';
      const isSameVersion = 'version = :version';
      // A later version of the program may have changed it in place.
      const isKnown = '#schema = :schema';
      await writeRecord(next, {
        ConditionExpression: `${isSameRotation} AND ${isSameVersion} AND ${isKnown}`,
        ExpressionAttributeNames: { '#schema': 'schema' },
        ExpressionAttributeValues: {
          ':rotation': previous.rotationId,
          ':version': previous.version,
          ':schema': RECORD_SCHEMA,
        },
      });
    },

    async putTimer(timer, { givesWay = false } = {}) {
      const ConditionExpression = givesWay ? mayRestore(timer) : mayReplace(timer);
      try {
        await dynamodb.send(
          new PutCommand({
            TableName: table,
            Item: toTimerItem(accountId, timer),
            ...(ConditionExpression && {
              ConditionExpression,
              ...(ConditionExpression.includes('#item') && {
                ExpressionAttributeNames: { '#item': 'item' },
              }),
              ExpressionAttributeValues: { ':rotation': timer.rotationId ?? '' },
            }),
          }),
        );
        return true;
      } catch (error) {
        if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
        return false;
      }
    },

    async removeTimer(userId, oldKeyId) {
      await dynamodb.send(
        new DeleteCommand({
          TableName: table,
          Key: { ...timerKey(accountId, userId, oldKeyId) },
        }),
      );
    },

    async addHistory(item) {
      assertOwn(item);
      await dynamodb.send(new PutCommand({ TableName: table, Item: toHistoryItem(item) }));
    },

    async history(userId) {
      const items = await query({
        KeyConditionExpression: 'account = :history',
        ExpressionAttributeValues: { ':history': historyPartition(accountId) },
      });
      return readHistoryItems(
        items.filter((item) => userId === undefined || item.userId === userId),
      );
    },
  };
}

const hasNoVeto = 'attribute_not_exists(vetoed)';
const isOfAnother = '(attribute_exists(rotationId) AND rotationId <> :rotation)';

/** When a timer of the rotation that is in force takes the place of what stands there. */
function mayReplace({ vetoed }: Timer): string | undefined {
  return vetoed ? undefined : `${hasNoVeto} OR ${isOfAnother}`;
}

/** When a timer does of which nobody knows whether its rotation is in force. */
function mayRestore({ rotationId, vetoed }: Timer): string {
  const isNothing = 'attribute_not_exists(#item)';
  const isOfSame = rotationId === undefined ? `NOT ${isOfAnother}` : 'rotationId = :rotation';
  if (!vetoed) return `${isNothing} OR (${isOfSame} AND ${hasNoVeto})`;
  return rotationId === undefined
    ? `${isNothing} OR ${isOfSame} OR ${hasNoVeto}`
    : `${isNothing} OR ${isOfSame}`;
}

/** What one call can ask for. */
const BATCH_SIZE = 100;

/** The conflict with what stands there, even if that can't be read. */
function conflict(wanted: RotationRecord, item: Item | undefined, nowMs: number): Conflict {
  try {
    const current = item && toRecord(item);
    return new Conflict(describeConflict(wanted, current, nowMs), current);
  } catch (error) {
    if (!(error instanceof ItemError)) throw error;
    return new Conflict(error.message, undefined);
  }
}

function describeConflict(
  wanted: RotationRecord,
  current: RotationRecord | undefined,
  nowMs: number,
): string {
  if (!current) return `the rotation record of ${wanted.userName} is gone`;
  if (isOpen(current)) {
    return `the rotation record of ${wanted.userName} is ${current.state} in version ${current.version}`;
  }
  if (current.rotationId === wanted.rotationId) {
    return `the rotation of ${wanted.userName} is closed`;
  }
  return rests(current.closedAtMs, nowMs)
    ? `a rotation of ${wanted.userName} was closed a moment ago; another can begin in two minutes`
    : `the last rotation of ${wanted.userName} failed; the next is not begun before ${iso(current.retryNotBeforeMs)}`;
}
