import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { destruct, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { cancelled, type Scene } from '../../simulation/memory/states.ts';
import { timerKey } from '../../src/aws/items.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';

const _PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';

describe('a cancelled rotation', () => {
  it('is reported in every run, and never touched', async () => {
    const { world, keys } = await cancelled();
    await rotate(world);
    const before = [world.snapshot(), keys()];
    for (let days = 0; days < 100; days += 10) {
      world.clock.advance(10 * DAY_MS);
      expect(await rotateOne(world)).toMatchObject({
        outcome: 'waiting',
        code: 'cancelled-waits',
      });
    }
    expect([world.snapshot(), keys()]).toEqual(before);
  });

  it('removes a timer that is left', async () => {
    const { world, userId, oldKeyId } = await cancelled();
    const { rotationId } = world.recordIn(userId, 'CANCELLED');
    world.table.put({ ...timerKey(ACCOUNT_ID, userId, oldKeyId), delete_on: 1, rotationId });
    await rotate(world);
    expect(world.timers()).toEqual([]);
    expect((await destruct(world)).rows).toMatchObject([{ outcome: 'skipped' }]);
    expect(world.record(userId)?.state).toBe('CANCELLED');
  });

  it('keeps the mail with the new key readable until its first use, once the old key is gone', async () => {
    const { world, userId, oldKeyId, newKeyId } = await cancelled();
    world.clock.advance(HOUR_MS);
    world.iam.deleteKey(oldKeyId);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'waiting',
      code: 'cancelled-unused',
    });
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toEqual([newKeyId]);
    world.owners.useNewestKeys();
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.parameters.names()).toEqual([]);
  });

  it('is replaced in time by another when the new key is never used', async () => {
    const { world, userId, oldKeyId } = await cancelled();
    world.iam.deleteKey(oldKeyId);
    world.clock.advance(80 * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(1);
  });

  it.each([
    ['old', (scene: Scene) => scene.oldKeyId],
    ['new', (scene: Scene) => scene.newKeyId],
  ])('closes when a person deletes the %s key', async (_, pick) => {
    const scene = await cancelled();
    const { world, userId, keys } = scene;
    await world.owners.readMail();
    world.owners.useNewestKeys();
    world.clock.advance(HOUR_MS);
    world.iam.deleteKey(pick(scene));
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({
      outcome: 'cancelled',
      reason: { code: 'cancelled-ended', details: { keys: pick(scene) } },
    });
    expect(world.parameters.names()).toEqual([]);
    expect(Object.keys(keys())).toHaveLength(1);
  });
});
