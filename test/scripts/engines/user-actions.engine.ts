/** What people do meanwhile: on independent engines. */
import { DeleteAccessKeyCommand, DeleteUserCommand } from '@aws-sdk/client-iam';
import { afterEach, expect, it } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { DAY_MS, HOUR_MS, toEpochSeconds } from '../../../src/domain/time.ts';
import { engines, needs } from './support/engines.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world?.close());

needs(engines.moto, engines.dynamodb)('on moto and DynamoDB Local', () => {
  it('a timer that is deleted by hand is a veto, for ever', async () => {
    world = await startWorld();
    const { userActions, clock, stream } = world;
    const { userId, oldKeyId, address } = await world.addUser('vetoed');
    await world.force('vetoed');
    await world.takeOver('vetoed', address);

    await userActions.deleteTimer(userId, oldKeyId);
    const isRemoved = (records: readonly DynamoDBRecord[]) =>
      records.some(({ eventName }) => eventName === 'REMOVE');
    await world.destroy(await stream.take(isRemoved));
    expect(await userActions.record(userId)).toMatchObject({ state: 'CANCELLED' });

    clock.advance(30 * DAY_MS);
    const { rows } = await world.rotate({ users: ['vetoed'] });
    expect(rows).toMatchObject([
      { outcome: 'waiting', reason: expect.stringMatching(/^cancelled/) },
    ]);
    expect((await userActions.keys('vetoed')).map(({ status }) => status)).toEqual([
      'Active',
      'Active',
    ]);
    expect(await userActions.timer(userId, oldKeyId)).toBeUndefined();
  });

  it('a new key that is deleted by hand leaves the old one alone', async () => {
    world = await startWorld();
    const { userActions, clock, clients } = world;
    const { userId, oldKeyId, address } = await world.addUser('undone');
    await world.force('undone');
    const AccessKeyId = await world.takeOver('undone', address);
    await clients.iam.send(new DeleteAccessKeyCommand({ UserName: 'undone', AccessKeyId }));

    clock.advance(7 * DAY_MS + HOUR_MS);
    await userActions.setTimer(userId, oldKeyId, toEpochSeconds(Date.now()) - 60);
    await world.expire();
    expect(await userActions.keys('undone')).toEqual([{ id: oldKeyId, status: 'Active' }]);
    expect(await userActions.record(userId)).toMatchObject({ state: 'CLOSED', outcome: 'undone' });
  });

  it('a user who is deleted and made again is another user', async () => {
    world = await startWorld();
    const { userActions, clients } = world;
    const former = await world.addUser('namesake');
    await world.force('namesake');
    for (const { id } of await userActions.keys('namesake')) {
      const key = { UserName: 'namesake', AccessKeyId: id };
      await clients.iam.send(new DeleteAccessKeyCommand(key));
    }
    await clients.iam.send(new DeleteUserCommand({ UserName: 'namesake' }));
    const today = await world.addUser('namesake');

    const { rows } = await world.rotate({ users: ['namesake'] });
    expect(rows).toMatchObject([
      { userId: today.userId, outcome: 'skipped' },
      { userId: former.userId, outcome: 'closed' },
    ]);
    expect(await userActions.keys('namesake')).toEqual([{ id: today.oldKeyId, status: 'Active' }]);
    expect(await userActions.hasContentKey('namesake', former.userId)).toBe(false);
    expect(await userActions.record(former.userId)).toMatchObject({
      state: 'CLOSED',
      outcome: 'user-gone',
    });
    expect(await userActions.timer(former.userId, former.oldKeyId)).toBeUndefined();
  });
});
