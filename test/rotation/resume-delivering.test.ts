import { describe, expect, it } from '@jest/globals';
import { dieAt } from '../../simulation/memory/faults.ts';
import { rotate, rotateOne } from '../../simulation/memory/life.ts';
import { ARRIVED_UNKNOWN, LOST } from '../../simulation/memory/mail.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toEpochSeconds } from '../../src/domain/time.ts';
import { ACCEPTED, delivering, PARAMETER } from './undelivered.ts';

describe('a rotation that is being delivered', () => {
  it('delivers the same pair once more, and promises a later date', async () => {
    const { world, userId, newKeyId } = await delivering(LOST, { later: ACCEPTED });
    world.clock.advance(DAY_MS);
    world.effects.length = 0;
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', newKeyId });
    expect(world.effects).toEqual([
      // Claimed, and then counted.
      'write DELIVERING',
      'write DELIVERING',
      'send mail',
      'put timer',
      'write SCHEDULED',
    ]);
    const deleteOnMs = world.clock.nowMs() + 7 * DAY_MS;
    expect(world.recordIn(userId, 'SCHEDULED').deleteOnMs).toBe(deleteOnMs);
    expect(world.timers()).toMatchObject([{ deleteOnEpochSeconds: toEpochSeconds(deleteOnMs) }]);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toContain(newKeyId);
  });

  it('counts every attempt before it is made', async () => {
    const { world, userId } = await delivering();
    world.clock.advance(HOUR_MS);
    world.onCall = dieAt('mailer.send', 'before');
    await rotate(world);
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({ attempts: 2, failedAttempts: 0 });
  });

  it('reads the address and the instructions again', async () => {
    const { world, userId } = await delivering(LOST, { later: ACCEPTED });
    world.iam.retag(userId, { 'IKR:EMAIL': 'new@example.com', 'IKR:INSTRUCTION_0': 'Call Joe.' });
    await rotateOne(world);
    expect(world.mail.mailbox).toMatchObject([
      { to: 'new@example.com', text: expect.stringContaining('Call Joe.') },
    ]);
    expect(world.recordIn(userId, 'SCHEDULED')).toMatchObject({
      target: { address: 'new@example.com' },
      instructions: 'Call Joe.',
    });
  });

  it('goes on with the timer when the new key is in use, because then it arrived', async () => {
    const { world, userId, newKeyId } = await delivering(ARRIVED_UNKNOWN);
    const { deleteOnMs } = world.recordIn(userId, 'DELIVERING');
    await world.owners.readMail();
    world.iam.useKey(newKeyId);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'rotated',
      code: 'arrived',
    });
    expect(world.mail.sent).toHaveLength(1);
    expect(world.recordIn(userId, 'SCHEDULED').deleteOnMs).toBe(deleteOnMs);
    expect(world.timers()).toMatchObject([{ deleteOnEpochSeconds: toEpochSeconds(deleteOnMs) }]);
  });

  it('goes on with the timer even if the user is no longer tagged', async () => {
    const { world, userId, newKeyId } = await delivering(ARRIVED_UNKNOWN);
    world.iam.useKey(newKeyId);
    world.iam.retag(userId, {});
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it('closes when the new key is gone, and takes the parameter away', async () => {
    const { world, userId, oldKeyId, newKeyId, keys } = await delivering();
    world.iam.deleteKey(newKeyId);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ outcome: 'undone', failures: 0 });
    expect(world.parameters.names()).toEqual([]);
    expect(keys()).toEqual({ [oldKeyId]: 'Active' });
  });

  it('stays open while IAM knows the new key but does not list it yet', async () => {
    const { world, userId } = await delivering(LOST, { iam: { listLagMs: HOUR_MS } });
    world.clock.advance(10 * MINUTE_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({ attempts: 1, leaseUntilMs: 0 });
    expect(world.parameters.names()).toEqual([PARAMETER]);
  });

  it('stays open while IAM does not know the new key anywhere yet', async () => {
    const { world, userId, newKeyId } = await delivering(LOST, {
      later: ACCEPTED,
      iam: { settleMs: MINUTE_MS },
    });
    world.clock.advance(10 * SECOND_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(world.recordIn(userId, 'DELIVERING').attempts).toBe(1);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', newKeyId });
  });

  it('closes when the user is gone', async () => {
    const { world, userId } = await delivering();
    world.iam.deleteUser(userId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('user-gone');
    expect(world.parameters.names()).toEqual([]);
  });

  it('follows a user who was renamed, with the parameter where it was', async () => {
    const { world, userId, newKeyId } = await delivering(LOST, { later: ACCEPTED });
    world.iam.renameUser(userId, 'alicia');
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', userName: 'alicia' });
    expect(world.recordIn(userId, 'SCHEDULED')).toMatchObject({
      userName: 'alicia',
      parameterName: PARAMETER,
    });
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toContain(newKeyId);
  });
});

describe('a delivery waits, and no attempt is counted, while', () => {
  it.each<
    [
      string,
      { readonly code: string; readonly says: string },
      (at: Awaited<ReturnType<typeof delivering>>) => void,
      'postponed' | 'failed',
    ]
  >([
    [
      'the user is not tagged',
      { code: 'not-delivered-yet', says: 'no longer tagged' },
      ({ world, userId }) => world.iam.retag(userId, {}),
      'postponed',
    ],
    [
      'the tags are wrong',
      { code: 'not-delivered-yet', says: 'IKR:DELETE_AFTER_DAYS' },
      ({ world, userId }) =>
        world.iam.retag(userId, { 'IKR:EMAIL': 'a@example.com', 'IKR:DELETE_AFTER_DAYS': 'abc' }),
      'postponed',
    ],
    [
      'a person has deactivated the new key',
      { code: 'not-delivered-yet', says: 'a person deactivated the new key' },
      ({ world, newKeyId }) => world.iam.setStatus(newKeyId, 'Inactive'),
      'postponed',
    ],
    [
      'no mail can be sent',
      { code: 'not-delivered-yet', says: 'sandbox' },
      ({ world }) => {
        world.mail.verification = { kind: 'refused', reason: 'sandbox', warnings: [] };
      },
      'postponed',
    ],
    [
      'the parameter is missing',
      { code: 'content-key-gone', says: PARAMETER },
      ({ world }) => world.parameters.delete(PARAMETER),
      'failed',
    ],
    [
      'the parameter holds something else',
      { code: 'content-key-gone', says: PARAMETER },
      ({ world }) => world.parameters.overwrite(PARAMETER),
      'failed',
    ],
  ])('%s', async (_, { code, says }, spoil, outcome) => {
    const at = await delivering(LOST, { later: ACCEPTED });
    const { world, userId, newKeyId, oldKeyId, keys } = at;
    spoil(at);
    const before = keys();
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({
      outcome,
      code,
      reason: expect.stringContaining(says),
    });
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({ attempts: 1, leaseUntilMs: 0 });
    expect(world.mail.sent).toHaveLength(1);
    expect(keys()).toEqual(before);
    expect(Object.keys(keys())).toEqual([oldKeyId, newKeyId]);
  });

  it('the parameter holds the content key of a namesake', async () => {
    const { world, userId } = await delivering(LOST, { later: ACCEPTED });
    world.parameters.delete(PARAMETER);
    world.clock.advance(MINUTE_MS);
    world.iam.renameUser(userId, 'alicia');
    world.hire('alice', { email: 'other@example.com' });
    await rotate(world, { users: ['alice'] });
    expect(await rotateOne(world, { users: ['alicia'] })).toMatchObject({
      outcome: 'failed',
      code: 'content-key-gone',
    });
    expect(world.recordIn(userId, 'DELIVERING')).toMatchObject({ attempts: 1, leaseUntilMs: 0 });
    expect(world.mail.mailbox.map(({ to }) => to)).toEqual(['other@example.com']);
  });

  it('the mails of this run are not accepted', async () => {
    const world = createWorld();
    for (let number = 0; number < 60; number++) world.hire(`user${number}`);
    world.mail.answer = LOST;
    for (let number = 0; number < 60; number++) await rotate(world, { users: [`user${number}`] });
    world.clock.advance(HOUR_MS);
    const attempted = world.mail.sent.length;
    const { totals } = await rotate(world);
    expect(totals.postponed).toBeGreaterThan(0);
    expect(world.mail.sent.length - attempted).toBe(totals.failed);
    expect(Object.keys(totals).sort()).toEqual(['failed', 'postponed']);
  });
});
