/**
 * The stream records of the local account, held against those of DynamoDB Local: what becomes of
 * an old key depends on who is said to have removed its timer.
 */
import { UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, it } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { startLocalAccount } from '../../../simulation/aws/index.ts';
import { createClients, destroyClients } from '../../simulation/contract.ts';
import { engines, needs } from './support/engines.ts';
import { openStream } from './support/table-stream.ts';
import { createTable } from './support/targets.ts';

const TableName = 'streamed';

/** Writes, overwrites, repeats and deletes an item, and leaves one to the TTL service. */
async function live(documents: DynamoDBDocumentClient): Promise<void> {
  const put = (Item: Record<string, unknown>) =>
    documents.send(new PutCommand({ TableName, Item }));
  const timer = {
    account: '111122223333',
    item: 'AIDAONE/timer/AKIA1',
    rotationId: 'r1',
    vetoed: true,
  };
  await put({ ...timer, delete_on: 4_000_000_000 });
  await put({ ...timer, delete_on: 4_000_000_001 });
  await put({ ...timer, delete_on: 4_000_000_001 });
  const Key = { account: timer.account, item: timer.item };
  await documents.send(new DeleteCommand({ TableName, Key }));
  await documents.send(new DeleteCommand({ TableName, Key }));
  await put({ ...Key, item: 'AIDATWO/timer/AKIA2', delete_on: 1_700_000_000 });
}

/** Keeps what is the same in any account. */
function comparable({ dynamodb, ...record }: DynamoDBRecord) {
  return {
    ...record,
    eventID: typeof record.eventID,
    awsRegion: typeof record.awsRegion,
    eventSourceARN: record.eventSourceARN?.replace(
      /^arn:aws:dynamodb:[\w-]+:\d{12}:(.*?)[\d.:T-]*$/,
      '$1',
    ),
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: typeof dynamodb?.ApproximateCreationDateTime,
      SequenceNumber: dynamodb?.SequenceNumber?.replace(/^\d{21}$/, 'a number of 21 digits'),
      SizeBytes: typeof dynamodb?.SizeBytes,
    },
  };
}

needs(engines.dynamodb)('the stream of the local account', () => {
  let local: DynamoDBRecord[];
  let engine: DynamoDBRecord[];

  beforeAll(async () => {
    const account = await startLocalAccount();
    await account.createTable(TableName);
    const localClients = createClients(account.endpoint);
    await live(DynamoDBDocumentClient.from(localClients.dynamodb));
    await account.expire(TableName);
    local = account.stream.take();
    destroyClients(localClients);
    await account.close();

    const clients = createClients(engines.dynamodb);
    const { TableDescription } = await clients.dynamodb.send(createTable(TableName, true));
    await clients.dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { AttributeName: 'delete_on', Enabled: true },
      }),
    );
    const stream = openStream(engines.dynamodb, TableDescription?.LatestStreamArn ?? '');
    await live(DynamoDBDocumentClient.from(clients.dynamodb));
    engine = await stream.takeExpired();
    stream.close();
    destroyClients(clients);
  });

  it('tells the same as that of DynamoDB Local', () => {
    expect(local.map(comparable)).toEqual(engine.map(comparable));
  });

  it('says of whom it knows that it was the TTL service', () => {
    const removals = engine.filter(({ eventName }) => eventName === 'REMOVE');
    expect(removals.map(({ userIdentity }) => userIdentity)).toEqual([
      undefined,
      { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    ]);
  });
});
