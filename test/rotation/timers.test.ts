import { describe, expect, it } from '@jest/globals';
import { failAlways, once } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { destruct, expire, live, rotate } from '../../simulation/memory/life.ts';
import {
  cancelled,
  deactivated,
  delivering,
  inUse,
  type Scene,
  scheduled,
  started,
  withdrawing,
} from '../../simulation/memory/states.ts';
import type { World } from '../../simulation/memory/world.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import type { OpenRecord } from '../../src/domain/record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, toEpochSeconds } from '../../src/domain/time.ts';

/** Makes a timer of that scene expire now, whatever the record says. */
async function timerExpires({ world, userId, oldKeyId }: Scene, changes: object = {}) {
  const item = world.table.get(timerKey(ACCOUNT_ID, userId, oldKeyId));
  world.table.put({
    ...timerKey(ACCOUNT_ID, userId, oldKeyId),
    rotationId: world.record(userId)?.rotationId,
    ...item,
    delete_on: toEpochSeconds(world.clock.nowMs()) - 1,
    ...changes,
  });
  const { rows } = await expire(world);
  expect(rows).toHaveLength(1);
  return rows[0];
}

/** A person removes the timer in the console. */
async function timerRemoved({ world, userId, oldKeyId }: Scene) {
  world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
  const { rows } = await destruct(world);
  expect(rows).toHaveLength(1);
  return rows[0];
}

/** Another run holds the record for that long. */
function lease(world: World, record: OpenRecord, ms = 20 * MINUTE_MS): void {
  const leaseUntilMs = world.clock.nowMs() + ms;
  world.table.put({ ...recordKey(ACCOUNT_ID, record.userId), ...record, leaseUntilMs });
}

function dueAtMs(world: World): number[] {
  return world.timers().map(({ deleteOnEpochSeconds }) => deleteOnEpochSeconds * 1000);
}

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
