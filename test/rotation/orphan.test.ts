import { describe, expect, it } from '@jest/globals';
import { failAlways } from '../../simulation/memory/faults.ts';
import { rotateOne } from '../../simulation/memory/life.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { keyCreated, started, withOrphan } from './cut-off.ts';

describe('a key that was not there when the rotation began', () => {
  it.each([
    ['is ours a minute before the start', -MINUTE_MS, true],
    ["is the user's a second earlier", -MINUTE_MS - SECOND_MS, false],
    ['is ours two minutes after the start', 2 * MINUTE_MS, true],
    ["is the user's a second later", 2 * MINUTE_MS + SECOND_MS, false],
  ])('%s', async (_, afterMs, ours) => {
    const { world, userId, startedAtMs, keyIds } = await started();
    world.clock.advance(HOUR_MS);
    const key = keyCreated(world, userId, startedAtMs, afterMs);
    const row = await rotateOne(world);
    expect(keyIds().includes(key)).toBe(!ours);
    expect(row.outcome).toBe(ours ? 'rotated' : 'closed');
    expect(world.parameters.names()).toHaveLength(ours ? 1 : 0);
  });

  it("is the user's when it was ever used", async () => {
    const { world, userId, startedAtMs, keyIds } = await started();
    const key = keyCreated(world, userId, startedAtMs, 0);
    world.iam.useKey(key);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'closed',
      code: 'other-key',
    });
    expect(keyIds()).toHaveLength(2);
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('undone');
  });

  it('stays while it is the only active one, and goes once another key works', async () => {
    const { world, userId, oldKeyId, keyIds } = await withOrphan();
    world.iam.setStatus(oldKeyId, 'Inactive');
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'orphan-only-active',
    });
    // It only looked, so it claimed nothing.
    expect(world.recordIn(userId, 'STARTED').leaseUntilMs).toBeLessThan(world.clock.nowMs());
    expect(keyIds()).toHaveLength(2);
    const [, orphan] = keyIds();
    world.iam.setStatus(oldKeyId, 'Active');
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    expect(keyIds()).not.toContain(orphan);
  });

  it('stays when it can not be told from another new key', async () => {
    const { world, userId, oldKeyId, startedAtMs, keyIds } = await withOrphan();
    world.iam.deleteKey(oldKeyId);
    const own = keyCreated(world, userId, startedAtMs, MINUTE_MS);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(keyIds()).toHaveLength(2);
    expect(world.owners.workingKeys(userId)).toEqual([own]);
  });

  it('goes even if the user has made a key of their own meanwhile, which stays', async () => {
    const { world, userId, oldKeyId, startedAtMs, keyIds } = await withOrphan();
    world.iam.deleteKey(oldKeyId);
    const own = keyCreated(world, userId, startedAtMs, 10 * MINUTE_MS);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(keyIds()).toEqual([own]);
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('undone');
  });

  it('stays, and the rotation open, while IAM does not tell whether it was used', async () => {
    const { world, userId, keyIds } = await withOrphan();
    world.clock.advance(HOUR_MS);
    world.iam.hidden = true;
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
    expect(keyIds()).toHaveLength(2);
    expect(world.recordIn(userId, 'STARTED')).toBeDefined();
    world.iam.hidden = false;
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
  });

  it('that can not be deleted now keeps the rotation open', async () => {
    const { world, userId, oldKeyId, keyIds } = await withOrphan();
    world.clock.advance(HOUR_MS);
    world.onCall = failAlways('keys.delete');
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
    expect(world.recordIn(userId, 'STARTED')).toBeDefined();
    world.onCall = undefined;
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    expect(keyIds()).toHaveLength(2);
    expect(keyIds()).toContain(oldKeyId);
  });

  it('is recognized although the clock of IAM is half a minute off', async () => {
    for (const clockSkewMs of [-30 * SECOND_MS, 30 * SECOND_MS]) {
      const { world, keyIds, userId } = await withOrphan({ iam: { clockSkewMs } });
      world.clock.advance(HOUR_MS);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
      expect(keyIds()).toHaveLength(2);
      await world.owners.readMail();
      expect(world.owners.workingKeys(userId)).toHaveLength(2);
    }
  });
});
