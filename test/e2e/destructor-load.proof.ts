/**
 * A thousand old keys that expire at the same time, on the built bundles: batches as the event
 * source mapping delivers them, a function that is killed in the middle of some of them, and a
 * user at whom everything fails for a while.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { FaultKind } from '../../simulation/aws/index.ts';
import { type Pipeline, startPipeline, TABLE } from '../../simulation/pipeline.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

const USERS = 1_000;
const BATCH = 100;
/** More than enough rounds for every timer that is set again to expire again. */
const ROUNDS = 10;

interface Kill {
  readonly action: string;
  readonly nth: number;
  readonly kind: FaultKind;
}
/**
 * In the middle of which batch (the first is 1) the function is killed, and at which call. Only
 * batches that come for the first time are counted and hit: such a batch makes each of these calls
 * for every user in it, while of a batch that comes again nobody knows how much was done before.
 */
const KILLS: ReadonlyMap<number, Kill> = new Map([
  [2, { action: 'DeleteAccessKey', nth: 40, kind: 'die-after' }],
  [4, { action: 'PutItem', nth: 90, kind: 'die-before' }],
  [5, { action: 'SendEmail', nth: 50, kind: 'die-after' }],
  [7, { action: 'DeleteParameter', nth: 1, kind: 'die-after' }],
  [9, { action: 'ListAccessKeys', nth: 60, kind: 'die-before' }],
]);
/** How many users the destructor works on at a time. */
const CONCURRENCY = 50;
/**
 * Whose place it is on the stream at whom everything fails: neither can the key be deleted nor the
 * timer set again. It is in the last batch, as the stream goes on with that record.
 */
const UNLUCKY = USERS - BATCH + 7;

const names = Array.from({ length: USERS }, (_, index) => `user-${index}`);

let pipeline: Pipeline;
const userIds = new Map<string, string>();
const oldKeys = new Map<string, string>();
const newKeys = new Map<string, string>();
/** IDs of users whose records were in a batch under which the function was killed. */
const inKilledBatch = new Set<string>();
let killed = 0;
let partial = 0;
const sequenceOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.SequenceNumber ?? '';
const userOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.Keys?.item?.S?.split('/')[0] ?? '';

const removals = () => pipeline.account.stream.take(({ eventName }) => eventName === 'REMOVE');

/**
 * Delivers records in batches; what fails is delivered again, in its order.
 * @param kills in the middle of which batches the function is killed
 * @param onFailure what changes once a record went back to the stream
 */
async function deliver(
  records: readonly DynamoDBRecord[],
  kills: ReadonlyMap<number, Kill>,
  onFailure: () => void,
): Promise<void> {
  let queue = [...records];
  let batches = 0;
  while (queue.length > 0) {
    const batch = queue.slice(0, BATCH);
    batches += 1;
    const kill = kills.get(batches);
    if (kill && (await invokeAndKill(batch, kill))) {
      killed += 1;
      for (const record of batch) inKilledBatch.add(userOf(record));
    }
    // After a kill the same batch comes again, and this time the function is let live.
    const { result } = await pipeline.destructor.invoke<DynamoDBBatchResponse>({ Records: batch });
    const failed = new Set(result?.batchItemFailures.map((one) => one.itemIdentifier));
    const first = batch.findIndex((record) => failed.has(sequenceOf(record)));
    queue = queue.slice(first < 0 ? batch.length : first);
    if (first < 0) continue;
    partial += 1;
    onFailure();
  }
}

/** Whether the function died, and so did not answer before its call came. */
async function invokeAndKill(
  batch: readonly DynamoDBRecord[],
  { action, nth, kind }: Kill,
): Promise<boolean> {
  const { account, destructor } = pipeline;
  const onDie = () => destructor.kill();
  const fault = account.faults.add({ match: { action, nth }, kind, onDie });
  const { died = false } = await destructor.invoke({ Records: batch });
  fault.remove();
  return died;
}

beforeAll(async () => {
  pipeline = await startPipeline();
  const { account } = pipeline;
  account.ses.knobs.maxSendRate = 10_000;
  account.ses.knobs.max24HourSend = 100_000;
  for (const name of names) {
    const { userId, oldKeyId } = pipeline.addUser(name);
    userIds.set(name, userId);
    oldKeys.set(name, oldKeyId);
  }
  expect((await pipeline.rotate()).totals).toEqual({ rotated: USERS });
  for (const name of names) newKeys.set(name, pipeline.useNewKey(name));
  account.mails.length = 0;
  account.calls.reset();

  account.clock.advance(7 * DAY_MS + HOUR_MS);
  account.stream.take();
  expect(await account.expire(TABLE)).toBe(USERS);
  let records = removals();
  expect(records).toHaveLength(USERS);
  const unluckyId = userOf(records[UNLUCKY] ?? {});
  const [unlucky] = [...userIds].find(([, userId]) => userId === unluckyId) ?? [];
  const fault = account.faults.add({
    match: ({ action, resource }) =>
      (action === 'DeleteAccessKey' && resource.UserName === unlucky) ||
      (action === 'PutItem' && resource.item?.startsWith(`${unluckyId}/`) === true),
    kind: 'deny',
    times: Number.POSITIVE_INFINITY,
  });
  for (let round = 0; round < ROUNDS; round++) {
    await deliver(records, round === 0 ? KILLS : new Map(), () => fault.remove());
    // Longer than a lease: what a killed function held is let go.
    account.clock.advance(21 * MINUTE_MS);
    await account.expire(TABLE);
    records = removals();
  }
}, 600_000);
afterAll(() => pipeline.close());

describe('a thousand expiries at once', () => {
  it('meet a function that is killed again and again, and a record that fails', () => {
    expect(killed).toBe(KILLS.size);
    expect(partial).toBe(1);
  });

  it('leave every user with the new key, and with no other', () => {
    const wrong = names.filter((name) => {
      const keys = pipeline.account.userActions.keys(name);
      return keys.length !== 1 || keys[0]?.accessKeyId !== newKeys.get(name);
    });
    expect(wrong).toEqual([]);
  });

  it('lose none: every rotation is closed, once, and nothing of it is left', async () => {
    const { userActions } = pipeline.account;
    const items = await userActions.items(TABLE);
    const records = items.filter(({ item }) => item?.S?.endsWith('/rotation'));
    const history = items.filter(({ account }) => account?.S?.endsWith('/history'));
    expect(records).toHaveLength(USERS);
    expect(records.filter(({ state }) => state?.S !== 'CLOSED')).toEqual([]);
    expect(history.filter(({ outcome }) => outcome?.S !== 'completed')).toEqual([]);
    expect(new Set(history.map(({ oldKeyId }) => oldKeyId?.S))).toEqual(new Set(oldKeys.values()));
    // Nothing else is in the table but the last run.
    const rest = items.filter(({ item }) => item?.S !== 'run');
    expect(rest).toHaveLength(records.length + history.length);
    expect(userActions.parameterNames()).toEqual([]);
  });

  it('send no mail twice, and leave out only those in whose middle the function was killed', () => {
    const counts = new Map<string, number>();
    for (const { to } of pipeline.account.mails) {
      for (const address of to) counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
    const untold = names.filter((name) => !counts.has(`${name}@example.com`));
    expect(untold.filter((name) => !inKilledBatch.has(userIds.get(name) ?? ''))).toEqual([]);
    expect(untold.length).toBeLessThanOrEqual(KILLS.size * CONCURRENCY);
  });
});
