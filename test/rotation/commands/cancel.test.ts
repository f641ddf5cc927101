import { describe, expect, it } from '@jest/globals';
import {
  cancelled,
  deactivated,
  delivering,
  scheduled,
  started,
} from '../../../simulation/memory/states.ts';
import { createWorld, type World } from '../../../simulation/memory/world.ts';
import { contentKeyNameOf } from '../../../src/domain/content-key-name.ts';
import { cancel } from '../../../src/rotation/commands/cancel.ts';

const JANE = 'jane (alias support)';
const run = (world: World, user = 'alice') => cancel(user, JANE, world.run());

describe('the command cancel', () => {
  it('writes the veto, with who asked, before it removes the timer', async () => {
    const { world, userId, oldKeyId, newKeyId } = await scheduled();
    world.effects.length = 0;

    expect(await run(world)).toEqual({
      userName: 'alice',
      userId,
      result: 'cancelled',
      state: 'SCHEDULED',
      oldKeyId,
      newKeyId,
    });

    expect(world.recordIn(userId, 'CANCELLED').reason).toEqual({
      code: 'cancelled-by',
      details: { who: JANE },
    });
    expect(world.effects.at(-1)).toBe('remove timer');
    expect(world.effects.at(-2)).toBe('write CANCELLED');
    expect(world.timers()).toEqual([]);
  });

  it('tells that the timer is left when it could not be removed, and keeps the veto', async () => {
    const { world, userId } = await scheduled();
    world.onCall = (name) => {
      if (name === 'journal.removeTimer') throw new Error('throttled');
    };

    expect(await run(world)).toMatchObject({ result: 'cancelled', timerLeft: true });
    expect(world.record(userId)?.state).toBe('CANCELLED');
    expect(world.timers()).toHaveLength(1);
  });

  it('tells who cancelled before, and when', async () => {
    const { world } = await cancelled();

    expect(await run(world)).toMatchObject({
      result: 'already',
      cancelledAt: expect.stringMatching(/^2026-01-01T/),
      reason: 'a person removed the timer',
    });
  });

  it('keeps an old key that was deactivated as it is', async () => {
    const { world, keys, oldKeyId } = await deactivated();

    expect(await run(world)).toMatchObject({ result: 'cancelled', state: 'DEACTIVATED' });
    expect(keys()[oldKeyId]).toBe('Inactive');
  });

  it.each([
    ['STARTED', started],
    ['DELIVERING', delivering],
  ])('cancels nothing in %s', async (state, stage) => {
    const { world, userId } = await stage();

    expect(await run(world)).toMatchObject({ result: 'nothing-scheduled', state });
    expect(world.record(userId)?.state).toBe(state);
  });

  it('keeps away from a record that another run may be at work on', async () => {
    const { world, userId } = await scheduled();
    const leaseUntilMs = world.clock.nowMs() + 60_000;
    world.putRecord({ ...world.record(userId), leaseUntilMs });

    expect(await run(world)).toMatchObject({
      result: 'leased',
      leaseUntil: new Date(leaseUntilMs).toISOString(),
    });
    expect(world.record(userId)?.state).toBe('SCHEDULED');
  });

  it('cancels nothing once the old key is gone', async () => {
    const { world, oldKeyId, userId } = await scheduled();
    world.iam.deleteKey(oldKeyId);

    expect(await run(world)).toMatchObject({ result: 'old-key-gone' });
    expect(world.record(userId)?.state).toBe('SCHEDULED');
  });

  it('means the current user of a name', async () => {
    const { world, userId } = await scheduled();
    world.iam.renameUser(userId, 'alice.new');
    world.hire('alice', { keyAgeDays: 5 });

    expect(await run(world)).toMatchObject({ result: 'no-rotation', userName: 'alice' });
    expect(world.record(userId)?.state).toBe('SCHEDULED');
    expect(await run(world, userId)).toMatchObject({ result: 'cancelled', userId });
  });

  it('means by its ID one of several users who are gone', async () => {
    const { world, userId } = await scheduled();
    world.iam.deleteUser(userId);
    world.putRecord({
      ...world.record(userId),
      userId: 'AIDAOTHEROTHER123',
      parameterName: contentKeyNameOf('alice', 'AIDAOTHEROTHER123'),
    });

    await expect(run(world)).rejects.toMatchObject({
      name: 'Refusal',
      code: 'ambiguous-user',
      message: expect.stringContaining(`${userId}, AIDAOTHEROTHER123`),
    });
    expect(await run(world, userId)).toMatchObject({ userId });
  });

  it('refuses a user whom nobody knows', async () => {
    await expect(run(createWorld(), 'nobody')).rejects.toMatchObject({ code: 'unknown-user' });
  });
});
