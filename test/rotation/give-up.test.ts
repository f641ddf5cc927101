import { describe, expect, it } from '@jest/globals';
import { dieAt, failAlways, once } from '../../simulation/memory/faults.ts';
import { live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { ARRIVED_UNKNOWN, LOST, NOT_NOW } from '../../simulation/memory/mail.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { ACCEPTED, delivering, PARAMETER } from './undelivered.ts';

describe('a new key that was surely never delivered', () => {
  it('is withdrawn seven days after the first attempt', async () => {
    const { world, oldKeyId, userId, keys } = await delivering(NOT_NOW);
    const startMs = world.recordIn(userId, 'DELIVERING').firstAttemptAtMs;
    await live(world, { days: 6.75, ownersAct: false });
    expect(Object.keys(keys())).toHaveLength(2);
    world.clock.advance(startMs + 7 * DAY_MS - world.clock.nowMs());
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'withdrawn',
      code: 'undeliverable',
    });
    expect(keys()).toEqual({ [oldKeyId]: 'Active' });
    expect(world.parameters.names()).toEqual([]);
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ outcome: 'failed', failures: 1 });
  });

  it('is withdrawn although the reason by now is a missing tag', async () => {
    const { world, oldKeyId, userId, keys } = await delivering(NOT_NOW);
    world.iam.retag(userId, {});
    world.clock.advance(7 * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
    expect(keys()).toEqual({ [oldKeyId]: 'Active' });
  });
});

describe('a new key that may have been delivered', () => {
  it.each<[string, (at: Awaited<ReturnType<typeof delivering>>) => void]>([
    ['because every attempt is of unknown fate', () => undefined],
    ['because the parameter is gone', ({ world }) => world.parameters.delete(PARAMETER)],
    ['because the address is gone', ({ world, userId }) => world.iam.retag(userId, {})],
    [
      'because the mailer is not ready',
      ({ world }) => {
        world.mail.verification = { kind: 'not-now', reason: 'sandbox', warnings: [] };
      },
    ],
    [
      'because it is refused after the unknown attempt',
      ({ world }) => {
        world.mail.answer = { kind: 'refused', reason: 'no such mailbox' };
      },
    ],
  ])('%s is deactivated after 7 days, and deleted after 14', async (_, spoil) => {
    const at = await delivering();
    const { world, userId, oldKeyId, newKeyId, keys } = at;
    spoil(at);
    await live(world, { days: 6.75, ownersAct: false });
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Active' });
    world.clock.advance(DAY_MS / 4);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'given-up',
    });
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Inactive' });
    expect(world.recordIn(userId, 'DELIVERING').newKeyDeactivatedAtMs).toBe(world.clock.nowMs());

    await live(world, { days: 6.75, ownersAct: false });
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Inactive' });
    world.clock.advance(DAY_MS / 4);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'withdrawn' });
    expect(keys()).toEqual({ [oldKeyId]: 'Active' });
    expect(world.parameters.names()).toEqual([]);
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({
      outcome: 'failed',
      failures: 1,
      retryNotBeforeMs: world.clock.nowMs() + DAY_MS,
    });
  });

  it('is not sent any more while it is inactive', async () => {
    const { world } = await delivering();
    world.clock.advance(7 * DAY_MS);
    await rotate(world);
    const { length } = world.mail.sent;
    await live(world, { days: 6, ownersAct: false });
    expect(world.mail.sent).toHaveLength(length);
  });

  it('is reported in every run until it is gone', async () => {
    const { world } = await delivering();
    for (let days = 0; days < 13; days++) {
      world.clock.advance(DAY_MS);
      expect((await rotateOne(world)).outcome).toBe('failed');
    }
  });

  it.each([
    ['keys.deactivate', 'before'],
    ['keys.deactivate', 'after'],
    ['journal.replace', 'after'],
  ] as const)('is deactivated even if %s was cut off %s its effect', async (name, phase) => {
    const { world, userId, newKeyId, keys } = await delivering();
    world.clock.advance(7 * DAY_MS);
    const isLast = () => name !== 'journal.replace' || keys()[newKeyId] === 'Inactive';
    world.onCall = dieAt(name, phase, isLast);
    await rotate(world);
    world.onCall = undefined;
    world.clock.advance(HOUR_MS);
    await rotate(world);
    expect(keys()[newKeyId]).toBe('Inactive');
    expect(world.recordIn(userId, 'DELIVERING').newKeyDeactivatedAtMs).toBeDefined();
  });

  it.each([
    ['', undefined],
    [', though the run died that deactivated it', dieAt('keys.deactivate', 'after')],
  ])('is activated again when it turns out that it was in use%s', async (_, fault) => {
    const { world, oldKeyId, newKeyId, keys } = await delivering(ARRIVED_UNKNOWN, {
      iam: { lastUsedLagMs: 15 * MINUTE_MS },
    });
    world.clock.advance(7 * DAY_MS);
    world.iam.useKey(newKeyId);
    world.onCall = fault;
    await rotate(world);
    world.onCall = undefined;
    expect(keys()[newKeyId]).toBe('Inactive');
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Active' });
  });

  it('is activated in the next run when its user was renamed in that moment', async () => {
    const { world, userId, oldKeyId, newKeyId, keys } = await delivering(ARRIVED_UNKNOWN, {
      iam: { lastUsedLagMs: 15 * MINUTE_MS },
    });
    world.clock.advance(7 * DAY_MS);
    world.iam.useKey(newKeyId);
    await rotate(world);
    world.clock.advance(HOUR_MS);
    world.onCall = once('keys.activate', 'before', () => world.iam.renameUser(userId, 'alicia'));
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('not a key of alice any more'),
    });
    expect(world.recordIn(userId, 'DELIVERING')).toBeDefined();
    expect(keys()[newKeyId]).toBe('Inactive');
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', userName: 'alicia' });
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Active' });
  });

  it('stays inactive when a person activated it, used it and deactivated it again', async () => {
    const { world, userId, newKeyId, keys } = await delivering(ARRIVED_UNKNOWN);
    world.clock.advance(7 * DAY_MS);
    await rotate(world);
    world.clock.advance(DAY_MS);
    world.iam.setStatus(newKeyId, 'Active');
    world.iam.useKey(newKeyId);
    world.iam.setStatus(newKeyId, 'Inactive');
    await rotate(world);
    expect(keys()[newKeyId]).toBe('Inactive');
    await live(world, { days: 30 });
    expect(keys()[newKeyId]).toBe('Inactive');
    expect(world.owners.workingKeys(userId)).toHaveLength(1);
  });

  it('that a person activates again is theirs: the rotation is cancelled, both keys stay', async () => {
    const { world, userId, oldKeyId, newKeyId, keys } = await delivering();
    world.clock.advance(7 * DAY_MS);
    await rotate(world);
    world.clock.advance(DAY_MS);
    world.iam.setStatus(newKeyId, 'Active');
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'cancelled' });
    expect(world.recordIn(userId, 'CANCELLED').reason.code).toBe('undelivered-activated');
    await live(world, { days: 30, ownersAct: false });
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Active' });
  });

  it('is not taken for activated by a person while IAM still lists it as it was', async () => {
    const { world, userId, newKeyId } = await delivering(LOST, { iam: { listLagMs: MINUTE_MS } });
    world.clock.advance(7 * DAY_MS);
    await rotate(world);
    world.clock.advance(SECOND_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed', newKeyId });
    expect(world.recordIn(userId, 'DELIVERING')).toBeDefined();
  });

  it('stays as it is while IAM does not tell whether it was used', async () => {
    const { world, userId, newKeyId, keys } = await delivering();
    world.iam.hidden = true;
    world.clock.advance(8 * DAY_MS);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'use-unknown',
    });
    expect(keys()[newKeyId]).toBe('Active');

    world.iam.hidden = false;
    await rotate(world);
    world.iam.hidden = true;
    world.clock.advance(8 * DAY_MS);
    await rotate(world);
    expect(keys()[newKeyId]).toBe('Inactive');
    expect(world.recordIn(userId, 'DELIVERING').leaseUntilMs).toBe(0);
  });

  it("that can't be deactivated now is deactivated by the next run", async () => {
    const { world, newKeyId, keys } = await delivering();
    world.clock.advance(7 * DAY_MS);
    world.onCall = failAlways('keys.deactivate');
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
    world.onCall = undefined;
    world.clock.advance(HOUR_MS);
    await rotate(world);
    expect(keys()[newKeyId]).toBe('Inactive');
  });

  it('is not activated when too little time is left', async () => {
    const { world, newKeyId, keys } = await delivering(ARRIVED_UNKNOWN, {
      iam: { lastUsedLagMs: 15 * MINUTE_MS },
    });
    world.clock.advance(7 * DAY_MS);
    world.iam.useKey(newKeyId);
    await rotate(world);
    world.clock.advance(HOUR_MS);
    world.onCall = once('keys.owner', 'after', () => world.clock.advance(14.5 * MINUTE_MS));
    expect(await rotateOne(world)).toMatchObject({ outcome: 'left' });
    expect(keys()[newKeyId]).toBe('Inactive');
  });
});

describe("an undelivered new key that has become the user's only active key", () => {
  const LATE_DAYS = 30;

  it.each([
    ['may have arrived', LOST],
    ['surely never arrived', NOT_NOW],
  ])('and %s is delivered once the mailer works again, however late', async (_, answer) => {
    const { world, userId, oldKeyId, newKeyId, keys } = await delivering(answer);
    // The old key leaked, and its owner was told to wait for the new one.
    world.iam.setStatus(oldKeyId, 'Inactive');
    await live(world, { days: LATE_DAYS });
    expect(keys()).toEqual({ [oldKeyId]: 'Inactive', [newKeyId]: 'Active' });
    world.mail.answer = ACCEPTED;
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', newKeyId });
    await live(world, { days: LATE_DAYS });
    expect(world.owners.workingKeys(userId)).toEqual([newKeyId]);
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
  });

  it.each<[string, (at: Awaited<ReturnType<typeof delivering>>) => void]>([
    ['address', ({ world, userId }) => world.iam.retag(userId, {})],
    [
      'mailer',
      ({ world }) => {
        world.mail.verification = { kind: 'not-now', reason: 'sandbox', warnings: [] };
      },
    ],
    ['content key', ({ world }) => world.parameters.delete(PARAMETER)],
  ])('and still has no %s after a week is reported as failed', async (_, spoil) => {
    const at = await delivering();
    at.world.iam.setStatus(at.oldKeyId, 'Inactive');
    spoil(at);
    await live(at.world, { days: 8 });
    expect(await rotateOne(at.world)).toMatchObject({ outcome: 'failed' });
    expect(at.keys()[at.newKeyId]).toBe('Active');
    expect(at.world.recordIn(at.userId, 'DELIVERING').leaseUntilMs).toBe(0);
  });

  it('is given up when another key works again', async () => {
    const { world, oldKeyId, newKeyId, keys } = await delivering();
    world.iam.setStatus(oldKeyId, 'Inactive');
    await live(world, { days: 8 });
    world.iam.setStatus(oldKeyId, 'Active');
    await rotate(world);
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Inactive' });
  });
});
