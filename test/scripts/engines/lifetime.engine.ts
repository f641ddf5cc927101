/** Whole rotations on independent engines, from the decision to the deletion of the old key. */
import { afterEach, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS, toEpochSeconds } from '../../../src/domain/time.ts';
import { engines, needs } from './support/engines.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world?.close());

const subjects = async (address: string) =>
  (await world.userActions.mails(address)).map(({ subject }) => subject.replace(/ \(\d+\)$/, ''));

needs(engines.moto, engines.dynamodb)('a rotation on moto and DynamoDB Local', () => {
  it('goes through deactivation to the deletion of the old key', async () => {
    world = await startWorld({ daysAgo: 8, env: { DEACTIVATE_AFTER_DAYS: '3' } });
    const { userActions, clock } = world;
    const { userId, oldKeyId, address } = await world.addUser('whole');

    expect(await world.force('whole')).toMatchObject([{ userName: 'whole', outcome: 'rotated' }]);
    const newKeyId = await world.takeOver('whole', address);
    expect(await userActions.record(userId)).toMatchObject({
      state: 'SCHEDULED',
      oldKeyId,
      newKeyId,
    });

    clock.advance(3 * DAY_MS + HOUR_MS);
    await world.expire();
    expect(await userActions.keys('whole')).toEqual([
      { id: oldKeyId, status: 'Inactive' },
      { id: newKeyId, status: 'Active' },
    ]);
    expect(await userActions.record(userId)).toMatchObject({ state: 'DEACTIVATED' });

    clock.advance(4 * DAY_MS);
    await world.expire();
    expect(await userActions.keys('whole')).toEqual([{ id: newKeyId, status: 'Active' }]);
    expect(await userActions.hasContentKey('whole', userId)).toBe(false);
    const closed = { outcome: 'completed', oldKeyId, newKeyId };
    expect(await userActions.record(userId)).toMatchObject({ state: 'CLOSED', ...closed });
    expect(await userActions.timer(userId, oldKeyId)).toBeUndefined();
    expect(await userActions.history(userId)).toMatchObject([closed]);
    expect(await subjects(address)).toEqual([
      'New access key for whole',
      'Old access key of whole deactivated',
      'Old access key of whole deleted',
    ]);
  });

  it('begins by itself when the key is old enough', async () => {
    // moto dates every key today, so the functions live 81 days later; and because their timers
    // are in the engine's future, an administrator brings them forward by hand.
    world = await startWorld({ daysAgo: -81 });
    const { userActions, clock } = world;
    const { userId, oldKeyId, address } = await world.addUser('aged');

    const everybody = await world.rotate({ dryRun: true });
    expect(everybody.rows).toContainEqual(
      expect.objectContaining({ userName: 'aged', outcome: 'would-rotate', oldKeyId }),
    );
    expect(world.gateway.calls).toContain('iam:GetCredentialReport');
    expect(await userActions.keys('aged')).toHaveLength(1);

    const { rows } = await world.rotate({ users: ['aged'] });
    expect(rows).toMatchObject([{ outcome: 'rotated' }]);
    const newKeyId = await world.takeOver('aged', address);

    clock.advance(7 * DAY_MS + HOUR_MS);
    await userActions.setTimer(userId, oldKeyId, toEpochSeconds(Date.now()) - 60);
    await world.expire();
    expect(await userActions.keys('aged')).toEqual([{ id: newKeyId, status: 'Active' }]);
  });
});
