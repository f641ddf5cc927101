/** Owners who are late, timers that are early, records that never come: on independent engines. */
import { afterEach, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS, toEpochSeconds } from '../../../src/domain/time.ts';
import { engines, needs } from './support/engines.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world?.close());

needs(engines.moto, engines.dynamodb)('on moto and DynamoDB Local', () => {
  it('an owner is reminded, then loses the old key, and can still open the mail', async () => {
    world = await startWorld({ daysAgo: -81 });
    const { userActions, clock } = world;
    const { userId, oldKeyId, address } = await world.addUser('late');
    const expire = async () => {
      await userActions.setTimer(userId, oldKeyId, toEpochSeconds(Date.now()) - 60);
      await world.expire();
    };
    const oldKey = async () =>
      (await userActions.keys('late')).find(({ id }) => id === oldKeyId)?.status;
    await world.rotate({ users: ['late'] });

    clock.advance(7 * DAY_MS + HOUR_MS);
    await expire();
    expect(await oldKey()).toBe('Active');
    expect(await userActions.mails(address)).toHaveLength(2);

    clock.advance(2 * DAY_MS);
    await expire();
    expect(await oldKey()).toBe('Inactive');
    expect(await userActions.hasContentKey('late', userId)).toBe(true);

    const newKeyId = await world.takeOver('late', address);
    clock.advance(DAY_MS + HOUR_MS);
    await expire();
    expect(await userActions.keys('late')).toEqual([{ id: newKeyId, status: 'Active' }]);
    expect(await userActions.record(userId)).toMatchObject({
      state: 'CLOSED',
      outcome: 'completed',
    });
  });

  it('a timer that expires before its time is set again', async () => {
    world = await startWorld();
    const { userActions } = world;
    const { userId, oldKeyId, address } = await world.addUser('early');
    await world.force('early');
    await world.takeOver('early', address);
    const { deleteOnMs } = (await userActions.record(userId)) as { deleteOnMs: number };

    await userActions.setTimer(userId, oldKeyId, toEpochSeconds(Date.now()) - 60);
    await world.expire();
    expect(await userActions.keys('early')).toHaveLength(2);
    expect(await userActions.timer(userId, oldKeyId)).toMatchObject({
      delete_on: toEpochSeconds(deleteOnMs),
    });
  });

  it('the rotator destroys the key whose stream record was lost', async () => {
    world = await startWorld({ daysAgo: 8 });
    const { userActions, clock, stream } = world;
    const { userId, oldKeyId, address } = await world.addUser('lost');
    await world.force('lost');
    const newKeyId = await world.takeOver('lost', address);
    await stream.takeExpired();

    clock.advance(7 * DAY_MS + HOUR_MS);
    expect((await world.rotate({ users: ['lost'] })).rows).toMatchObject([{ outcome: 'waiting' }]);
    expect(await userActions.keys('lost')).toHaveLength(2);

    clock.advance(DAY_MS);
    const { rows } = await world.rotate({ users: ['lost'] });
    expect(rows).toMatchObject([{ outcome: 'deleted', oldKeyId }]);
    expect(await userActions.keys('lost')).toEqual([{ id: newKeyId, status: 'Active' }]);
    expect(await userActions.record(userId)).toMatchObject({
      state: 'CLOSED',
      outcome: 'completed',
    });
  });
});
