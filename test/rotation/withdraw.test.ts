import { describe, expect, it } from '@jest/globals';
import { dieAt, failAlways, failAt, once, writing } from '../../simulation/memory/faults.ts';
import { live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { ACCEPTED, ARRIVED_UNKNOWN, LOST, REFUSED } from '../../simulation/memory/mail.ts';
import { withdrawing } from '../../simulation/memory/states.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { resend } from '../../src/rotation/resend.ts';
import { setUp, WHOLE_RUN_BUSY } from './mailed.ts';

describe('a mail that is refused', () => {
  it('takes the new key and the parameter away, in an order that can be resumed', async () => {
    const { world, keyIds, oldKeyId } = setUp([REFUSED]);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'withdrawn',
      code: 'delivery-refused',
    });
    expect(world.effects.slice(world.effects.indexOf('send mail') + 1)).toEqual([
      'write WITHDRAWING',
      'delete key',
      'remove content key',
      'write history',
      'write CLOSED',
    ]);
    expect(keyIds()).toEqual([oldKeyId]);
    expect(world.parameters.names()).toEqual([]);
  });

  it('closes the rotation as failed, names the reason, and backs off', async () => {
    const { world, userId } = setUp([REFUSED]);
    await rotateOne(world);
    const facts = {
      outcome: 'failed',
      reason: {
        code: 'delivery-refused',
        details: { to: 'alice@example.com', why: 'no such mailbox' },
      },
    };
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({
      ...facts,
      failures: 1,
      retryNotBeforeMs: world.clock.nowMs() + DAY_MS,
    });
    expect(await world.history()).toMatchObject([facts]);
  });

  it('withdraws a pair that was only put off before', async () => {
    const { world, keyIds } = setUp([...WHOLE_RUN_BUSY, REFUSED]);
    await rotateOne(world);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
    expect(keyIds()).toHaveLength(1);
  });

  it.each([
    ['of unknown outcome', [LOST, REFUSED]],
    ['that arrived although nobody said so', [ARRIVED_UNKNOWN, REFUSED]],
  ])('undoes nothing after one %s', async (_, answers) => {
    const { world, userId, keyIds } = setUp(answers);
    await rotateOne(world);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'refused-in-doubt',
    });
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({
      attempts: 2,
      failedAttempts: 1,
      leaseUntilMs: 0,
    });
    expect(keyIds()).toHaveLength(2);
  });

  it('undoes nothing after an attempt that a crash cut off', async () => {
    const { world, userId, keyIds } = setUp([REFUSED]);
    world.onCall = dieAt('mailer.send', 'before');
    await rotate(world);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({ attempts: 2, failedAttempts: 1 });
    expect(keyIds()).toHaveLength(2);
  });
});

describe("a mail with the user's only active key", () => {
  /** Somebody switches the old key off while its first mail is refused, and so are all others. */
  async function refusedOnlyKey() {
    const at = setUp();
    const { world, userId, oldKeyId } = at;
    world.mail.answer = REFUSED;
    world.onCall = once('mailer.send', 'before', () => world.iam.setStatus(oldKeyId, 'Inactive'));
    const row = await rotateOne(world);
    return { ...at, row, newKeyId: world.recordIn(userId, 'DELIVERING').newKeyId };
  }

  it('that is refused is kept with its pair, reported, and tried again after a day', async () => {
    const { world, userId, row, newKeyId } = await refusedOnlyKey();
    expect(row).toMatchObject({
      outcome: 'failed',
      code: 'refused-only-active',
      reason: expect.stringContaining('delivered again on 2 January 2026'),
    });
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({
      attempts: 1,
      failedAttempts: 1,
      failures: 1,
      retryNotBeforeMs: world.clock.nowMs() + DAY_MS,
      leaseUntilMs: 0,
    });
    world.mail.answer = ACCEPTED;
    world.clock.advance(DAY_MS - 1);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'refused-only-active',
      reason: expect.stringContaining('delivered again on 2 January 2026'),
    });
    expect(world.mail.sent).toHaveLength(1);
    world.clock.advance(1);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', newKeyId });
    expect(world.recordIn(userId, 'SCHEDULED')).not.toHaveProperty('retryNotBeforeMs');
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toEqual([newKeyId]);
  });

  it('goes out less and less often while it is refused, and for ever', async () => {
    const { world } = await refusedOnlyKey();
    await live(world, { days: 1 + 2 + 4 + 7 + 7 });
    expect(world.mail.sent).toHaveLength(6);
  });

  it('goes to another address in the tag at once', async () => {
    const { world, userId, newKeyId } = await refusedOnlyKey();
    world.mail.answer = LOST;
    world.iam.retag(userId, { 'IKR:EMAIL': 'correct@example.com' });
    await rotateOne(world);
    expect(world.mail.sent.map(({ to }) => to)).toEqual([
      'alice@example.com',
      'correct@example.com',
    ]);
    // The back-off was about the other address.
    world.mail.answer = ACCEPTED;
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', newKeyId });
  });

  it('goes out at once when a person asks for it', async () => {
    const { world, userId, newKeyId } = await refusedOnlyKey();
    world.mail.answer = ACCEPTED;
    const user = world.iam.user(userId);
    if (!user) throw new Error('the user is gone');
    expect(await resend(world.record(userId), user, world.run())).toMatchObject({
      kind: 'resumed',
      event: { type: 'rotated', newKeyId },
    });
  });

  it('is withdrawn once the user has another key again', async () => {
    const { world, oldKeyId, keyIds } = await refusedOnlyKey();
    world.iam.setStatus(oldKeyId, 'Active');
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
    expect(keyIds()).toEqual([oldKeyId]);
  });

  it('that is refused after one of unknown outcome backs off as well', async () => {
    const { world, userId, oldKeyId } = setUp([LOST, REFUSED]);
    await rotateOne(world);
    world.iam.setStatus(oldKeyId, 'Inactive');
    await rotateOne(world);
    await rotateOne(world);
    expect(world.mail.sent).toHaveLength(2);
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({ attempts: 2, failedAttempts: 1 });
  });

  it("stays refused when the keys can't be listed", async () => {
    const { world, userId, oldKeyId, keyIds } = setUp([REFUSED, REFUSED]);
    const fail = failAt('keys.list', 'before');
    world.onCall = (...call) => (world.mail.sent.length > 0 ? fail(...call) : undefined);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'refused-keys-unknown',
    });
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({ attempts: 1, failedAttempts: 1 });
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
    expect(keyIds()).toEqual([oldKeyId]);
  });
});

describe('a withdrawal', () => {
  it.each([
    ['keys.list', 'before'],
    ['keys.delete', 'before'],
    ['keys.delete', 'after'],
    ['contentKeys.remove', 'before'],
    ['contentKeys.remove', 'after'],
    ['journal.addHistory', 'before'],
    ['journal.addHistory', 'after'],
  ] as const)(
    'that %s cut off (%s its effect) is finished by the next run',
    async (name, phase) => {
      const { world, userId, oldKeyId, keyIds } = setUp([REFUSED]);
      const cut = dieAt(name, phase);
      world.onCall = (...call) =>
        world.record(userId)?.state === 'WITHDRAWING' ? cut(...call) : undefined;
      await rotate(world);
      expect(world.recordIn(userId, 'WITHDRAWING').reason).toMatchObject({
        code: 'delivery-refused',
        details: { why: 'no such mailbox' },
      });
      world.clock.advance(HOUR_MS);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
      expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ outcome: 'failed', failures: 1 });
      expect(keyIds()).toEqual([oldKeyId]);
      expect(world.parameters.names()).toEqual([]);
      expect(await world.history()).toHaveLength(1);
    },
  );

  it("that began takes the user's only active key no more, and goes on once there is another", async () => {
    const { world, userId, oldKeyId, keyIds } = setUp([REFUSED]);
    world.onCall = once(
      'journal.replace',
      'after',
      () => world.iam.setStatus(oldKeyId, 'Inactive'),
      writing('WITHDRAWING'),
    );
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'withdraw-only-active',
    });
    expect(keyIds()).toHaveLength(2);
    expect(world.recordIn(userId, 'WITHDRAWING').leaseUntilMs).toBe(0);

    world.iam.setStatus(oldKeyId, 'Active');
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
    expect(keyIds()).toEqual([oldKeyId]);
  });

  it('of a key that IAM does not know yet is not taken for done', async () => {
    const { world, userId, oldKeyId, keyIds } = setUp([REFUSED], { iam: { settleMs: MINUTE_MS } });
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'postponed',
      code: 'withdraw-unlisted',
    });
    expect(world.recordIn(userId, 'WITHDRAWING').leaseUntilMs).toBe(0);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
    expect(keyIds()).toEqual([oldKeyId]);
  });

  it('of a key that a person deleted meanwhile is done', async () => {
    const { world, userId, oldKeyId, keyIds } = setUp([REFUSED]);
    world.onCall = failAlways('keys.delete');
    await rotateOne(world);
    world.iam.deleteKey(world.recordIn(userId, 'WITHDRAWING').newKeyId);
    world.onCall = undefined;
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
    expect(keyIds()).toEqual([oldKeyId]);
  });

  it('follows a user who was renamed', async () => {
    const { world, userId, oldKeyId, keyIds } = setUp([REFUSED]);
    world.onCall = dieAt('keys.delete', 'before');
    await rotate(world);
    world.iam.renameUser(userId, 'alicia');
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn', userName: 'alicia' });
    expect(keyIds()).toEqual([oldKeyId]);
    expect(world.parameters.names()).toEqual([]);
  });

  it('takes back no key that turns out to be in use', async () => {
    const { world, userId, newKeyId, keys } = await withdrawing();
    world.iam.useKey(newKeyId);
    const before = keys();
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'closed',
      code: 'withdraw-in-use',
    });
    expect(keys()).toEqual(before);
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('undone');
  });
});
