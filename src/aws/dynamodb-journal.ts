/** The rotation journal, in DynamoDB. */
import { randomUUID } from 'node:crypto';
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import type { HistoryItem, RotationRecord, Timer } from '../domain/record.ts';
import { isOpen } from '../domain/record.ts';
import { latestRetryAtMs, restingSince, rests } from '../domain/rotation.ts';
import { iso } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { Conflict } from '../ports/errors.ts';
import type { Journal } from '../ports/journal.ts';
import { errorName } from './answers.ts';
import {
  fromHistoryItem,
  HISTORY_PREFIX,
  type Item,
  ItemError,
  noting,
  RECORD_KEY,
  recordKey,
  toHistoryItem,
  toRecord,
  toRecordItem,
  toTimer,
  toTimerItem,
} from './items.ts';

export function dynamodbJournal(
  table: string,
  dynamodb: DynamoDBDocumentClient,
  clock: Clock,
): Journal {
  const readItem = async (userId: string): Promise<Item | undefined> => {
    const { Item: item } = await dynamodb.send(
      new GetCommand({ TableName: table, Key: recordKey(userId), ConsistentRead: true }),
    );
    return item;
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
    const writeId = randomUUID();
    try {
      await dynamodb.send(
        new PutCommand({ TableName: table, Item: toRecordItem(record, writeId), ...condition }),
      );
    } catch (error) {
      if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
      const item = await readItem(record.userId);
      if (item?.writeId === writeId) return;
      throw conflict(record, item, clock.nowMs());
    }
  };

  return {
    async scan() {
      const records: RotationRecord[] = [];
      const timers: Timer[] = [];
      const problems: string[] = [];
      const isRecord = '#ak = :record';
      const isTimer = 'attribute_exists(delete_on)';
      for await (const item of pages((start) =>
        dynamodb.send(
          new ScanCommand({
            TableName: table,
            // A veto may have been noted a moment ago, and on a timer nothing else tells of it.
            ConsistentRead: true,
            FilterExpression: `${isRecord} OR ${isTimer}`,
            ExpressionAttributeNames: { '#ak': 'ak' },
            ExpressionAttributeValues: { ':record': RECORD_KEY },
            ExclusiveStartKey: start,
          }),
        ),
      )) {
        noting(problems, () =>
          item.ak === RECORD_KEY ? records.push(toRecord(item)) : timers.push(toTimer(item)),
        );
      }
      return { records, timers, problems };
    },

    async read(userId) {
      const item = await readItem(userId);
      return item && toRecord(item);
    },

    async readAll(userIds) {
      const records = new Map<string, RotationRecord>();
      for (let start = 0; start < userIds.length; start += BATCH_SIZE) {
        const keys = userIds.slice(start, start + BATCH_SIZE).map(recordKey);
        const { Responses: responses } = await dynamodb.send(
          new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
        );
        for (const item of responses?.[table] ?? []) {
          // Reading it alone tells what is wrong with an item that was changed by hand.
          noting([], () => {
            const record = toRecord(item);
            records.set(record.userId, record);
          });
        }
      }
      return records;
    },

    async begin(record, { ignoreBackOff = false } = {}) {
      const isNew = 'attribute_not_exists(ak)';
      const isClosed = '#state = :closed';
      const hasRested = '(closedAtMs <= :restsAfter OR closedAtMs > :restsUntil)';
      const isOver = 'retryNotBeforeMs <= :now';
      const isTooLong = 'retryNotBeforeMs > :latest';
      const nowMs = clock.nowMs();
      const { afterMs, untilMs } = restingSince(nowMs);
      await writeRecord(record, {
        ConditionExpression: ignoreBackOff
          ? `${isNew} OR (${isClosed} AND ${hasRested})`
          : `${isNew} OR (${isClosed} AND ${hasRested} AND (${isOver} OR ${isTooLong}))`,
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':closed': 'CLOSED',
          ':restsAfter': afterMs,
          ':restsUntil': untilMs,
          ...(!ignoreBackOff && { ':now': nowMs, ':latest': latestRetryAtMs(nowMs) }),
        },
      });
    },

    async replace(previous, next) {
      const isSameRotation = 'rotationId = :rotation';
      const isSameVersion = 'version = :version';
      await writeRecord(next, {
        ConditionExpression: `${isSameRotation} AND ${isSameVersion}`,
        ExpressionAttributeNames: undefined,
        ExpressionAttributeValues: {
          ':rotation': previous.rotationId,
          ':version': previous.version,
        },
      });
    },

    async putTimer(timer, { givesWay = false } = {}) {
      const ConditionExpression = givesWay ? mayRestore(timer) : mayReplace(timer);
      try {
        await dynamodb.send(
          new PutCommand({
            TableName: table,
            Item: toTimerItem(timer),
            ...(ConditionExpression && {
              ConditionExpression,
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
        new DeleteCommand({ TableName: table, Key: { user: userId, ak: oldKeyId } }),
      );
    },

    async addHistory(item) {
      await dynamodb.send(new PutCommand({ TableName: table, Item: toHistoryItem(item) }));
    },

    async history(userId) {
      const items: HistoryItem[] = [];
      const problems: string[] = [];
      for await (const item of userId === undefined
        ? pages((start) => dynamodb.send(new ScanCommand(allHistory(table, start))))
        : pages((start) => dynamodb.send(new QueryCommand(historyOf(table, userId, start))))) {
        noting(problems, () => items.push(fromHistoryItem(item)));
      }
      return { items: items.sort((a, b) => a.closedAtMs - b.closedAtMs), problems };
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
  const isNothing = 'attribute_not_exists(ak)';
  const isOfSame = rotationId === undefined ? `NOT ${isOfAnother}` : 'rotationId = :rotation';
  if (!vetoed) return `${isNothing} OR (${isOfSame} AND ${hasNoVeto})`;
  return rotationId === undefined
    ? `${isNothing} OR ${isOfSame} OR ${hasNoVeto}`
    : `${isNothing} OR ${isOfSame}`;
}

/** What one call can ask for. */
const BATCH_SIZE = 100;

type PageKey = Record<string, unknown> | undefined;

async function* pages(
  read: (start: PageKey) => Promise<{ Items?: Item[] | undefined; LastEvaluatedKey?: PageKey }>,
): AsyncGenerator<Item> {
  let start: PageKey;
  do {
    const page = await read(start);
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start);
}

function allHistory(table: string, start: PageKey) {
  return {
    TableName: table,
    FilterExpression: 'begins_with(ak, :history)',
    ExpressionAttributeValues: { ':history': HISTORY_PREFIX },
    ExclusiveStartKey: start,
  };
}

function historyOf(table: string, userId: string, start: PageKey) {
  return {
    TableName: table,
    KeyConditionExpression: '#user = :user AND begins_with(ak, :history)',
    ExpressionAttributeNames: { '#user': 'user' },
    ExpressionAttributeValues: { ':user': userId, ':history': HISTORY_PREFIX },
    ExclusiveStartKey: start,
  };
}

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
