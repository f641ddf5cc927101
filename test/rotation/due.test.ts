import { describe, expect, it } from '@jest/globals';
import { failAlways, failAt } from '../../simulation/memory/faults.ts';
import { rotate, rotateOne } from '../../simulation/memory/life.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { KeyNotCreated } from '../../src/ports/errors.ts';

const denied = () => new KeyNotCreated('IAM refused (AccessDenied)', false, undefined);

function setUp(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options);
  return { world, ...world.hire('alice') };
}

describe('a rotation that failed', () => {
  it('backs off for 1, 2, 4, then 7 days', async () => {
    const { world, userId } = setUp();
    world.onCall = failAlways('keys.create', 'before', denied());
    const failedOnDays: number[] = [];
    const startMs = world.clock.nowMs();
    for (let hours = 0; hours < 24 * 30; hours += 6) {
      const { outcome } = await rotateOne(world);
      if (outcome === 'failed') failedOnDays.push((world.clock.nowMs() - startMs) / DAY_MS);
      world.clock.advance(DAY_MS / 4);
    }
    expect(failedOnDays).toEqual([0, 1, 3, 7, 14, 21, 28]);
    expect(world.recordIn(userId, 'CLOSED').failures).toBe(7);
  });

  it('is tried again when a person forces it, once the name of the content key has rested', async () => {
    const { world } = setUp();
    const force = () => rotateOne(world, { users: ['alice'], force: true });
    world.onCall = failAt('keys.create', 'before', denied());
    await rotateOne(world);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'skipped' });
    const effects = world.effects.length;
    world.clock.advance(MINUTE_MS);
    expect(await force()).toMatchObject({ outcome: 'waiting' });
    expect(world.effects.slice(effects)).toEqual([]);
    world.clock.advance(MINUTE_MS);
    expect(await force()).toMatchObject({ outcome: 'rotated' });
  });

  it('is not begun by a run that does not know of the back-off', async () => {
    const { world } = setUp({ scanLagMs: MINUTE_MS });
    world.onCall = failAt('keys.create', 'before', denied());
    await rotateOne(world);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(world.calls.filter(({ name }) => name === 'journal.begin')).toHaveLength(2);
    expect(world.calls.filter(({ name }) => name === 'keys.create')).toHaveLength(1);
  });

  it('does not wait for a date that a person or a wrong clock wrote', async () => {
    const { world, userId } = setUp();
    world.onCall = failAt('keys.create', 'before', denied());
    await rotateOne(world, {}, { clockSkewMs: 30 * DAY_MS });
    expect(world.recordIn(userId, 'CLOSED').retryNotBeforeMs).toBe(
      world.clock.nowMs() + 31 * DAY_MS,
    );
    world.clock.advance(MINUTE_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it('counts no failures any more once a rotation succeeds', async () => {
    const { world, userId } = setUp();
    world.onCall = failAt('keys.create', 'before', denied());
    await rotateOne(world);
    world.clock.advance(DAY_MS);
    await rotateOne(world);
    expect(world.recordIn(userId, 'SCHEDULED').failures).toBe(1);
    await world.owners.readMail();
    world.owners.useNewestKeys();
    world.clock.advance(9 * DAY_MS);
    await rotateOne(world);
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ outcome: 'completed', failures: 0 });
  });
});

describe('force', () => {
  it('rotates a key of any age', async () => {
    const world = createWorld();
    world.hire('alice', { keyAgeDays: 2 });
    expect(await rotateOne(world)).toMatchObject({ outcome: 'skipped' });
    expect(await rotateOne(world, { users: ['alice'], force: true })).toMatchObject({
      outcome: 'rotated',
    });
  });

  it('begins nothing while a rotation is open', async () => {
    const { world } = setUp();
    await rotateOne(world);
    const before = world.snapshot();
    expect(await rotateOne(world, { users: ['alice'], force: true })).toMatchObject({
      outcome: 'waiting',
    });
    expect(world.snapshot()).toEqual(before);
  });
});

describe('a key that was switched off and on again', () => {
  it('is found by its true age, although the credential report dates it anew', async () => {
    const world = createWorld({});
    const users = Array.from({ length: 9 }, (_, index) => {
      const { userId, oldKeyId } = world.hire(`user-${index}`, { keyAgeDays: 100 });
      world.iam.setStatus(oldKeyId, 'Inactive');
      world.iam.setStatus(oldKeyId, 'Active');
      return userId;
    });
    const rotated = new Set<string>();
    for (let run = 0; run < 3; run++) {
      const { rows } = await rotate(world);
      for (const row of rows) if (row.outcome === 'rotated') rotated.add(row.userId);
      world.clock.advance(6 * 60 * MINUTE_MS);
    }
    expect([...rotated].sort()).toEqual([...users].sort());
  });
});
