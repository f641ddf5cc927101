import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { destruct, expire, rotate } from '../../simulation/memory/life.ts';
import {
  cancelled,
  deactivated,
  delivering,
  inUse,
  scheduled,
  started,
  withdrawing,
} from '../../simulation/memory/states.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { dueAtMs, lease, timerExpires, timerRemoved } from './timer-actions.ts';

describe('a timer that expires is dropped and told of, and no key is touched, when', () => {
  it('there is no rotation record', async () => {
    const scene = await inUse();
    scene.world.table.remove(recordKey(ACCOUNT_ID, scene.userId));
    await destruct(scene.world);
    const before = scene.keys();
    expect(await timerExpires(scene)).toMatchObject({
      outcome: 'skipped',
      code: 'timer-without-record',
    });
    expect(scene.keys()).toEqual(before);
    expect(scene.world.timers()).toEqual([]);
  });

  it('the rotation is closed', async () => {
    const scene = await inUse();
    scene.world.clock.advance(9 * DAY_MS);
    await rotate(scene.world);
    await destruct(scene.world);
    scene.world.recordIn(scene.userId, 'CLOSED');
    expect(await timerExpires(scene)).toMatchObject({
      outcome: 'skipped',
      code: 'timer-of-closed',
    });
    expect(scene.world.timers()).toEqual([]);
  });

  it('the rotation is cancelled', async () => {
    const scene = await cancelled();
    scene.world.clock.advance(8 * DAY_MS);
    const before = scene.keys();
    expect(await timerExpires(scene)).toMatchObject({
      outcome: 'skipped',
      code: 'timer-of-cancelled',
    });
    expect(scene.keys()).toEqual(before);
    expect(scene.world.timers()).toEqual([]);
  });

  it('the record names another old key', async () => {
    const scene = await inUse();
    scene.world.clock.advance(8 * DAY_MS);
    scene.world.table.remove(timerKey(ACCOUNT_ID, scene.userId, scene.oldKeyId));
    scene.world.table.shift(1);
    const before = scene.keys();
    const other = { ...scene, oldKeyId: scene.newKeyId };
    expect(await timerExpires(other)).toMatchObject({ outcome: 'skipped' });
    expect(scene.keys()).toEqual(before);
  });

  it('it was set by an earlier rotation of the same key', async () => {
    const scene = await inUse();
    scene.world.clock.advance(8 * DAY_MS);
    const before = scene.keys();
    expect(await timerExpires(scene, { rotationId: 'rotation-0' })).toMatchObject({
      outcome: 'skipped',
      code: 'timer-of-earlier',
    });
    expect(scene.keys()).toEqual(before);
  });
});

describe('a timer that expires', () => {
  it.each([
    ['STARTED', started],
    ['DELIVERING', delivering],
    ['WITHDRAWING', withdrawing],
  ] as const)('is set again for tomorrow while the rotation is %s', async (state, scene) => {
    const at = await scene();
    const before = at.keys();
    expect(await timerExpires(at)).toMatchObject({ outcome: 'waiting' });
    expect(dueAtMs(at.world)).toEqual([at.world.clock.nowMs() + DAY_MS]);
    expect(at.keys()).toEqual(before);
    expect(at.world.record(at.userId)?.state).toBe(state);
  });

  it.each([
    ['SCHEDULED', inUse, 7],
    ['DEACTIVATED', deactivated, 4],
  ] as const)('before the date in the record (%s) is set to that date', async (_, scene, days) => {
    const at = await scene();
    const nowMs = at.world.clock.nowMs();
    const before = at.keys();
    at.world.clock.advance(DAY_MS);
    at.world.effects.length = 0;
    expect(await timerExpires(at)).toMatchObject({ outcome: 'waiting' });
    expect(at.world.effects).toEqual(['put timer']);
    expect(dueAtMs(at.world)).toEqual([nowMs + days * DAY_MS]);
    expect(at.keys()).toEqual(before);
  });

  it('while another run holds the record is set to the end of its lease', async () => {
    const at = await inUse();
    at.world.clock.advance(8 * DAY_MS);
    lease(at.world, at.world.recordIn(at.userId, 'SCHEDULED'));
    const before = at.keys();
    expect(await timerExpires(at)).toMatchObject({ outcome: 'waiting' });
    expect(dueAtMs(at.world)).toEqual([at.world.clock.nowMs() + 20 * MINUTE_MS]);
    expect(at.keys()).toEqual(before);
  });

  it('in a dry run is set again for tomorrow, and nothing else is changed', async () => {
    const at = await inUse();
    at.world.clock.advance(8 * DAY_MS);
    const record = at.world.record(at.userId);
    const keys = at.keys();
    at.world.effects.length = 0;
    const { rows } = await expire(at.world, { dryRun: true });
    expect(rows).toMatchObject([{ outcome: 'waiting', code: 'timer-dry-run' }]);
    expect(at.world.effects).toEqual(['put timer']);
    expect(dueAtMs(at.world)).toEqual([at.world.clock.nowMs() + DAY_MS]);
    expect(at.world.record(at.userId)).toEqual(record);
    expect(at.keys()).toEqual(keys);
    expect((await timerExpires(at))?.outcome).toBe('deleted');
  });
});

describe('a timer that a person removes', () => {
  it.each([
    ['SCHEDULED', scheduled],
    ['DEACTIVATED', deactivated],
    ['DELIVERING', delivering],
  ] as const)('cancels a rotation that is %s; both keys stay', async (_, scene) => {
    const at = await scene();
    const before = at.keys();
    at.world.table.put({
      ...timerKey(ACCOUNT_ID, at.userId, at.oldKeyId),
      delete_on: 9_999_999_999,
    });
    expect(await timerRemoved(at)).toMatchObject({
      outcome: 'cancelled',
      code: 'timer-removed',
    });
    expect(at.world.recordIn(at.userId, 'CANCELLED')).toMatchObject({
      cancelledAtMs: at.world.clock.nowMs(),
      leaseUntilMs: 0,
    });
    expect(at.keys()).toEqual(before);
    expect(at.world.timers()).toEqual([]);
  });

  it.each([
    ['STARTED', started],
    ['WITHDRAWING', withdrawing],
  ] as const)('means nothing while nothing is scheduled (%s)', async (state, scene) => {
    const at = await scene();
    const record = at.world.record(at.userId);
    at.world.table.put({
      ...timerKey(ACCOUNT_ID, at.userId, at.oldKeyId),
      delete_on: 9_999_999_999,
    });
    expect(await timerRemoved(at)).toMatchObject({ outcome: 'waiting' });
    expect(at.world.record(at.userId)).toEqual(record);
    expect(record?.state).toBe(state);
  });

  it('in a dry run is noted, and cancels once the dry run is over', async () => {
    const at = await scheduled();
    const record = at.world.record(at.userId);
    at.world.table.remove(timerKey(ACCOUNT_ID, at.userId, at.oldKeyId));
    await destruct(at.world, { dryRun: true });
    expect(at.world.record(at.userId)).toEqual(record);
    expect(at.world.timers()).toMatchObject([{ vetoed: true }]);
    at.world.clock.advance(DAY_MS);
    expect((await expire(at.world)).rows).toMatchObject([{ outcome: 'cancelled' }]);
  });
});

describe('a timer that the program removes', () => {
  it('belongs to a closed rotation, and is no veto', async () => {
    const at = await scheduled();
    at.world.clock.advance(HOUR_MS);
    at.world.iam.deleteKey(at.newKeyId);
    await rotate(at.world);
    at.world.recordIn(at.userId, 'CLOSED');
    expect((await destruct(at.world)).rows).toMatchObject([{ outcome: 'skipped' }]);
  });

  it('is none without a name, which could be taken for any rotation of the key', async () => {
    const { world, userId, oldKeyId, newKeyId } = await scheduled();
    const { rotationId, ...nameless } =
      world.table.get(timerKey(ACCOUNT_ID, userId, oldKeyId)) ?? {};
    world.table.put({ ...nameless, ...timerKey(ACCOUNT_ID, userId, oldKeyId) });
    world.iam.deleteKey(newKeyId);
    world.clock.advance(HOUR_MS);
    await rotate(world);
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ outcome: 'undone', rotationId });
    expect(world.timers()).toHaveLength(1);
    world.clock.advance(2 * MINUTE_MS);
    await rotate(world, { force: true });
    expect(world.timers()).toMatchObject([{ rotationId: world.record(userId)?.rotationId }]);
    await destruct(world);
    world.recordIn(userId, 'SCHEDULED');
  });

  it('is no veto against the next rotation of the same key, however late the stream is', async () => {
    const at = await scheduled();
    at.world.clock.advance(HOUR_MS);
    at.world.iam.deleteKey(at.newKeyId);
    await rotate(at.world);
    at.world.clock.advance(HOUR_MS);
    await rotate(at.world);
    expect(at.world.recordIn(at.userId, 'SCHEDULED').oldKeyId).toBe(at.oldKeyId);
    expect((await destruct(at.world)).rows).toMatchObject([
      { outcome: 'skipped', code: 'timer-of-earlier' },
    ]);
    expect(at.world.recordIn(at.userId, 'SCHEDULED')).toBeDefined();
  });
});
