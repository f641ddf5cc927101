import { describe, expect, it } from '@jest/globals';
import { failAlways } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { live, rotateOne } from '../../simulation/memory/life.ts';
import {
  cancelled,
  deactivated,
  delivering,
  scheduled,
  started,
  withdrawing,
} from '../../simulation/memory/states.ts';
import { recordKey } from '../../src/aws/items.ts';

describe('an open rotation of whatever state', () => {
  const states = [
    ['STARTED', started],
    ['DELIVERING', delivering],
    ['WITHDRAWING', withdrawing],
    ['SCHEDULED', scheduled],
    ['DEACTIVATED', deactivated],
    ['CANCELLED', cancelled],
  ] as const;

  it.each(states)('is not held up by a lease that never ends (%s)', async (_, scene) => {
    const { world, userId } = await scene();
    const item = world.table.get(recordKey(ACCOUNT_ID, userId));
    world.table.put({ ...item, ...recordKey(ACCOUNT_ID, userId), leaseUntilMs: Date.UTC(2090, 0) });
    expect((await rotateOne(world)).code).not.toBe('leased');
    await live(world, { days: 30 });
    const { state } = world.record(userId) ?? {};
    expect(state).toBe(scene === cancelled ? 'CANCELLED' : 'CLOSED');
  });

  it.each(states)('closes when the user is gone (%s)', async (_, scene) => {
    const { world, userId } = await scene();
    world.iam.deleteUser(userId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('user-gone');
    expect(world.parameters.names()).toEqual([]);
    expect(await world.history()).toMatchObject([{ outcome: 'user-gone' }]);
  });

  it.each(states)(
    'stays open when only the list of users lacks the user (%s)',
    async (state, scene) => {
      const { world, userId, keys } = await scene();
      const before = [world.snapshot(), keys()];
      world.iam.unlisted.add(userId);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
      expect([world.snapshot(), keys()]).toEqual(before);
      expect(world.record(userId)?.state).toBe(state);
    },
  );

  it.each(states)(
    'stays open when the list lacks a user who was renamed (%s)',
    async (state, scene) => {
      const { world, userId } = await scene();
      world.iam.renameUser(userId, 'alicia');
      const before = world.snapshot();
      world.iam.unlisted.add(userId);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
      expect(world.snapshot()).toEqual(before);
      expect(world.record(userId)?.state).toBe(state);
    },
  );

  it.each(states)('waits when the user is renamed during the run (%s)', async (state, scene) => {
    const { world, userId, keys } = await scene();
    const before = keys();
    world.onCall = (name, phase) => {
      if (name === 'inventory.users' && phase === 'after') world.iam.renameUser(userId, 'alicia');
    };
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(keys()).toEqual(before);
    expect(world.record(userId)?.state).toBe(state);
  });

  it.each(states)('is told of under the name that the user has now (%s)', async (_, scene) => {
    const { world, userId } = await scene();
    world.iam.renameUser(userId, 'alicia');
    expect(await rotateOne(world, { users: ['alicia'], dryRun: true })).toMatchObject({
      userName: 'alicia',
    });
    world.onCall = failAlways('keys.list');
    expect(await rotateOne(world, { users: ['alicia'] })).toMatchObject({
      userName: 'alicia',
      outcome: 'failed',
    });
  });
});
