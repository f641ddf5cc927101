import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { memoryRunJournal } from '../../simulation/memory/run-journal.ts';
import { documentClient } from '../../src/aws/clients.ts';
import { dynamodbRunJournal } from '../../src/aws/dynamodb-run.ts';
import type { ReportRow } from '../../src/domain/report.ts';
import {
  FOLLOWED_MS,
  LONGEST_RUN_MS,
  type RequestedRun,
  type RunJournal,
  type StoredReport,
} from '../../src/ports/run-journal.ts';

const ACCOUNT_ID = '111122223333';
const START_MS = Date.UTC(2026, 10, 20);
let nowMs: number;
const clock = { nowMs: () => nowMs, sleep: async () => {} };

let account: LocalAccount;
let client: DynamoDBClient;
let tables = 0;
let table: string;
beforeAll(async () => {
  account = await startLocalAccount();
  client = new DynamoDBClient({
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
});
afterAll(async () => {
  client.destroy();
  await account.close();
});
beforeEach(() => {
  nowMs = START_MS;
  account.faults.clear();
});

const onDynamoDb = async (): Promise<RunJournal> => {
  table = `runs-${tables++}`;
  await account.createTable(table);
  return dynamodbRunJournal(table, ACCOUNT_ID, documentClient(client), clock);
};

const requested = (facts: Partial<RequestedRun> = {}): RequestedRun => ({
  requestId: 'mine',
  askedBy: 'jane (alias admin)',
  startedAtMs: nowMs,
  done: 0,
  total: 0,
  ...facts,
});
const scheduledRun = () => ({
  startedAtMs: nowMs,
  finishedAtMs: nowMs,
  done: 5,
  total: 5,
  totals: { skipped: 5 },
});
const rowOf = (at: number, facts: Partial<ReportRow> = {}): ReportRow => ({
  userName: `user-${at}`,
  userId: `AIDA${at}`,
  outcome: 'skipped',
  code: 'not-due',
  reason: 'the key is not due',
  ...facts,
});
const reportOf = (rows: readonly ReportRow[]): StoredReport => ({
  startedAt: new Date(START_MS).toISOString(),
  finishedAt: new Date(START_MS).toISOString(),
  dryRun: false,
  users: rows.length,
  rows,
  totals: {},
  figures: {
    managedUsers: 0,
    openRotations: 0,
    overdueDestructions: 0,
    mailsSent: 0,
    mailsNotAccepted: 0,
  },
  problems: [],
  notes: [],
});

describe.each<[string, () => Promise<RunJournal>]>([
  ['memory', async () => memoryRunJournal(clock)],
  ['DynamoDB', onDynamoDb],
])('the run journal on %s', (_, create) => {
  let runs: RunJournal;
  beforeEach(async () => {
    runs = await create();
  });

  it('is empty at first', async () => {
    expect(await runs.read()).toBeUndefined();
  });

  it('keeps a run that a person asked for, from its beginning to its report', async () => {
    expect(await runs.begin(requested())).toBe('begun');
    expect(await runs.read()).toEqual(requested());
    await runs.save(requested({ done: 3, total: 7 }));
    expect(await runs.read()).toEqual(requested({ done: 3, total: 7 }));
    const report = reportOf([rowOf(1)]);
    const end = requested({
      done: 7,
      total: 7,
      finishedAtMs: nowMs,
      totals: { rotated: 1 },
      report,
    });
    await runs.save(end);
    expect(await runs.read()).toEqual(end);
  });

  it('begins a run once, also after it has ended', async () => {
    await runs.begin(requested());
    expect(await runs.begin(requested())).toBe('repeated');
    await runs.save(requested({ finishedAtMs: nowMs }));
    expect(await runs.begin(requested())).toBe('repeated');
    nowMs += LONGEST_RUN_MS;
    expect(await runs.begin(requested())).toBe('repeated');
  });

  it('begins no other run while one is at work that may still end', async () => {
    const other = () => requested({ requestId: 'other' });
    await runs.begin(requested());
    expect(await runs.begin(other())).toBe('busy');
    nowMs += LONGEST_RUN_MS - 1;
    expect(await runs.begin(other())).toBe('busy');
    expect((await runs.read())?.requestId).toBe('mine');
    nowMs += 1;
    expect(await runs.begin(other())).toBe('begun');
    expect((await runs.read())?.requestId).toBe('other');
  });

  it('begins another run once one has ended', async () => {
    await runs.begin(requested());
    await runs.save(requested({ finishedAtMs: nowMs }));
    expect(await runs.begin(requested({ requestId: 'other' }))).toBe('begun');
  });

  it('keeps nothing of a run in whose place another one was begun', async () => {
    await runs.begin(requested());
    nowMs += LONGEST_RUN_MS;
    await runs.begin(requested({ requestId: 'other' }));
    await runs.save(requested({ done: 9 }));
    expect(await runs.read()).toMatchObject({ requestId: 'other', done: 0 });
  });

  it('keeps a scheduled run, in whose place any other comes', async () => {
    await runs.note(scheduledRun());
    expect(await runs.read()).toEqual(scheduledRun());
    nowMs += 1;
    await runs.note(scheduledRun());
    expect((await runs.read())?.startedAtMs).toBe(nowMs);
    expect(await runs.begin(requested())).toBe('begun');
  });

  it('keeps no scheduled run while a person may follow another', async () => {
    await runs.begin(requested());
    await runs.save(requested({ finishedAtMs: nowMs }));
    nowMs += FOLLOWED_MS - 1;
    await runs.note(scheduledRun());
    expect((await runs.read())?.requestId).toBe('mine');
    nowMs += 1;
    await runs.note(scheduledRun());
    expect(await runs.read()).toEqual(scheduledRun());
  });
});

describe('the item of a run', () => {
  it('is begun although the answer was lost and the client has repeated the call', async () => {
    const runs = await onDynamoDb();
    account.faults.add({ match: { action: 'PutItem' }, kind: 'reset-after' });
    expect(await runs.begin(requested())).toBe('begun');
    expect(account.calls.count('dynamodb:PutItem')).toBeGreaterThan(1);
  });

  it('holds a report of 5,000 users whole, far below what an item may hold', async () => {
    const runs = await onDynamoDb();
    await runs.begin(requested());
    const rows = Array.from({ length: 5_000 }, (_, at) =>
      rowOf(at, {
        userId: `AIDA${(at * 7_919_993).toString(36).toUpperCase().padStart(16, 'X')}`,
        oldKeyId: `AKIA${(at * 104_729_003).toString(36).toUpperCase().padStart(16, 'X')}`,
        keyCreatedAt: new Date(START_MS - at * 12_345_678).toISOString(),
        dueAt: new Date(START_MS + at * 12_345_678).toISOString(),
      }),
    );
    await runs.save(requested({ report: reportOf(rows) }));

    expect((await runs.read())?.report?.rows).toEqual(rows);
    const [item] = await account.userActions.items(table);
    expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(350_000);
  });

  it('leaves out rows of a larger report, of users who need nothing first, and tells how many', async () => {
    const runs = await onDynamoDb();
    await runs.begin(requested());
    const noise = (at: number) => createHash('sha512').update(`${at}`).digest('base64');
    const quiet = Array.from({ length: 6_000 }, (_, at) => rowOf(at, { reason: noise(at) }));
    const failed = [rowOf(-1, { outcome: 'failed' }), rowOf(-2, { outcome: 'rotated' })];
    await runs.save(requested({ report: reportOf([...quiet, ...failed]) }));

    const report = (await runs.read())?.report;
    expect(report?.rows.map(({ outcome }) => outcome).slice(0, 3)).toEqual(['failed', 'rotated']);
    expect(report?.omittedRows).toBe(6_000);
    expect(report?.users).toBe(6_002);
  });

  it('tells the end of a run even when there is no room for any report', async () => {
    const runs = await onDynamoDb();
    await runs.begin(requested());
    const report = { ...reportOf([]), problems: ['x'.repeat(5_000_000)] };
    await runs.save(requested({ finishedAtMs: nowMs, report }));
    expect(await runs.read()).toEqual(requested({ finishedAtMs: nowMs }));
  });

  it.each([
    ['a date that is none', { startedAtMs: { N: '9e99' } }],
    ['no number', { done: { S: 'many' } }],
    ['totals of another shape', { totals: { S: 'x' } }],
  ])('is not believed with %s', async (_, changes) => {
    const runs = await onDynamoDb();
    await runs.begin(requested());
    const [item] = await account.userActions.items(table);
    await account.userActions.putItem(table, { ...item, ...changes });
    expect(await runs.read()).toBeUndefined();
  });

  it('tells everything but a report that was changed by hand', async () => {
    const runs = await onDynamoDb();
    await runs.begin(requested());
    const [item] = await account.userActions.items(table);
    await account.userActions.putItem(table, { ...item, report: { S: 'H4sIAAAAAAAA' } });
    expect(await runs.read()).toEqual(requested());
  });
});
