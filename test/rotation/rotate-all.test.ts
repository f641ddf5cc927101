import { describe, expect, it } from '@jest/globals';
import { CROWD, company, outcomes } from '../../simulation/memory/company.ts';
import { failAlways } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { rotate, rotateOne } from '../../simulation/memory/life.ts';
import { LOST, QUOTA_SPENT } from '../../simulation/memory/mail.ts';
import { inUse } from '../../simulation/memory/states.ts';
import { recordKey } from '../../src/aws/items.ts';
import { nothingWorked } from '../../src/domain/report.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';

describe('how many rotations a run begins', () => {
  it('is limited by MAX_ROTATIONS_PER_RUN, longest due first', async () => {
    const world = company(81, 95, 90, 85, 99);
    const { rows } = await rotate(world, {}, { maxRotationsPerRun: 2 });
    expect(outcomes(rows)).toEqual({
      age99: 'rotated',
      age95: 'rotated',
      age90: 'left',
      age85: 'left',
      age81: 'left',
    });
    expect(rows.find(({ outcome }) => outcome === 'left')?.code).toBe('max-rotations');
    await rotate(world, {}, { maxRotationsPerRun: 2 });
    expect(world.openRecords()).toHaveLength(4);
  });

  it('gives the place of one that can not begin to the next in line', async () => {
    const world = company(99, 90, 81);
    const [eldest = ''] = world.iam.userIds();
    world.table.put({ ...recordKey(ACCOUNT_ID, eldest), state: 'CLOSED' });
    const { rows } = await rotate(world, {}, { maxRotationsPerRun: 1 });
    expect(outcomes(rows)).toEqual({ age99: 'failed', age90: 'rotated', age81: 'left' });
  });

  it('does not count what was open before', async () => {
    const world = company(90, 91, 92);
    world.mail.answer = LOST;
    await rotate(world, {}, { maxRotationsPerRun: 2 });
    world.mail.answer = { kind: 'accepted' };
    world.clock.advance(HOUR_MS);
    const { totals } = await rotate(world, {}, { maxRotationsPerRun: 1 });
    expect(totals).toEqual({ rotated: 3 });
  });

  it("is never more than the mailer's remaining quota", async () => {
    const world = company(81, 95, 90, 85, 99);
    world.mail.verification = { kind: 'accepted', reason: '', remaining: 3, warnings: [] };
    const { rows } = await rotate(world, {}, { maxRotationsPerRun: 4 });
    expect(outcomes(rows)).toEqual({
      age99: 'rotated',
      age95: 'rotated',
      age90: 'rotated',
      age85: 'left',
      age81: 'left',
    });
    expect(rows.find(({ outcome }) => outcome === 'left')?.code).toBe('quota-spent');
    expect(world.mail.sent).toHaveLength(3);
  });

  it('ends when the quota turns out to be spent', async () => {
    const world = company(...CROWD);
    world.mail.answer = QUOTA_SPENT;
    const { totals } = await rotate(world);
    // Those who were worked on at the time had begun.
    expect(totals.left).toBeGreaterThan(0);
    expect(totals).toEqual({ postponed: CROWD.length - (totals.left ?? 0), left: totals.left });
    expect(world.openRecords()).toHaveLength(totals.postponed ?? 0);
  });

  it('ends after three mails in a row that were not accepted', async () => {
    const world = company(...CROWD);
    world.mail.answer = LOST;
    const { totals, rows } = await rotate(world);
    expect(totals.left).toBeGreaterThan(0);
    expect(world.openRecords()).toHaveLength(totals.failed ?? 0);
    expect(rows.find(({ outcome }) => outcome === 'left')?.code).toBe('delivery-stopped');
  });
});

describe("a run that can't deliver", () => {
  it.each(['not-now', 'refused', 'unknown'] as const)(
    'creates nothing (the verification says %s)',
    async (kind) => {
      const world = company(90, 91);
      const before = world.snapshot();
      world.mail.verification = { kind, reason: 'the account is in the sandbox', warnings: [] };
      const { rows, problems } = await rotate(world);
      expect(outcomes(rows)).toEqual({ age90: 'postponed', age91: 'postponed' });
      expect(problems).toEqual([expect.stringContaining('the account is in the sandbox')]);
      expect(world.snapshot()).toEqual(before);
      expect(nothingWorked(rows)).toBe(true);
    },
  );

  it('creates nothing when the mailer can not even be asked', async () => {
    const world = company(90);
    const before = world.snapshot();
    world.onCall = failAlways('mailer.verify');
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(world.snapshot()).toEqual(before);
  });

  it('creates nothing when its mails could not name the account', async () => {
    const world = company(90);
    const before = world.snapshot();
    world.onCall = failAlways('account.describe');
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'postponed',
      code: 'no-delivery',
      reason: expect.stringContaining('account.describe failed'),
    });
    expect(world.snapshot()).toEqual(before);
  });

  it('does not ask the mailer when nobody is due', async () => {
    const world = company(10);
    await rotate(world);
    expect(world.calls.map(({ name }) => name)).not.toContain('mailer.verify');
  });

  it('still ends what is overdue', async () => {
    const { world, newKeyId, keys } = await inUse();
    world.mail.verification = { kind: 'refused', reason: 'paused', warnings: [] };
    world.clock.advance(8 * DAY_MS);
    await rotate(world);
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
  });
});
