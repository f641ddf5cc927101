/**
 * What goes wrong in comparable tools, one test a fault: each shows what happens here instead. Run
 * on the built bundles over HTTP.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type Pipeline,
  type PipelineOptions,
  startPipeline,
  TABLE,
} from '../../simulation/pipeline.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

let pipeline: Pipeline;
const start = async (options?: PipelineOptions) => {
  pipeline = await startPipeline(options);
  return pipeline;
};
afterEach(() => pipeline.close());

const keyIds = (name: string) =>
  pipeline.account.userActions.keys(name).map(({ accessKeyId }) => accessKeyId);

/** The owner opens the mail and uses the key, the week passes: the rotation ends as it should. */
async function expectToComplete(name: string, oldKeyId: string): Promise<void> {
  const newKeyId = pipeline.useNewKey(name);
  expect(newKeyId).not.toBe(oldKeyId);
  await pipeline.pass(9);
  expect(keyIds(name)).toEqual([newKeyId]);
  expect(await pipeline.record(name)).toMatchObject({ state: 'CLOSED', outcome: 'completed' });
  expect(await pipeline.timers()).toEqual([]);
}

describe('a mail that is refused', () => {
  it('takes the new key back and leaves the old one alone', async () => {
    await start();
    const { oldKeyId } = pipeline.addUser('alice');
    pipeline.account.ses.knobs.rejected.add('alice@example.com');

    const answer = await pipeline.tryRotate();
    expect(answer.result?.totals).toEqual({ withdrawn: 1 });
    expect(keyIds('alice')).toEqual([oldKeyId]);
    expect(await pipeline.timers()).toEqual([]);
    expect(pipeline.account.userActions.parameterNames()).toEqual([]);

    // The address is mended; after the back-off of a day all is well.
    pipeline.account.ses.knobs.rejected.clear();
    await pipeline.pass(1.25);
    expect(await pipeline.record('alice')).toMatchObject({ state: 'SCHEDULED' });
    await expectToComplete('alice', oldKeyId);
  });
});

describe('wrong mail settings', () => {
  it.each([
    ['ses', 'the sender is not verified'],
    ['smtp', 'the password is wrong'],
    ['mailgun', 'the API key is wrong'],
  ] as const)('create nothing for anybody and fail loudly: %s, %s', async (mailClient, _why) => {
    await start({ mailClient });
    const { account } = pipeline;
    const old = ['alice', 'bob'].map((name) => pipeline.addUser(name).oldKeyId);
    if (mailClient === 'ses') account.ses.knobs.verified = new Set(['elsewhere.example']);
    account.userActions.putParameter('/mail/smtp-password', 'wrong');
    account.userActions.putParameter('/mail/mailgun-key', 'wrong');

    const answer = await pipeline.tryRotate();
    expect(answer.error).toMatchObject({
      name: 'NothingWorked',
      message: expect.stringMatching(/^All due work failed: /),
    });
    expect([...keyIds('alice'), ...keyIds('bob')]).toEqual(old);
    expect(account.calls.count('iam:CreateAccessKey')).toBe(0);
    expect(account.mails).toEqual([]);
  });
});

describe('a mailer that takes one mail a second', () => {
  it('is waited for: whoever gets a new key gets a mail', async () => {
    await start();
    const names = Array.from({ length: 4 }, (_, index) => `user-${index}`);
    for (const name of names) pipeline.addUser(name);
    pipeline.account.ses.knobs.maxSendRate = 1;

    const report = await pipeline.rotate();
    expect(report.totals).toEqual({ rotated: 4 });
    expect(pipeline.account.mails).toHaveLength(4);
    expect(await pipeline.timers()).toHaveLength(4);
  });

  it('gets no more than its quota allows: the others keep their one key', async () => {
    await start();
    for (let index = 0; index < 6; index++) {
      pipeline.addUser(`user-${index}`, { keyAgeDays: 90 - index });
    }
    pipeline.account.ses.knobs.max24HourSend = 2;

    const report = await pipeline.rotate();
    expect(report.totals).toEqual({ rotated: 2, left: 4 });
    expect(
      report.rows.filter(({ outcome }) => outcome === 'rotated').map((row) => row.userName),
    ).toEqual(['user-0', 'user-1']);
    expect(pipeline.account.calls.count('iam:CreateAccessKey')).toBe(2);
  });
});

describe('a parameter that can not be stored', () => {
  it('creates no key, and the next run does it all', async () => {
    await start();
    const { oldKeyId } = pipeline.addUser('alice');
    const fault = pipeline.account.faults.add({
      match: { service: 'ssm', action: 'PutParameter' },
      kind: 'deny',
      times: 99,
    });
    const answer = await pipeline.tryRotate();
    expect(answer.error?.message).toMatch(/content key could not be stored/);
    expect(keyIds('alice')).toEqual([oldKeyId]);

    fault.remove();
    // The name of the parameter rests before it is used again.
    pipeline.account.clock.advance(2 * MINUTE_MS);
    expect((await pipeline.rotate()).totals).toEqual({ rotated: 1 });
    await expectToComplete('alice', oldKeyId);
  });
});

describe('a timer that can not be written', () => {
  it('loses nothing: the next run delivers again and sets it', async () => {
    await start();
    const { oldKeyId } = pipeline.addUser('alice');
    let writes = 0;
    const fault = pipeline.account.faults.add({
      match: ({ service, action }) => {
        if (service === 'dynamodb' && action === 'PutItem') writes += 1;
        // begin, seal, and then the timer.
        return service === 'dynamodb' && action === 'PutItem' && writes >= 3;
      },
      kind: 'deny',
      times: 99,
    });
    await pipeline.tryRotate();
    expect(await pipeline.record('alice')).toMatchObject({ state: 'DELIVERING' });
    expect(keyIds('alice')).toHaveLength(2);

    fault.remove();
    pipeline.account.clock.advance(6 * HOUR_MS);
    await pipeline.rotate();
    expect(await pipeline.record('alice')).toMatchObject({ state: 'SCHEDULED' });
    expect(await pipeline.timers()).toHaveLength(1);
    await expectToComplete('alice', oldKeyId);
  });
});

describe('a process that dies between the creation and the mail', () => {
  it('leaves a key that the next run deletes and replaces', async () => {
    await start();
    const { oldKeyId } = pipeline.addUser('alice');
    pipeline.account.faults.add({
      match: { service: 'iam', action: 'CreateAccessKey' },
      kind: 'die-after',
      onDie: () => pipeline.rotator.kill(),
    });
    expect(await pipeline.tryRotate()).toMatchObject({ died: true });
    const [orphan] = keyIds('alice').filter((id) => id !== oldKeyId);

    pipeline.account.clock.advance(6 * HOUR_MS);
    expect((await pipeline.rotate()).totals).toEqual({ rotated: 1 });
    expect(keyIds('alice')).not.toContain(orphan);
    expect(keyIds('alice')).toHaveLength(2);
    await expectToComplete('alice', oldKeyId);
  });
});

describe('a 500 after a key was created', () => {
  it('is not repeated; the next run cleans up and goes on', async () => {
    await start();
    const { oldKeyId } = pipeline.addUser('alice');
    pipeline.account.faults.add({
      match: { service: 'iam', action: 'CreateAccessKey' },
      kind: 'error500-after',
    });
    const answer = await pipeline.tryRotate();
    expect(answer.error?.message).toBeDefined();
    expect(pipeline.account.calls.count('iam:CreateAccessKey')).toBe(1);

    pipeline.account.clock.advance(6 * HOUR_MS);
    expect((await pipeline.rotate()).totals).toEqual({ rotated: 1 });
    expect(keyIds('alice')).toHaveLength(2);
    await expectToComplete('alice', oldKeyId);
  });
});

describe('a destruction that finds nothing to destroy', () => {
  const rotateUseAndWait = async () => {
    await start();
    const { oldKeyId } = pipeline.addUser('alice');
    await pipeline.rotate();
    pipeline.useNewKey('alice');
    pipeline.account.clock.advance(7 * DAY_MS + HOUR_MS);
    return oldKeyId;
  };

  it('closes the rotation when the old key is gone', async () => {
    const oldKeyId = await rotateUseAndWait();
    pipeline.account.userActions.deleteKey(oldKeyId);
    const { result } = await pipeline.expire();
    expect(result).toEqual({ batchItemFailures: [] });
    expect(await pipeline.record('alice')).toMatchObject({ state: 'CLOSED', outcome: 'completed' });
    expect(await pipeline.timers()).toEqual([]);
  });

  it('closes the rotation when IAM says that both keys are gone', async () => {
    await rotateUseAndWait();
    pipeline.account.iam.knobs.unknownKeyLastUsed = 'NoSuchEntity';
    pipeline.account.userActions.deleteUser('alice');
    await pipeline.expire();
    expect(await pipeline.record('alice')).toMatchObject({ state: 'CLOSED', outcome: 'undone' });
    expect(await pipeline.timers()).toEqual([]);
  });

  it('leaves it to the next run to find that the user is gone when IAM does not say', async () => {
    await rotateUseAndWait();
    pipeline.account.iam.knobs.unknownKeyLastUsed = 'AccessDenied';
    pipeline.account.userActions.deleteUser('alice');
    await pipeline.expire();
    await pipeline.rotate();
    expect(await pipeline.record('alice')).toMatchObject({ state: 'CLOSED', outcome: 'user-gone' });
    expect(await pipeline.timers()).toEqual([]);
    expect(pipeline.account.userActions.parameterNames()).toEqual([]);
  });
});

describe('a delete and a re-queue that both fail', () => {
  it('bring one record back from the stream, and cost the rest of the batch nothing', async () => {
    await start();
    const { userId } = pipeline.addUser('alice');
    pipeline.addUser('bob');
    await pipeline.rotate();
    for (const name of ['alice', 'bob']) pipeline.useNewKey(name);
    const { account } = pipeline;
    account.clock.advance(7 * DAY_MS + HOUR_MS);
    account.stream.take();
    await account.expire(TABLE);
    const Records = account.stream.take();

    // Whatever is asked or written about alice fails: the deletion, the new timer, the record.
    const fault = account.faults.add({
      match: ({ action, resource }) =>
        (action === 'DeleteAccessKey' && resource.UserName === 'alice') ||
        (action === 'PutItem' && resource.item?.startsWith(`${userId}/`) === true),
      kind: 'deny',
      times: 99,
    });

    const { result } = await pipeline.destructor.invoke<{
      batchItemFailures: { itemIdentifier: string }[];
    }>({ Records });
    expect(result?.batchItemFailures).toHaveLength(1);
    expect(await pipeline.record('bob')).toMatchObject({ state: 'CLOSED' });
    expect(keyIds('alice')).toHaveLength(2);

    fault.remove();
    const again = Records.filter(
      (record) =>
        (record as { dynamodb: { SequenceNumber: string } }).dynamodb.SequenceNumber ===
        result?.batchItemFailures[0]?.itemIdentifier,
    );
    account.clock.advance(21 * 60_000);
    await pipeline.destructor.invoke({ Records: again });
    expect(await pipeline.record('alice')).toMatchObject({ state: 'CLOSED', outcome: 'completed' });
  });
});

describe('a hundred expiries at once', () => {
  it('are all handled, in one batch', async () => {
    await start();
    const names = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    for (const name of names) pipeline.addUser(name);
    await pipeline.rotate();
    for (const name of names) pipeline.useNewKey(name);
    pipeline.account.clock.advance(7 * DAY_MS + HOUR_MS);
    const { result } = await pipeline.expire();
    expect(result).toEqual({ batchItemFailures: [] });
    for (const name of names) expect(keyIds(name)).toHaveLength(1);
    expect(await pipeline.timers()).toEqual([]);
  });
});

describe('an item that is removed by hand', () => {
  it('is a veto: both keys stay, for ever', async () => {
    await start();
    const { userId, oldKeyId } = pipeline.addUser('alice');
    await pipeline.rotate();
    pipeline.useNewKey('alice');
    await pipeline.account.userActions.deleteItem(TABLE, {
      account: { S: pipeline.account.accountId },
      item: { S: `${userId}/timer/${oldKeyId}` },
    });
    await pipeline.pass(30);
    expect(keyIds('alice')).toHaveLength(2);
    expect(await pipeline.record('alice')).toMatchObject({ state: 'CANCELLED' });
  });
});

describe('a user name with characters that SSM does not take', () => {
  it.each(['alice+ci@example.com', '=a,b=', 'first_x2B_last'])('%s is rotated', async (name) => {
    await start();
    const { oldKeyId } = pipeline.addUser(name);
    expect((await pipeline.rotate()).totals).toEqual({ rotated: 1 });
    await expectToComplete(name, oldKeyId);
  });
});

describe('tags that nobody expects', () => {
  it('cost only the user who wears them, before a key is created', async () => {
    await start();
    pipeline.addUser('odd', {
      tags: { 'IKR:INSTRUCTION_x': 'boom', 'IKR:INSTRUCTION_0': 'ask +1 234' },
    });
    const { oldKeyId } = pipeline.addUser('bad', { tags: { 'IKR:DELETE_AFTER_DAYS': 'abc' } });
    pipeline.addUser('good');
    const report = await pipeline.rotate();
    expect(pipeline.row(report, 'odd').outcome).toBe('rotated');
    expect(pipeline.row(report, 'good').outcome).toBe('rotated');
    expect(pipeline.row(report, 'bad')).toMatchObject({
      outcome: 'invalid',
      reason: expect.stringContaining('IKR:DELETE_AFTER_DAYS is "abc"'),
    });
    expect(keyIds('bad')).toEqual([oldKeyId]);
  });
});

describe('an IAM that throttles', () => {
  it('slows the run down, and creates a key for everybody who is due', async () => {
    await start();
    for (let index = 0; index < 12; index++) pipeline.addUser(`user-${index}`);
    pipeline.account.limit('iam', 25);
    expect((await pipeline.rotate()).totals).toEqual({ rotated: 12 });
  });

  it('never lets a run that did nothing look like a success', async () => {
    await start();
    pipeline.addUser('alice');
    pipeline.account.faults.add({ match: { action: 'CreateAccessKey' }, kind: 'deny', times: 99 });
    const answer = await pipeline.tryRotate();
    expect(answer.error).toMatchObject({
      name: 'NothingWorked',
      message: expect.stringMatching(/^All due work failed: /),
    });
    expect(keyIds('alice')).toHaveLength(1);
  });
});
