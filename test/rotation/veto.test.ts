import { describe, expect, it } from '@jest/globals';
import { failAlways, once } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { destruct, expire, live, rotate } from '../../simulation/memory/life.ts';
import { delivering, inUse, scheduled } from '../../simulation/memory/states.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { dueAtMs, lease, timerRemoved } from './timer-actions.ts';

describe('a veto that comes while another run holds the record', () => {
  async function leasedAndVetoed() {
    const at = await inUse();
    at.world.clock.advance(6 * DAY_MS);
    lease(at.world, at.world.recordIn(at.userId, 'SCHEDULED'));
    await timerRemoved(at);
    return at;
  }

  it('travels with a new timer, and is written down when that one expires', async () => {
    const at = await leasedAndVetoed();
    expect(at.world.recordIn(at.userId, 'SCHEDULED')).toBeDefined();
    expect(at.world.timers()).toMatchObject([{ vetoed: true }]);
    expect(dueAtMs(at.world)).toEqual([at.world.clock.nowMs() + 5 * MINUTE_MS]);
    at.world.clock.advance(5 * MINUTE_MS);
    expect((await expire(at.world)).rows).toMatchObject([{ outcome: 'waiting' }]);
    expect(at.world.timers()).toMatchObject([{ vetoed: true }]);
    at.world.clock.advance(20 * MINUTE_MS);
    expect((await expire(at.world)).rows).toMatchObject([{ outcome: 'cancelled' }]);
    expect(Object.keys(at.keys())).toHaveLength(2);
  });

  it('is found by the rotator where TTL is late', async () => {
    const at = await leasedAndVetoed();
    at.world.clock.advance(10 * DAY_MS);
    expect((await rotate(at.world)).rows).toMatchObject([{ outcome: 'cancelled' }]);
    expect(Object.keys(at.keys())).toHaveLength(2);
  });

  it.each([
    ['inUse', inUse],
    ['scheduled', scheduled],
  ] as const)('is not lost when that run has the key at its effect (%s)', async (_, scene) => {
    const at = await scene();
    const { world, userId, oldKeyId } = at;
    world.clock.advance(9 * DAY_MS);
    // The rotator has claimed the overdue record when the person removes the timer.
    world.onCall = once('journal.replace', 'after', async () => {
      world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
      await destruct(world);
      // What the run does next fails, so that the veto is still in time.
      world.onCall = failAlways('keys.delete');
    });
    await rotate(world);
    world.onCall = undefined;
    expect(world.timers()).toMatchObject([{ vetoed: true }]);
    world.clock.advance(HOUR_MS);
    expect((await expire(world)).rows).toMatchObject([{ outcome: 'cancelled' }]);
    expect(Object.keys(at.keys())).toHaveLength(2);
  });

  it('is written at once while a run only looks, and outlasts the timer that this run sets', async () => {
    const at = await inUse();
    const { world, userId, oldKeyId } = at;
    world.clock.advance(9 * DAY_MS);
    world.iam.setStatus(at.newKeyId, 'Inactive');
    world.onCall = once('keys.owner', 'before', async () => {
      world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
      await destruct(world);
    });
    expect((await rotate(world)).rows).toMatchObject([{ code: 'new-key-inactive' }]);
    world.onCall = undefined;
    world.recordIn(userId, 'CANCELLED');
    world.iam.setStatus(at.newKeyId, 'Active');
    await live(world, { days: 30 });
    world.recordIn(userId, 'CANCELLED');
    expect(world.timers()).toEqual([]);
    expect(Object.keys(at.keys())).toHaveLength(2);
  });

  it('of the next rotation is not lost when a run that only waits sets its timer late', async () => {
    const at = await inUse();
    const { world, userId, oldKeyId } = at;
    world.clock.advance(9 * DAY_MS);
    world.iam.setStatus(at.newKeyId, 'Inactive');
    const isOfFirst = ([timer]: readonly unknown[]) =>
      (timer as { rotationId?: string }).rotationId === first;
    const first = world.record(userId)?.rotationId;
    world.onCall = once(
      'journal.putTimer',
      'before',
      async () => {
        // The waiting run claimed nothing: its rotation ends, and the next one is vetoed meanwhile.
        world.iam.deleteKey(at.newKeyId);
        await rotate(world, {}, { label: 'closes' });
        world.clock.advance(2 * MINUTE_MS);
        await rotate(world, { force: true }, { label: 'begins' });
        lease(world, world.recordIn(userId, 'SCHEDULED'));
        world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
        await destruct(world);
        expect(world.timers()).toMatchObject([{ vetoed: true }]);
      },
      isOfFirst,
    );
    await rotate(world);
    world.onCall = undefined;
    expect(world.timers()).toMatchObject([{ vetoed: true }]);
    world.clock.advance(DAY_MS);
    await expire(world);
    world.recordIn(userId, 'CANCELLED');
  });

  it('is not lost when that run schedules the rotation', async () => {
    const at = await delivering();
    const { world, userId, oldKeyId } = at;
    world.table.put({ ...timerKey(ACCOUNT_ID, userId, oldKeyId), delete_on: 9_999_999_999 });
    world.onCall = once('mailer.send', 'before', async () => {
      world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
      await destruct(world);
    });
    await rotate(world);
    world.onCall = undefined;
    expect(world.timers()).toMatchObject([{ vetoed: true }]);
    world.clock.advance(HOUR_MS);
    expect((await expire(world)).rows).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('is not lost when it can not be written down', async () => {
    const at = await scheduled();
    at.world.table.remove(timerKey(ACCOUNT_ID, at.userId, at.oldKeyId));
    at.world.onCall = failAlways('journal.replace');
    expect((await destruct(at.world)).rows).toMatchObject([{ outcome: 'failed' }]);
    at.world.onCall = undefined;
    expect(at.world.timers()).toMatchObject([{ vetoed: true }]);
    at.world.clock.advance(5 * MINUTE_MS);
    expect((await expire(at.world)).rows).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('ends with its rotation: the next one sets a timer of its own', async () => {
    const at = await leasedAndVetoed();
    const { world, userId } = at;
    world.iam.deleteKey(at.newKeyId);
    world.table.put({
      ...world.table.get(recordKey(ACCOUNT_ID, userId)),
      state: 'CLOSED',
      closedAtMs: 1,
      outcome: 'undone',
      reason: { code: 'new-key-removed' },
      retryNotBeforeMs: 0,
    });
    await rotate(world);
    expect(world.timers()).toMatchObject([{ oldKeyId: at.oldKeyId }]);
    expect(world.timers()[0]?.vetoed).toBeUndefined();
  });
});
