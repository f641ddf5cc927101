import { describe, expect, it } from '@jest/globals';
import { rotateOne } from '../../simulation/memory/life.ts';
import { scheduled } from '../../simulation/memory/states.ts';
import { DAY_MS } from '../../src/domain/time.ts';

/** The old key is due at 92 days, beyond the age limit of 90. */
const LATE = { keyAgeDays: 85 };

describe('an old key that is due beyond the age limit', () => {
  it('is kept until the date in the mail', async () => {
    const { world, newKeyId, keys } = await scheduled(LATE);
    world.iam.useKey(newKeyId);
    world.clock.advance(7 * DAY_MS - 1);
    const before = keys();
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(keys()).toEqual(before);
  });

  it('is then deleted by the rotator at once, however late TTL is', async () => {
    const { world, newKeyId, keys } = await scheduled(LATE);
    world.iam.useKey(newKeyId);
    world.clock.advance(7 * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'deleted' });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
  });

  it('is then deactivated at once if the new key was never used', async () => {
    const { world, oldKeyId, newKeyId, keys } = await scheduled(LATE);
    world.clock.advance(7 * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'deactivated' });
    expect(keys()).toEqual({ [oldKeyId]: 'Inactive', [newKeyId]: 'Active' });
  });
});
