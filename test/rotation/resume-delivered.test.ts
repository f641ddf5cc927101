import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { destruct, expire, live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { cancelled, deactivated, inUse, scheduled } from '../../simulation/memory/states.ts';
import { timerKey } from '../../src/aws/items.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';

describe.each([
  ['SCHEDULED', inUse, 7],
  ['DEACTIVATED', deactivated, 4],
] as const)('a rotation in state %s', (state, scene, daysLeft) => {
  it('waits for its timer', async () => {
    const { world, userId, keys } = await scene();
    // The first run remembers the keys that it listed.
    await rotate(world);
    const before = [world.snapshot(), keys()];
    world.calls.length = 0;
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect([world.snapshot(), keys()]).toEqual(before);
    expect(world.record(userId)?.state).toBe(state);
    expect(world.calls.filter(({ name }) => /^keys/.test(name))).toEqual([]);
  });

  it('gets its timer back when that is missing', async () => {
    const { world, userId, oldKeyId } = await scene();
    const [timer] = world.timers();
    world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
    world.table.shift(1);
    await rotate(world);
    expect(world.timers()).toEqual([timer]);
  });

  it('does not take the timer of an earlier rotation for its own, nor its veto', async () => {
    const { world, userId, oldKeyId } = await scene();
    const [timer] = world.timers();
    world.table.put({
      ...timerKey(ACCOUNT_ID, userId, oldKeyId),
      delete_on: 1,
      rotationId: 'rotation-0',
      vetoed: true,
    });
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(world.timers()).toEqual([timer]);
  });

  it('takes over the address in the tag of today, once', async () => {
    const { world, userId } = await scene();
    await rotate(world);
    const { version } = world.recordIn(userId, state);
    world.iam.retag(userId, { 'IKR:EMAIL': 'successor@example.com' });
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    const { target, leaseUntilMs } = world.recordIn(userId, state);
    expect([target.address, leaseUntilMs]).toEqual(['successor@example.com', 0]);
    world.clock.advance(HOUR_MS);
    await rotate(world);
    expect(world.recordIn(userId, state).version).toBe(version + 1);
    const { length } = world.mail.sent;
    await live(world, { days: 14 });
    const mails = world.mail.sent.slice(length);
    expect(mails.map(({ to }) => to)).toEqual(mails.map(() => 'successor@example.com'));
    expect(mails).not.toHaveLength(0);
  });

  it.each([
    ['is not there', {}],
    ['is no address', { 'IKR:EMAIL': 'nobody' }],
    ['is of a domain that is not allowed', { 'IKR:EMAIL': 'a@evil.test' }],
  ])('keeps the address that it has while the one in the tag %s', async (_, tags) => {
    const { world, userId } = await scene();
    const policy = { allowedMailDomains: ['example.com'] };
    world.iam.retag(userId, tags);
    await rotate(world, {}, { policy });
    world.clock.advance((daysLeft + 1) * DAY_MS);
    await rotate(world, {}, { policy });
    expect(world.mail.sent.at(-1)).toMatchObject({
      to: 'alice@example.com',
      subject: expect.stringContaining('deleted'),
    });
  });

  it('is left to the destructor until it is a day overdue', async () => {
    const { world, keys } = await scene();
    world.clock.advance((daysLeft + 1) * DAY_MS - 1);
    const before = keys();
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(keys()).toEqual(before);
  });

  it('is ended here when it is a day overdue', async () => {
    const { world, userId, newKeyId, keys } = await scene();
    world.clock.advance((daysLeft + 1) * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'deleted' });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
    expect(world.parameters.names()).toEqual([]);
    world.clock.advance(DAY_MS);
    expect((await expire(world)).rows).toMatchObject([{ outcome: 'skipped' }]);
  });

  it('is ended for a user who is no longer tagged, or was renamed', async () => {
    const { world, userId, newKeyId, keys } = await scene();
    world.iam.retag(userId, {});
    world.iam.renameUser(userId, 'alicia');
    world.clock.advance((daysLeft + 1) * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'deleted', userName: 'alicia' });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.parameters.names()).toEqual([]);
  });

  it('closes when a person removed the old key and the new one is in use', async () => {
    const { world, userId, oldKeyId, newKeyId, keys } = await scene();
    world.iam.deleteKey(oldKeyId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
    expect(world.parameters.names()).toEqual([]);
    expect(world.timers()).toEqual([]);
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect((await destruct(world)).rows).toMatchObject([{ outcome: 'skipped' }]);
  });

  it('closes when a person removed the new key: the old one stays and is due again', async () => {
    const { world, userId, oldKeyId, newKeyId, keys } = await scene({ iam: { report: false } });
    const before = keys();
    world.clock.advance(HOUR_MS);
    world.iam.deleteKey(newKeyId);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'closed',
      code: 'new-key-removed',
    });
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ outcome: 'undone', failures: 0 });
    expect(world.parameters.names()).toEqual([]);
    expect(world.timers()).toEqual([]);
    expect(keys()).toEqual({ [oldKeyId]: before[oldKeyId] });
    await destruct(world);
    expect(world.record(userId)?.state).toBe('CLOSED');

    world.iam.setStatus(oldKeyId, 'Active');
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', oldKeyId });
  });

  it('closes when both keys are gone', async () => {
    const { world, userId, oldKeyId, newKeyId } = await scene();
    world.clock.advance(HOUR_MS);
    world.iam.deleteKey(oldKeyId);
    world.iam.deleteKey(newKeyId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('undone');
  });

  it('closes when the user is gone, whose timer and parameter go as well', async () => {
    const { world, userId } = await scene();
    world.iam.deleteUser(userId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('user-gone');
    expect(world.timers()).toEqual([]);
    expect(world.parameters.names()).toEqual([]);
  });

  it('is not touched in the name of a namesake', async () => {
    const { world, userId, keys } = await scene();
    world.iam.renameUser(userId, 'alicia');
    const namesake = world.hire('alice', { keyAgeDays: 1 });
    const before = keys();
    world.clock.advance((daysLeft + 1) * DAY_MS);
    await live(world, { days: 2 });
    expect(before).not.toEqual(keys());
    expect(world.iam.keysOf(namesake.userId)).toMatchObject([{ accessKeyId: namesake.oldKeyId }]);
  });
});

describe('a new key that IAM does not know everywhere yet', () => {
  const lag = { iam: { settleMs: MINUTE_MS } };

  it.each([
    ['SCHEDULED', scheduled],
    ['CANCELLED', cancelled],
  ] as const)('is not taken for removed by a person (%s)', async (state, scene) => {
    const { world, userId, newKeyId, keys } = await scene(lag);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(world.record(userId)?.state).toBe(state);
    expect(world.parameters.names()).toEqual([PARAMETER]);
    await live(world, { days: 12 });
    expect(world.owners.workingKeys(userId)).toContain(newKeyId);
    expect(Object.keys(keys())).toHaveLength(state === 'CANCELLED' ? 2 : 1);
  });

  it('is taken for removed once it is old enough', async () => {
    const { world, userId, newKeyId } = await scheduled(lag);
    world.iam.deleteKey(newKeyId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    world.clock.advance(5 * MINUTE_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('undone');
  });
});

describe('a rotation whose old key a person removed before the new one was used', () => {
  async function oldKeyGone() {
    const scene = await scheduled();
    scene.world.iam.deleteKey(scene.oldKeyId);
    return scene;
  }

  it('keeps the parameter and the sealed pair, because the mail may be unopened', async () => {
    const { world, userId, newKeyId } = await oldKeyGone();
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(world.recordIn(userId, 'SCHEDULED')).toMatchObject({
      oldKeyGoneAtMs: world.clock.nowMs(),
      leaseUntilMs: 0,
    });
    await live(world, { days: 30, ownersAct: false });
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toEqual([newKeyId]);
  });

  it('closes with the first use', async () => {
    const { world, userId, newKeyId } = await oldKeyGone();
    await live(world, { days: 10, ownersAct: false });
    await world.owners.readMail();
    world.iam.useKey(newKeyId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
    expect(world.parameters.names()).toEqual([]);
  });

  it('tells the owner once that the old key is gone', async () => {
    const { world } = await oldKeyGone();
    await live(world, { days: 10, ownersAct: false });
    expect(world.mail.sent.map(({ subject }) => subject)).toHaveLength(2);
  });

  it('closes as unused when the new key itself is due, so that it is replaced', async () => {
    const { world, userId, newKeyId } = await oldKeyGone();
    world.clock.advance(80 * DAY_MS - HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('unused');
    expect(world.timers()).toEqual([]);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', oldKeyId: newKeyId });
  });

  it('keeps the content key, even when the new key is due, while no other can be mailed', async () => {
    const { world, userId } = await oldKeyGone();
    world.clock.advance(80 * DAY_MS);
    world.mail.verification = { kind: 'not-now', reason: 'sending is paused', warnings: [] };
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(world.recordIn(userId, 'SCHEDULED').oldKeyGoneAtMs).toBeDefined();
  });

  it('closes as completed even then if the new key was used', async () => {
    const { world, userId, newKeyId } = await oldKeyGone();
    world.iam.useKey(newKeyId);
    world.clock.advance(80 * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
  });
});
