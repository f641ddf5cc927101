/** The stream of a table in DynamoDB Local, read as Lambda's event source mapping reads one. */
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { waitFor } from './wait-for.ts';

export interface TableStream {
  /** What was not taken yet, oldest first; waits until it is enough. */
  take(isEnough: (records: readonly DynamoDBRecord[]) => boolean): Promise<DynamoDBRecord[]>;
  /** The same, until the TTL service has removed so many items. */
  takeExpired(count?: number): Promise<DynamoDBRecord[]>;
  close(): void;
}

export function openStream(endpoint: string, streamArn: string): TableStream {
  const credentials = { accessKeyId: 'ASIAEXAMPLEEXAMPLE23', secretAccessKey: 'not-a-secret' };
  const client = new DynamoDBStreamsClient({ endpoint, region: 'us-east-1', credentials });
  const iterators = new Map<string, string | undefined>();

  const takeNow = async (): Promise<DynamoDBRecord[]> => {
    const { StreamDescription } = await client.send(
      new DescribeStreamCommand({ StreamArn: streamArn }),
    );
    const records: DynamoDBRecord[] = [];
    for (const { ShardId = '' } of StreamDescription?.Shards ?? []) {
      if (!iterators.has(ShardId)) {
        const { ShardIterator } = await client.send(
          new GetShardIteratorCommand({
            StreamArn: streamArn,
            ShardId,
            ShardIteratorType: 'TRIM_HORIZON',
          }),
        );
        iterators.set(ShardId, ShardIterator);
      }
      let got = -1;
      while (got !== 0 && iterators.get(ShardId)) {
        const page = await client.send(
          new GetRecordsCommand({ ShardIterator: iterators.get(ShardId) }),
        );
        iterators.set(ShardId, page.NextShardIterator);
        got = page.Records?.length ?? 0;
        records.push(...(page.Records ?? []).map((record) => asLambdaSeesIt(record, streamArn)));
      }
    }
    return records;
  };

  const take: TableStream['take'] = async (isEnough) => {
    const records: DynamoDBRecord[] = [];
    await waitFor('records on the stream', async () => {
      records.push(...(await takeNow()));
      return isEnough(records) || undefined;
    });
    return records;
  };

  return {
    take,
    takeExpired: (count = 1) =>
      take((records) => records.filter(({ userIdentity }) => userIdentity).length >= count),
    close: () => client.destroy(),
  };
}

/**
 * Lambda writes the same record in another way: small letters for the identity, and dates as epoch
 * seconds (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
 */
function asLambdaSeesIt(record: StreamRecord, streamArn: string): DynamoDBRecord {
  const { userIdentity, dynamodb, ...rest } = record;
  return JSON.parse(
    JSON.stringify({
      ...rest,
      dynamodb: {
        ...dynamodb,
        ApproximateCreationDateTime: Math.floor(
          (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
        ),
      },
      ...(userIdentity && {
        userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type },
      }),
      eventSourceARN: streamArn,
    }),
  );
}
