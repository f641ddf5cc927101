/** Where time, places or mails are short, nobody waits for ever because of somebody else. */
import { describe, expect, it } from '@jest/globals';
import { expire, rotate } from '../../simulation/memory/life.ts';
import { NOT_NOW, REFUSED } from '../../simulation/memory/mail.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import type { Mail } from '../../src/ports/mailer.ts';

/** Days with four runs each, whose owners do as the mails tell them. */
async function days(world: World, count: number, settings = {}): Promise<void> {
  for (let run = 0; run < count * 4; run++) {
    world.clock.advance(6 * HOUR_MS);
    await expire(world, settings);
    await rotate(world, {}, settings);
    await world.owners.readMail();
    world.owners.useNewestKeys();
  }
}

const toNames = (prefix: string, answer: typeof NOT_NOW | typeof REFUSED) => (mail: Mail) =>
  mail.to.startsWith(prefix) ? answer : ({ kind: 'accepted' } as const);

describe('mails', () => {
  it('that three full mailboxes put off keep no other key from being replaced', async () => {
    const world = createWorld();
    world.mail.answer = toNames('full', NOT_NOW);
    for (const name of ['full1', 'full2', 'full3']) world.hire(name);
    await rotate(world);
    const { userId } = world.hire('bob');
    await days(world, 1);
    expect(world.record(userId)?.state).toBe('SCHEDULED');
  });

  it('that no server takes lead to one more key a run, not to many', async () => {
    const world = createWorld();
    world.mail.answer = NOT_NOW;
    for (let n = 0; n < 30; n++) world.hire(`user${n}`);
    await rotate(world, {}, { maxRotationsPerRun: 3 });
    const open = world.openRecords().length;
    await days(world, 1);
    expect(world.openRecords()).toHaveLength(open + 4);
  });
});

describe('MAX_ROTATIONS_PER_RUN', () => {
  it('leaves a place for everybody, however many rotations fail again and again', async () => {
    const world = createWorld();
    world.mail.answer = toNames('gone', REFUSED);
    for (let n = 0; n < 30; n++) world.hire(`gone${n}`, { keyAgeDays: 100 });
    const { userId } = world.hire('bob', { keyAgeDays: 85 });
    await days(world, 12, { maxRotationsPerRun: 1 });
    expect(world.record(userId)).toMatchObject({ failures: 0 });
  });
});

describe('the time of a run', () => {
  const USERS = 450;
  /** As if there were thousands of users, and an IAM that answers a few calls a second. */
  const slow = (world: World) => {
    world.onCall = async (call, phase) => {
      if (call === 'keys.list' && phase === 'before') await world.clock.sleep(100 * SECOND_MS);
    };
  };

  it('is not overdrawn by rotations that merely wait, and is first for whoever is due', async () => {
    const world = createWorld();
    for (let n = 0; n < USERS; n++) world.hire(`user${n}`);
    await rotate(world);
    expect(world.openRecords()).toHaveLength(USERS);
    world.clock.advance(HOUR_MS);
    const { userId } = world.hire('due', { keyAgeDays: 88 });
    slow(world);
    const deadlineAtMs = world.clock.nowMs() + 15 * MINUTE_MS;
    const { rows } = await rotate(world);
    expect(world.clock.nowMs()).toBeLessThanOrEqual(deadlineAtMs);
    expect(world.record(userId)?.state).toBe('SCHEDULED');
    expect(rows.filter(({ outcome }) => outcome === 'left').length).toBeGreaterThan(10);
  });

  it('leads each run to others of those who wait', async () => {
    const world = createWorld();
    for (let n = 0; n < USERS; n++) world.hire(`user${n}`);
    await rotate(world);
    slow(world);
    const seen = new Set<string>();
    for (let run = 0; run < 8; run++) {
      const { rows } = await rotate(world);
      for (const { userName, outcome } of rows) if (outcome === 'waiting') seen.add(userName);
      world.clock.advance(6 * HOUR_MS);
    }
    expect(seen.size).toBe(USERS);
  });

  it('leads each run to others where keys must be listed one by one', async () => {
    const world = createWorld({ iam: { report: false } });
    for (let n = 0; n < USERS; n++) world.hire(`young${n}`, { keyAgeDays: 10 });
    const { userId } = world.hire('due', { keyAgeDays: 88 });
    slow(world);
    for (let run = 0; run < 8 && !world.record(userId); run++) {
      await rotate(world);
      world.clock.advance(6 * HOUR_MS);
    }
    expect(world.record(userId)?.state).toBe('SCHEDULED');
  });
});

describe('the credential report', () => {
  it.each([6, 12, 24])(
    'hides the age of a switched key from no user, with a run every %d hours',
    async (everyHours) => {
      const world = createWorld();
      const userIds = Array.from({ length: 8 }, (_, n) => {
        const { userId, oldKeyId } = world.hire(`user${n}`, { keyAgeDays: 200 });
        world.iam.setStatus(oldKeyId, 'Inactive');
        world.iam.setStatus(oldKeyId, 'Active');
        return userId;
      });
      world.clock.advance(HOUR_MS);
      world.owners.useNewestKeys();
      for (let hours = 0; hours < 3 * 24; hours += everyHours) {
        await rotate(world);
        world.clock.advance(everyHours * HOUR_MS);
      }
      expect(userIds.map((userId) => world.record(userId)?.state)).toEqual(
        userIds.map(() => 'SCHEDULED'),
      );
    },
  );
});
