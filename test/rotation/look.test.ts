import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { dueNow, expire, rotate } from '../../simulation/memory/life.ts';
import { inUse, scheduled } from '../../simulation/memory/states.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import { DAY_MS } from '../../src/domain/time.ts';

describe('a destruction', () => {
  it('finds the user who was renamed, although another one has the name now', async () => {
    const scene = await inUse();
    const { world, userId, newKeyId, keys } = scene;
    world.iam.renameUser(userId, 'alicia');
    const namesake = world.hire('alice');
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deleted' });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.iam.keysOf(namesake.userId)).toHaveLength(1);
  });

  it('touches nothing and waits for the rotator while IAM does not tell who the owner of the keys is', async () => {
    const scene = await inUse();
    const { world, userId, keys } = scene;
    world.iam.renameUser(userId, 'alicia');
    world.hire('alice', { email: 'other@example.com' });
    world.iam.hidden = true;
    const before = keys();
    expect(await dueNow(scene)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('IAM does not tell whose the keys are'),
    });
    expect(keys()).toEqual(before);
    expect(world.recordIn(userId, 'SCHEDULED').leaseUntilMs).toBe(0);
  });

  it("touches nothing when somebody wrote another user's keys into the record", async () => {
    const scene = await inUse();
    const { world, userId, oldKeyId } = scene;
    const bob = world.hire('bob', { keyAgeDays: 5 });
    const newer = world.createKey(bob.userId);
    world.iam.useKey(newer);
    const record = { ...world.table.get(recordKey(ACCOUNT_ID, userId)) };
    world.table.put({ ...record, oldKeyId: bob.oldKeyId, newKeyId: newer });
    world.table.put({
      ...world.table.get(timerKey(ACCOUNT_ID, userId, oldKeyId)),
      ...timerKey(ACCOUNT_ID, userId, bob.oldKeyId),
    });
    const before = world.iam.snapshot();
    world.clock.advance(8 * DAY_MS);
    const { rows } = await expire(world);
    expect(rows).toContainEqual(
      expect.objectContaining({
        outcome: 'failed',
        reason: expect.stringContaining(`${newer} is a key of bob, who is not user ${userId}`),
      }),
    );
    expect(world.iam.snapshot()).toEqual(before);
    // The rotator has no timer to go by, and comes to the same.
    world.clock.advance(DAY_MS);
    expect(await rotate(world, { users: ['alice'] })).toMatchObject({
      rows: [{ outcome: 'failed', code: 'new-key-unlisted' }],
    });
    expect(world.iam.snapshot()).toEqual(before);
  });

  it('never deletes because of a list that lacks a key which exists', async () => {
    const scene = await inUse({ iam: { listLagMs: 30 * DAY_MS } });
    const before = scene.keys();
    expect(await dueNow(scene)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('does not list it'),
    });
    expect(scene.keys()).toEqual(before);
    expect(scene.world.recordIn(scene.userId, 'SCHEDULED')).toBeDefined();
  });

  it('asks nobody but IAM whether the new key was used', async () => {
    const scene = await scheduled();
    scene.world.iam.hidden = true;
    expect(await dueNow(scene)).toMatchObject({ outcome: 'reminded' });
    scene.world.iam.hidden = false;
    expect(Object.keys(scene.keys())).toHaveLength(2);
  });
});
