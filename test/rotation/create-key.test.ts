import { describe, expect, it } from '@jest/globals';
import type { OnCall } from '../../simulation/memory/calls.ts';
import { failAlways, failAt, once, writing } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { rotateOne } from '../../simulation/memory/life.ts';
import type { World } from '../../simulation/memory/world.ts';
import { recordKey } from '../../src/aws/items.ts';
import { isOpen, type RotationRecord } from '../../src/domain/record.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { denied, keyIds, overwrite, setUp, throttled } from './fresh.ts';

describe('the creation of the key', () => {
  it('that IAM refuses closes the rotation with the reason, and takes the parameter away', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = failAt('keys.create', 'before', denied());
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'key-not-created',
      reason: 'IAM refused (AccessDenied)',
    });
    expect(world.effects).toEqual([
      'write STARTED',
      'put content key',
      'remove content key',
      'write history',
      'write CLOSED',
    ]);
    expect(world.parameters.names()).toEqual([]);
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({
      outcome: 'failed',
      reason: { code: 'key-not-created', details: { message: 'IAM refused (AccessDenied)' } },
      failures: 1,
      retryNotBeforeMs: world.clock.nowMs() + DAY_MS,
    });
  });

  it('that IAM refuses because there are two keys after all touches neither', async () => {
    const { world, userId, oldKeyId } = setUp();
    let own = '';
    world.onCall = once('keys.create', 'before', () => {
      own = world.createKey(userId);
    });
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed', reason: 'LimitExceeded' });
    expect(keyIds(world, userId)).toEqual([oldKeyId, own]);
  });

  it('that IAM throttles is tried again after 1, 2, 4, 8 and 16 seconds', async () => {
    const { world } = setUp();
    const startMs = world.clock.nowMs();
    const triedAtMs: number[] = [];
    world.onCall = (name, phase) => {
      if (name !== 'keys.create' || phase !== 'before') return;
      triedAtMs.push(world.clock.nowMs() - startMs);
      if (triedAtMs.length < 6) throw throttled();
    };
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    expect(triedAtMs).toEqual([0, 1, 3, 7, 15, 31].map((seconds) => seconds * SECOND_MS));
  });

  it('that IAM throttles all the time waits for the next run, without a back-off', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = failAlways('keys.create', 'before', throttled());
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ failures: 0, retryNotBeforeMs: 0 });
    expect(world.parameters.names()).toEqual([]);
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    world.onCall = undefined;
    world.clock.advance(2 * MINUTE_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it('is not begun later than a minute after the record', async () => {
    const { world, userId } = setUp();
    world.onCall = once('contentKeys.put', 'after', () => world.clock.advance(MINUTE_MS + 1));
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(world.calls.filter(({ name }) => name === 'keys.create')).toEqual([]);
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('postponed');
  });

  it('is not repeated after a minute of throttling', async () => {
    const { world } = setUp();
    let tries = 0;
    world.onCall = (name, phase) => {
      if (name !== 'keys.create' || phase !== 'before') return;
      tries += 1;
      world.clock.advance(20 * SECOND_MS);
      throw throttled();
    };
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(tries).toBe(3);
  });

  it.each([
    ['before', 1],
    ['after', 2],
  ] as const)(
    'with a lost answer (%s the effect) leaves everything as it is, under its lease',
    async (phase, keys) => {
      const { world, userId } = setUp();
      world.onCall = failAt('keys.create', phase, new Error('time-out'));
      expect(await rotateOne(world)).toMatchObject({
        outcome: 'failed',
        reason: expect.stringContaining('time-out'),
      });
      expect(world.calls.filter(({ name }) => name === 'keys.create')).toHaveLength(1);
      expect(world.effects.filter((effect) => /delete|remove/.test(effect))).toEqual([]);
      expect(keyIds(world, userId)).toHaveLength(keys);
      expect(world.recordIn(userId, 'STARTED').leaseUntilMs).toBe(
        world.clock.nowMs() + 20 * MINUTE_MS,
      );
      world.clock.advance(19 * MINUTE_MS);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    },
  );
});

describe('the write that keeps the sealed pair', () => {
  it('deletes the key in hand when the record is no longer what it was', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      () => overwrite(world, world.recordIn(userId, 'STARTED'), { version: 9 }),
      writing('DELIVERING'),
    );
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    expect(world.mail.sent).toEqual([]);
  });

  it('deletes the key in hand when the record is gone', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      () => world.table.remove(recordKey(ACCOUNT_ID, userId)),
      writing('DELIVERING'),
    );
    await rotateOne(world);
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
  });

  it('keeps the key when the record names it', async () => {
    const { world, userId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      (_, [, next]) => overwrite(world, next as RotationRecord, { version: 9 }),
      writing('DELIVERING'),
    );
    await rotateOne(world);
    expect(keyIds(world, userId)).toHaveLength(2);
  });

  it.each<[string, (world: World, oldKeyId: string) => OnCall | undefined]>([
    [
      "it is the user's only active key",
      (world, oldKeyId) => {
        world.iam.setStatus(oldKeyId, 'Inactive');
        return undefined;
      },
    ],
    ['keys.delete failed', () => failAlways('keys.delete')],
  ])('names the key in hand when it has to stay (%s)', async (reason, spoil) => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      () => {
        world.table.remove(recordKey(ACCOUNT_ID, userId));
        world.onCall = spoil(world, oldKeyId);
      },
      writing('DELIVERING'),
    );
    const row = await rotateOne(world);
    const [, newKeyId] = keyIds(world, userId);
    expect(row).toMatchObject({ outcome: 'failed', reason: expect.stringContaining(reason) });
    expect(row.reason).toContain(`${newKeyId} of alice was never delivered`);
  });

  it('deletes the key in hand although IAM does not know it for some seconds', async () => {
    const { world, userId, oldKeyId } = setUp({ iam: { settleMs: 10 * SECOND_MS } });
    world.onCall = once(
      'journal.replace',
      'before',
      () => world.table.remove(recordKey(ACCOUNT_ID, userId)),
      writing('DELIVERING'),
    );
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
  });

  it('deletes the key in hand when the record can not be read any more', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      () => world.table.put({ ...recordKey(ACCOUNT_ID, userId), version: 'by hand' }),
      writing('DELIVERING'),
    );
    expect((await rotateOne(world)).reason).toMatch(/changed by hand/);
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
  });

  it.each(['before', 'after'] as const)(
    'undoes nothing when its answer is lost (%s the effect)',
    async (phase) => {
      const { world, userId } = setUp();
      world.onCall = failAt('journal.replace', phase, undefined, writing('DELIVERING'));
      expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
      expect(keyIds(world, userId)).toHaveLength(2);
      expect(world.effects.filter((effect) => /delete|remove/.test(effect))).toEqual([]);
      expect(isOpen(world.record(userId))).toBe(true);
    },
  );
});
