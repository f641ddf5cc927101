/** Mails that are refused, and functions that die or meet each other: on independent engines. */
import { DeleteIdentityCommand, VerifyEmailIdentityCommand } from '@aws-sdk/client-ses';
import { afterEach, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { engines, needs } from './support/engines.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world?.close());

/** Longer than a lease. */
const LATER_MS = 21 * MINUTE_MS;
const count = (call: string) => world.gateway.calls.filter((name) => name === call).length;

needs(engines.moto, engines.dynamodb)('on moto and DynamoDB Local', () => {
  it('a mail that is refused takes the new key back, and a later one succeeds', async () => {
    world = await startWorld();
    const { userActions, gateway, clock } = world;
    const { userId, oldKeyId, address } = await world.addUser('refused');
    // SES takes 50 recipients, and so does moto.
    gateway.trick('ses:SendEmail', {
      before: (body) =>
        Array.from({ length: 50 }, (_, i) => i + 2).reduce(
          (form, n) => `${form}&Destination.ToAddresses.member.${n}=more%40example.org`,
          body,
        ),
    });

    const [row] = await world.force('refused');
    expect(row).toMatchObject({
      outcome: 'withdrawn',
      reason: expect.stringContaining('Too many recipients'),
    });
    expect(await userActions.keys('refused')).toEqual([{ id: oldKeyId, status: 'Active' }]);
    expect(await userActions.hasContentKey('refused', userId)).toBe(false);
    expect(await userActions.mails(address)).toEqual([]);
    expect(await userActions.record(userId)).toMatchObject({ state: 'CLOSED', outcome: 'failed' });

    // The name of the parameter rests before it is used again.
    expect(await world.force('refused')).toMatchObject([{ outcome: 'waiting' }]);
    clock.advance(2 * MINUTE_MS);
    expect(await world.force('refused')).toMatchObject([{ outcome: 'rotated' }]);
    await world.takeOver('refused', address);
  });

  it('a mail that can not be sent now is sent again in the same run', async () => {
    world = await startWorld();
    const { userActions, gateway, clients, sender } = world;
    const { address } = await world.addUser('patient');
    // An administrator removes the sender after it was checked, and sees the mistake.
    const mistake = (command: DeleteIdentityCommand | VerifyEmailIdentityCommand) => ({
      before: async (body: string) => {
        await clients.ses.send(command as DeleteIdentityCommand);
        return body;
      },
    });
    gateway.trick('ses:SendEmail', mistake(new DeleteIdentityCommand({ Identity: sender })));
    const corrected = new VerifyEmailIdentityCommand({ EmailAddress: sender });
    gateway.trick('ses:SendEmail', mistake(corrected));

    expect(await world.force('patient')).toMatchObject([{ outcome: 'rotated' }]);
    expect(count('ses:SendEmail')).toBe(2);
    expect(await userActions.mails(address)).toHaveLength(1);
  });

  it.each(['ssm:PutParameter', 'iam:CreateAccessKey', 'ses:SendEmail'])(
    'a rotator that dies after %s is completed by the next run',
    async (call) => {
      world = await startWorld();
      const { userActions, gateway, rotator, clock } = world;
      const name = `dies-at-${call.replace(':', '-')}`;
      const { userId, oldKeyId, address } = await world.addUser(name);
      gateway.trick(call, { instead: () => rotator.kill() });
      expect(await world.tryRotate({ users: [name], force: true })).toMatchObject({ died: true });

      clock.advance(LATER_MS);
      expect(await world.force(name)).toMatchObject([{ outcome: 'rotated' }]);
      const newKeyId = await world.takeOver(name, address);
      expect((await userActions.keys(name)).map(({ id }) => id)).toEqual([oldKeyId, newKeyId]);
      expect(await userActions.record(userId)).toMatchObject({ state: 'SCHEDULED', newKeyId });
    },
  );

  it.each(['iam:DeleteAccessKey', 'ssm:DeleteParameter'])(
    'a destructor that dies after %s is completed when the stream delivers again',
    async (call) => {
      world = await startWorld({ daysAgo: 8 });
      const { userActions, gateway, destructor, clock, stream } = world;
      const name = `ends-at-${call.replace(':', '-')}`;
      const { userId, address } = await world.addUser(name);
      await world.force(name);
      const newKeyId = await world.takeOver(name, address);
      clock.advance(7 * DAY_MS + HOUR_MS);
      const Records = await stream.takeExpired();
      gateway.trick(call, { instead: () => destructor.kill() });
      expect(await destructor.invoke({ Records })).toMatchObject({ died: true });

      clock.advance(LATER_MS);
      await world.destroy(Records);
      expect(await userActions.keys(name)).toEqual([{ id: newKeyId, status: 'Active' }]);
      expect(await userActions.hasContentKey(name, userId)).toBe(false);
      expect(await userActions.record(userId)).toMatchObject({
        state: 'CLOSED',
        outcome: 'completed',
      });
    },
  );

  it('two rotators at once make one key a user', async () => {
    world = await startWorld();
    const { userActions } = world;
    const users = ['both-1', 'both-2', 'both-3'];
    for (const name of users) await world.addUser(name);
    const rotators = [world.rotator, world.host('rotator')];
    const all = (event: object) => Promise.all(rotators.map((each) => world.rotate(event, each)));
    // Both are loaded, so that they really meet.
    await all({ users, dryRun: true });

    const reports = await all({ users, force: true });
    const rows = reports.flatMap((report) => report.rows);
    expect(
      rows
        .filter(({ outcome }) => outcome === 'rotated')
        .map((row) => row.userName)
        .sort(),
    ).toEqual(users);
    expect(rows.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(count('iam:CreateAccessKey')).toBe(users.length);
    for (const name of users) expect(await userActions.keys(name)).toHaveLength(2);
  });

  it('two destructors at once delete a key and tell of it once', async () => {
    world = await startWorld({ daysAgo: 8 });
    const { userActions, clock, stream } = world;
    const { userId, address } = await world.addUser('ended-twice');
    await world.force('ended-twice');
    await world.takeOver('ended-twice', address);
    clock.advance(7 * DAY_MS + HOUR_MS);
    const Records = await stream.takeExpired();

    const destructors = [world.destructor, world.host('destructor')];
    await Promise.all(destructors.map((each) => each.invoke({ Records: [] })));
    await Promise.all(destructors.map((each) => each.invoke({ Records })));
    expect(count('iam:DeleteAccessKey')).toBe(1);
    expect(await userActions.keys('ended-twice')).toHaveLength(1);
    expect(await userActions.mails(address)).toHaveLength(2);
    expect(await userActions.record(userId)).toMatchObject({
      state: 'CLOSED',
      outcome: 'completed',
    });
  });
});
