import { describe, expect, it } from '@jest/globals';
import { live } from '../../simulation/memory/life.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

const REPORT = { reportMaxAgeMs: 4 * HOUR_MS };

describe('the credential report in memory', () => {
  it('tells for four hours what was true when it was made', async () => {
    const world = createWorld({ iam: REPORT });
    const { userId, oldKeyId } = world.hire('alice');
    const read = async () => {
      const { rows } = await world.iam.inventory.reportRows();
      return rows.get(world.iam.user(userId)?.arn ?? '')?.map(({ active }) => active);
    };
    expect(await read()).toEqual([true]);
    world.iam.setStatus(oldKeyId, 'Inactive');
    world.clock.advance(4 * HOUR_MS - 1);
    expect(await read()).toEqual([true]);
    world.clock.advance(1);
    expect(await read()).toEqual([false]);
  });

  it('dates a change of status, in whole seconds', async () => {
    const world = createWorld();
    const { oldKeyId } = world.hire('alice');
    const read = async () => [...(await world.iam.inventory.reportRows()).rows.values()][0];
    const createdAtMs = (await read())?.[0]?.changedAtMs;
    world.clock.advance(1234);
    world.iam.setStatus(oldKeyId, 'Active');
    expect((await read())?.[0]?.changedAtMs).toBe(createdAtMs);
    const changedAtMs = Math.floor(world.clock.nowMs() / 1000) * 1000;
    world.iam.setStatus(oldKeyId, 'Inactive');
    expect((await read())?.[0]?.changedAtMs).toBe(changedAtMs);
  });

  it('tells a use as late as IAM does otherwise', async () => {
    const world = createWorld({ iam: { lastUsedLagMs: 15 * MINUTE_MS } });
    const { oldKeyId } = world.hire('alice');
    world.iam.useKey(oldKeyId);
    const usedAtMs = world.clock.nowMs();
    const read = async () =>
      [...(await world.iam.inventory.reportRows()).rows.values()][0]?.[0]?.lastUsedAtMs;
    expect(await read()).toBeUndefined();
    world.clock.advance(15 * MINUTE_MS);
    expect(await read()).toBe(usedAtMs);
  });
});

describe('a rotation by a report that is four hours old', () => {
  it.each([1, 6])(
    'ends as by one of this moment, with a run every %p hours',
    async (everyHours) => {
      const world = createWorld({ iam: REPORT });
      const { userId, oldKeyId } = world.hire('alice', { keyAgeDays: 79 });
      await live(world, { days: 20, everyHours });
      expect(world.crashes).toEqual([]);
      expect(world.record(userId)).toMatchObject({
        state: 'CLOSED',
        outcome: 'completed',
        oldKeyId,
      });
      expect(world.iam.keysOf(userId)).toMatchObject([{ status: 'Active', used: true }]);
    },
  );

  it('notices a key that was switched off and on again between two reports', async () => {
    const world = createWorld({ iam: REPORT });
    const { userId, oldKeyId } = world.hire('alice', { keyAgeDays: 10 });
    await live(world, { days: 1, everyHours: 1 });
    const before = world.record(userId)?.keySnapshot;
    expect(before?.reportRow).toMatch(/^active /);
    world.iam.setStatus(oldKeyId, 'Inactive');
    world.clock.advance(HOUR_MS);
    world.iam.setStatus(oldKeyId, 'Active');
    await live(world, { days: 1, everyHours: 1 });
    const after = world.record(userId)?.keySnapshot;
    expect(after?.reportRow).toMatch(/^active /);
    expect(after?.reportRow).not.toBe(before?.reportRow);
  });
});
