import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isOpen } from '../../src/domain/record.ts';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterEach(() => cli.account.faults.clear());
afterAll(() => cli.close());

const cancel = (...argv: string[]) => cli.ikr(['cancel', ...argv]);
const rotated = (name: string) => cli.rotated(name);
const timerOf = async (userId: string) =>
  (await cli.journal.readAccount()).timers.find((timer) => timer.userId === userId);
const words = (text: string) => text.replace(/\s+/g, ' ');

describe('ikr cancel', () => {
  it('writes the veto down before it removes the timer, and says what was kept', async () => {
    const { userId, oldKeyId } = await rotated('alice');
    const newKeyId = cli.account.userActions.keys('alice')[1]?.accessKeyId ?? '';
    cli.account.calls.reset();

    const { code, out } = await cancel('alice');

    expect(code).toBe(0);
    expect(out).toContain('Cancelled');
    expect(out).toContain(`old key  ${oldKeyId}`);
    expect(out).toContain(`new key  ${newKeyId}`);
    expect(out).toContain(
      `aws iam delete-access-key --user-name alice --access-key-id ${oldKeyId}`,
    );
    const record = await cli.record('alice');
    expect(record).toMatchObject({
      state: 'CANCELLED',
      reason: {
        code: 'cancelled-by',
        details: { who: expect.stringMatching(/^arn:aws:sts::\S+ \(alias support\)$/) },
      },
      leaseUntilMs: 0,
    });
    expect(await timerOf(userId)).toBeUndefined();
    expect(cli.account.userActions.keys('alice').map(({ status }) => status)).toEqual([
      'Active',
      'Active',
    ]);
    const writes = cli.account.calls.log
      .map(({ action }) => action)
      .filter((action) => /^(Put|Delete)Item$/.test(action));
    expect(writes).toEqual(['PutItem', 'DeleteItem']);
  });

  it('says when it was cancelled before, and is content', async () => {
    const { code, out } = await cancel('alice');

    expect(code).toBe(0);
    expect(out).toContain('was cancelled already');
  });

  it('keeps the veto though the timer can not be removed, and removes it next time', async () => {
    const { userId } = await rotated('bob');
    cli.account.faults.add({ match: { action: 'DeleteItem' }, kind: 'deny', times: 20 });

    const first = await cancel('bob');

    expect(first.code).toBe(0);
    expect(words(first.err)).toContain('the timer could not be removed');
    expect(await cli.record('bob')).toMatchObject({ state: 'CANCELLED' });
    expect(await timerOf(userId)).toBeDefined();
    cli.account.faults.clear();
    await cancel('bob');
    expect(await timerOf(userId)).toBeUndefined();
  });

  it('says how to activate an old key that was deactivated before', async () => {
    const { oldKeyId } = await rotated('carol');
    cli.account.userActions.deactivate(oldKeyId);
    await cli.change('carol', { state: 'DEACTIVATED', deactivatedAtMs: 1 });

    const { code, out } = await cancel('carol');

    expect(code).toBe(0);
    expect(out).toContain(`${oldKeyId}  stays inactive`);
    expect(out).toContain(
      `aws iam update-access-key --user-name carol --access-key-id ${oldKeyId} --status Active`,
    );
    expect(cli.account.userActions.keys('carol')[0]?.status).toBe('Inactive');
  });

  it('keeps away while another run may be at work', async () => {
    const { version } = await rotated('dave');
    await cli.change('dave', { leaseUntilMs: Date.now() + 600_000 });

    const { code, err } = await cancel('dave');

    expect(code).toBe(1);
    expect(words(err)).toMatch(/a run may be at work .* Try again after \d{4}-/);
    expect(await cli.record('dave')).toMatchObject({ state: 'SCHEDULED', version: version + 1 });
  });

  it.each([
    ['STARTED', { seenKeyIds: [], earlierRotationIds: [] }, 'no new key is delivered yet'],
    ['DELIVERING', { attempts: 1, failedAttempts: 0, firstAttemptAtMs: 1 }, 'was not accepted yet'],
    [
      'WITHDRAWING',
      { reason: { code: 'error', details: { message: 'refused' } } },
      'is being withdrawn',
    ],
    [
      'CLOSED',
      { closedAtMs: 1, outcome: 'completed', reason: { code: 'x' }, retryNotBeforeMs: 0 },
      'is over',
    ],
  ])('says why there is nothing to cancel in %s', async (state, more, why) => {
    const name = `in-${state.toLowerCase()}`;
    await rotated(name);
    await cli.change(name, { state, ...more });

    const { code, err } = await cancel(name);

    expect(code).toBe(1);
    expect(words(err)).toContain(why);
    expect((await cli.record(name)).state).toBe(state);
  });

  it('cancels nothing once the old key is gone, for the mail must stay readable', async () => {
    const { oldKeyId } = await rotated('erin');
    cli.account.userActions.deleteKey(oldKeyId);

    const { code, err } = await cancel('erin');

    expect(code).toBe(1);
    expect(words(err)).toContain(`the old key ${oldKeyId} of erin is gone already`);
    expect(await cli.record('erin')).toMatchObject({ state: 'SCHEDULED' });
  });

  it('finds the user by ID or by the name in the record, whatever else IAM denies', async () => {
    const { userId } = await rotated('frank');
    await rotated('grace');
    cli.account.faults.add({ match: { service: 'iam' }, kind: 'deny', times: 100 });
    cli.account.faults.add({ match: { service: 'sts' }, kind: 'deny', times: 100 });

    expect((await cancel(userId)).code).toBe(0);
    expect((await cancel('grace')).code).toBe(0);
    expect(await cli.record('grace')).toMatchObject({
      reason: { details: { who: 'a person (alias support)' } },
    });
    expect(isOpen(await cli.record('frank'))).toBe(true);
  });

  it('cancels the rotation of who has the name today, not of who had it', async () => {
    const { userId } = await rotated('heidi');
    cli.account.userActions.rename('heidi', 'heidi.new');
    cli.managed('heidi', 5);

    const { code, err } = await cancel('heidi');

    expect(code).toBe(1);
    expect(err).toContain('no key of heidi was ever rotated');
    expect(await cli.journal.read(userId)).toMatchObject({ state: 'SCHEDULED' });
  });

  it('says when there is no such user', async () => {
    const { code, err } = await cancel('nobody');

    expect(code).toBe(1);
    expect(err).toContain('There is no IAM user nobody');
  });

  it('tells the same as JSON', async () => {
    const { oldKeyId, userId } = await rotated('ivan');

    expect((await cancel('ivan', '--json')).json()).toEqual({
      userName: 'ivan',
      userId,
      result: 'cancelled',
      state: 'SCHEDULED',
      oldKeyId,
      newKeyId: cli.account.userActions.keys('ivan')[1]?.accessKeyId,
    });
  });
});
