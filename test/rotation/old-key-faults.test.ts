import { describe, expect, it } from '@jest/globals';
import { dieAt, failAt, once, writing } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import {
  destruct,
  dueNow,
  expire,
  expireOne,
  live,
  rotate,
  rotateOne,
} from '../../simulation/memory/life.ts';
import { inUse } from '../../simulation/memory/states.ts';
import { timerKey } from '../../src/aws/items.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, toEpochSeconds } from '../../src/domain/time.ts';
import { dueInDays, PARAMETER, STAGED, subjects } from './old-key-scenes.ts';

describe('the end of an old key that fails', () => {
  const looks = [
    ['keys.owner', 'before'],
    ['keys.list', 'before'],
  ] as const;
  const effects = [
    ['keys.delete', 'before'],
    ['keys.delete', 'after'],
    ['contentKeys.remove', 'before'],
    ['contentKeys.remove', 'after'],
    ['journal.addHistory', 'before'],
    ['journal.addHistory', 'after'],
  ] as const;

  it.each([...looks, ...effects, ['journal.read', 'before'] as const])(
    'at %s (%s the effect) is tried again after five minutes',
    async (name, phase) => {
      const scene = await inUse();
      const { world, userId, newKeyId, keys } = scene;
      world.onCall = failAt(name, phase);
      expect(await dueNow(scene)).toMatchObject({
        outcome: 'failed',
        code: 'timer-retried',
      });
      expect(dueInDays(world)).toEqual([(5 * MINUTE_MS) / DAY_MS]);
      expect(world.recordIn(userId, 'SCHEDULED').leaseUntilMs).toBe(0);
      world.clock.advance(5 * MINUTE_MS);
      await expire(world);
      expect(keys()).toEqual({ [newKeyId]: 'Active' });
      expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
      expect(await world.history()).toHaveLength(1);
      expect(subjects(world)).toHaveLength(1);
    },
  );

  it.each(looks)(
    'that dies while it looks (%s, %s the answer) is repeated at once: it leased nothing',
    async (name, phase) => {
      const scene = await inUse();
      const { world, userId, newKeyId, keys } = scene;
      world.clock.advance(7 * DAY_MS);
      world.onCall = dieAt(name, phase);
      expect((await expire(world)).failures).toHaveLength(1);
      world.onCall = undefined;
      expect(world.recordIn(userId, 'SCHEDULED').leaseUntilMs).toBe(0);
      expect(await expireOne(world)).toMatchObject({ outcome: 'deleted' });
      expect(keys()).toEqual({ [newKeyId]: 'Active' });
      expect(await world.history()).toHaveLength(1);
    },
  );

  it.each(effects)(
    'that dies at %s (%s the effect) is repeated by the stream',
    async (name, phase) => {
      const scene = await inUse();
      const { world, userId, newKeyId, keys } = scene;
      world.clock.advance(7 * DAY_MS);
      world.onCall = dieAt(name, phase);
      const { failures } = await expire(world);
      expect(failures).toHaveLength(1);
      world.onCall = undefined;
      // The dead run still holds the record.
      expect(await expireOne(world)).toMatchObject({ outcome: 'waiting' });
      world.clock.advance(20 * MINUTE_MS);
      await expire(world);
      expect(keys()).toEqual({ [newKeyId]: 'Active' });
      expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
      expect(await world.history()).toHaveLength(1);
    },
  );

  it.each(['before', 'after'] as const)(
    'at the write of a deactivation (%s the effect) is made up for',
    async (phase) => {
      const scene = await inUse({ settings: { policy: STAGED } });
      const { world, userId, oldKeyId, keys } = scene;
      world.onCall = failAt('journal.replace', phase, undefined, writing('DEACTIVATED'));
      expect(await dueNow(scene)).toMatchObject({ outcome: 'failed' });
      world.clock.advance(HOUR_MS);
      await expire(world);
      expect(keys()[oldKeyId]).toBe('Inactive');
      expect(world.recordIn(userId, 'DEACTIVATED').leaseUntilMs).toBe(0);
      await live(world, { days: 7 });
      expect(Object.keys(keys())).toHaveLength(1);
    },
  );
});

describe('two runs that end an old key at once', () => {
  it('do it once: the other one comes again when the lease is over', async () => {
    const scene = await inUse();
    const { world, keys, newKeyId } = scene;
    world.clock.advance(8 * DAY_MS);
    let other: unknown;
    world.onCall = once('keys.delete', 'before', async () => {
      other = await rotate(world, {}, { label: 'the other' });
    });
    expect(await expireOne(world)).toMatchObject({ outcome: 'deleted' });
    expect(other).toMatchObject({ rows: [{ outcome: 'waiting' }] });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.effects.filter((effect) => effect === 'delete key')).toHaveLength(1);
    expect(await world.history()).toHaveLength(1);
  });
});

describe('ending an overdue rotation', () => {
  it.each([
    ['the question for the use of the new key', failAt('keys.owner', 'before')],
    ['the deletion', failAt('keys.delete', 'before')],
    ['the answer to the deletion', failAt('keys.delete', 'after')],
    ['the parameter', failAt('contentKeys.remove', 'before')],
    ['the history', failAt('journal.addHistory', 'before')],
    ['the record', failAt('journal.replace', 'before', undefined, writing('CLOSED'))],
    ['the lease', dieAt('journal.replace', 'after')],
  ])('goes on in the next run where %s failed', async (_, fault) => {
    const { world, userId, newKeyId, keys } = await inUse();
    world.clock.advance(8 * DAY_MS);
    world.onCall = fault;
    await rotate(world);
    world.onCall = undefined;
    expect(world.openRecords()).toHaveLength(1);
    world.clock.advance(HOUR_MS);
    await rotate(world);
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
    expect(await world.history()).toHaveLength(1);
    expect(world.parameters.names()).toEqual([]);
  });

  it('leaves it to a person to remove the timer in time', async () => {
    const { world, userId, oldKeyId, newKeyId, keys } = await inUse();
    world.clock.advance(6 * DAY_MS);
    world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
    await destruct(world);
    world.clock.advance(10 * DAY_MS);
    await rotate(world);
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Active' });
  });

  it('sets the timer of a deactivated key to its deletion', async () => {
    const policy = { deactivateAfterDays: 3 };
    const { world, userId, oldKeyId, keys } = await inUse({ settings: { policy } });
    world.clock.advance(4 * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'deactivated' });
    expect(keys()[oldKeyId]).toBe('Inactive');
    const { deleteOnMs } = world.recordIn(userId, 'DEACTIVATED');
    expect(world.timers()).toMatchObject([{ deleteOnEpochSeconds: toEpochSeconds(deleteOnMs) }]);
    expect(deleteOnMs).toBe(world.clock.nowMs() + 3 * DAY_MS);
  });

  it('leaves a day to undo a late deactivation', async () => {
    const policy = { deactivateAfterDays: 3 };
    const { world, userId } = await inUse({ settings: { policy } });
    world.clock.advance(20 * DAY_MS + MINUTE_MS);
    await rotate(world);
    expect(world.recordIn(userId, 'DEACTIVATED').deleteOnMs).toBe(world.clock.nowMs() + DAY_MS);
    expect(PARAMETER).toBe(world.parameters.names()[0]);
  });
});
