import { describe, expect, it } from '@jest/globals';
import { failAt, once, writing } from '../../simulation/memory/faults.ts';
import { rotateOne } from '../../simulation/memory/life.ts';
import { ARRIVED_UNKNOWN, LOST, QUOTA_SPENT, REFUSED } from '../../simulation/memory/mail.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toEpochSeconds } from '../../src/domain/time.ts';
import { setUp, WHOLE_RUN_BUSY } from './mailed.ts';

describe('a mail that is accepted', () => {
  it('sets the timer to the date that the mail promised', async () => {
    const { world, userId, oldKeyId } = setUp();
    await rotateOne(world);
    const record = world.recordIn(userId, 'SCHEDULED');
    expect(record).toMatchObject({
      deliveredAtMs: world.clock.nowMs(),
      deleteOnMs: world.clock.nowMs() + 7 * DAY_MS,
      leaseUntilMs: 0,
    });
    expect(world.timers()).toEqual([
      expect.objectContaining({
        userId,
        oldKeyId,
        deleteOnEpochSeconds: toEpochSeconds(record.deleteOnMs),
      }),
    ]);
    expect(world.mail.mailbox[0]?.text).toContain('8 January 2026, 00:00 UTC');
  });

  it('sets the timer to the deactivation where there is such a stage', async () => {
    const policy = { deactivateAfterDays: 3 };
    const { world, userId } = setUp([], { settings: { policy } });
    await rotateOne(world);
    const nowMs = world.clock.nowMs();
    expect(world.recordIn(userId, 'SCHEDULED')).toMatchObject({
      deactivateOnMs: nowMs + 3 * DAY_MS,
      deleteOnMs: nowMs + 7 * DAY_MS,
    });
    expect(world.timers()).toMatchObject([
      { deleteOnEpochSeconds: toEpochSeconds(nowMs + 3 * DAY_MS) },
    ]);
  });

  it('leaves the sealed pair and its content key where they are, in case the mail is lost', async () => {
    const { world, userId } = setUp();
    await rotateOne(world);
    expect(world.recordIn(userId, 'SCHEDULED').sealed).toMatch(/^eyJ/);
    expect(world.parameters.names()).toEqual(['/ikr/secret/iam/alice/AIDA00000000000000001']);
  });

  it('carries the key pair in plaintext where the administrator wants that', async () => {
    const { world, userId, keyIds } = setUp([], { settings: { encryptKeyPair: false } });
    await rotateOne(world);
    const [, newKeyId = ''] = keyIds();
    expect(world.mail.mailbox[0]?.text).toContain(world.iam.secretOf(newKeyId));
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toContain(newKeyId);
    expect(JSON.stringify(world.table.snapshot())).not.toContain(world.iam.secretOf(newKeyId));
  });

  it.each(['before', 'after'] as const)(
    'is sent again when the timer could not be put (%s the effect)',
    async (phase) => {
      const { world, userId } = setUp();
      world.onCall = failAt('journal.putTimer', phase);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
      expect(world.recordIn(userId, 'DELIVERING').attempts).toBe(1);
      world.clock.advance(HOUR_MS);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
      expect(world.timers()).toHaveLength(1);
    },
  );
});

describe('a mail that is accepted when the time is nearly over', () => {
  it('is followed by nothing in this run, and by the same pair in the next', async () => {
    const { world, userId } = setUp();
    world.onCall = once('mailer.send', 'after', () => world.clock.advance(14.5 * MINUTE_MS));
    expect(await rotateOne(world)).toMatchObject({ outcome: 'left' });
    const { newKeyId, attempts } = world.recordIn(userId, 'DELIVERING');
    expect(attempts).toBe(1);
    expect(world.timers()).toEqual([]);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', newKeyId });
  });
});

describe('a mailer that says not now', () => {
  it('gets the mail again after 1, 2, 4 and 8 seconds', async () => {
    const { world } = setUp(WHOLE_RUN_BUSY.slice(1));
    const startMs = world.clock.nowMs();
    const sentAfterMs: number[] = [];
    world.onCall = (name, phase) => {
      if (name === 'mailer.send' && phase === 'before') {
        sentAfterMs.push(world.clock.nowMs() - startMs);
      }
    };
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    expect(sentAfterMs).toEqual([0, 1, 3, 7, 15].map((seconds) => seconds * SECOND_MS));
    expect(world.mail.mailbox).toHaveLength(1);
  });

  it('for a whole run leaves the pair for the next one, which delivers the same key', async () => {
    const { world, userId, keyIds } = setUp(WHOLE_RUN_BUSY);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'postponed',
      code: 'delivery-not-now',
    });
    const { newKeyId, ...record } = world.recordIn(userId, 'DELIVERING');
    expect(record).toMatchObject({ attempts: 1, failedAttempts: 1, leaseUntilMs: 0 });
    world.clock.advance(DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', newKeyId });
    expect(world.recordIn(userId, 'SCHEDULED').deleteOnMs).toBe(world.clock.nowMs() + 7 * DAY_MS);
    expect(keyIds()).toHaveLength(2);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toContain(newKeyId);
  });

  it('because its quota is spent is not asked again in this run', async () => {
    const { world, userId } = setUp([QUOTA_SPENT]);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(world.mail.sent).toHaveLength(1);
    expect(world.recordIn(userId, 'DELIVERING').failedAttempts).toBe(1);
  });
});

describe('a mail of unknown outcome', () => {
  it('undoes nothing, and lets the next run at the record', async () => {
    const { world, userId, keyIds } = setUp([LOST]);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'delivery-unknown',
    });
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({
      attempts: 1,
      failedAttempts: 0,
      leaseUntilMs: 0,
    });
    expect(keyIds()).toHaveLength(2);
    expect(world.timers()).toEqual([]);
    expect(world.parameters.names()).toHaveLength(1);
  });

  it('is followed by the same pair once more, in a mail that says so', async () => {
    const { world, userId } = setUp([ARRIVED_UNKNOWN]);
    await rotateOne(world);
    const { newKeyId } = world.recordIn(userId, 'DELIVERING');
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', newKeyId });
    const [first, second] = world.mail.mailbox;
    expect(first?.text).not.toMatch(/sent you this same key before/);
    expect(second?.text).toMatch(/sent you this same key before/);
    expect(second?.text).toContain(newKeyId);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toContain(newKeyId);
  });
});

describe('the answer of a mailer', () => {
  it('that came but could not be written down counts as unknown', async () => {
    const { world, userId, keyIds } = setUp([REFUSED, REFUSED]);
    world.onCall = failAt('journal.replace', 'before', undefined, writing('WITHDRAWING'));
    await rotateOne(world);
    world.onCall = undefined;
    expect(world.recordIn(userId, 'DELIVERING').failedAttempts).toBe(0);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
    expect(keyIds()).toHaveLength(2);
  });
});
