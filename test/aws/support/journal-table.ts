/** The journal of one account on a table in the simulation, and what stands beside it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type LocalAccount, startLocalAccount } from '../../../simulation/aws/index.ts';
import { documentClient } from '../../../src/aws/clients.ts';
import { dynamodbJournal } from '../../../src/aws/dynamodb-journal.ts';
import type { HistoryItem, RotationRecord } from '../../../src/domain/record.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import { startedRecord } from '../../support/records.ts';

export const ACCOUNT_ID = '123456789012';

export const historyItem: HistoryItem = {
  accountId: ACCOUNT_ID,
  userId: 'AIDAALICE',
  userName: 'alice',
  userArn: 'arn:aws:iam::123456789012:user/alice',
  rotationId: 'rotation-1',
  startedAtMs: 1,
  closedAtMs: 2,
  outcome: 'completed',
  reason: { code: 'completed' },
  oldKeyId: 'AKIAOLD',
  newKeyId: 'AKIANEW',
  oldKeyCreatedAtMs: 0,
};

/** The parameter of a user's content key, as records must name it. */
const parameterOf = (userId: string) => `/ikr/secret/iam/alice/${userId}`;

export interface JournalTable {
  readonly name: string;
  readonly journal: Journal;
  readonly client: DynamoDBDocumentClient;
  /** The input of every command that was sent. */
  readonly asked: unknown[];
  /** The bytes of every answer, in order. */
  readonly answeredBytes: number[];
  /** How many items each query since the first of `asked` has read. */
  scanned(): number[];
  /** Brings a record into the journal in any state, past its rules. */
  place(record: RotationRecord): Promise<void>;
  /** What a person does to the record of alice. */
  edit(changes: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A simulated account that lives as long as the tests of a file. */
export interface JournalWorld {
  readonly account: LocalAccount;
  /** An empty table. */
  table(): Promise<JournalTable>;
}

export async function startJournalWorld(): Promise<JournalWorld> {
  const account = await startLocalAccount();
  let tables = 0;
  return {
    account,
    async table() {
      const name = `journal-${tables++}`;
      await account.createTable(name);
      account.faults.clear();
      account.calls.reset();
      return openTable(account, name);
    },
  };
}

function openTable(account: LocalAccount, name: string): JournalTable {
  const asked: unknown[] = [];
  const answeredBytes: number[] = [];
  const answers = new Map<unknown, number>();
  const raw = new DynamoDBClient({
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  raw.middlewareStack.add((next) => async (call) => {
    asked.push(call.input);
    const answer = await next(call);
    const { ScannedCount: scanned } = answer.output as { ScannedCount?: number };
    if (scanned !== undefined) answers.set(call.input, scanned);
    return answer;
  });
  raw.middlewareStack.add(
    (next) => async (call) => {
      const answer = await next(call);
      const { headers } = answer.response as { headers: Record<string, string> };
      answeredBytes.push(Number(headers['content-length']));
      return answer;
    },
    { step: 'deserialize', priority: 'low' },
  );
  const client = documentClient(raw);
  const clock: Clock = { nowMs: () => account.clock.nowMs(), sleep: async () => {} };
  const journal = dynamodbJournal(name, ACCOUNT_ID, client, clock);
  return {
    name,
    journal,
    client,
    asked,
    answeredBytes,
    scanned: () => asked.flatMap((input) => answers.get(input) ?? []),
    async place(record) {
      const { rotationId, userId, version } = record;
      const started = startedRecord({ rotationId, userId, version });
      await journal.begin({ ...started, parameterName: parameterOf(userId) });
      await journal.replace(started as RotationRecord, record as never);
    },
    async edit(changes) {
      const record = await journal.read('AIDAALICE');
      if (!record) throw new Error('there is no record');
      await journal.replace(record, { ...record, ...changes } as never);
    },
  };
}

/** The same record of another user. */
export function ownBy<R extends RotationRecord>(userId: string, record: R): R {
  const parameter = 'parameterName' in record ? { parameterName: parameterOf(userId) } : {};
  return { ...record, userId, ...parameter };
}
