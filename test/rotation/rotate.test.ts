import { describe, expect, it } from '@jest/globals';
import { dieAt, once } from '../../simulation/memory/faults.ts';
import { live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { DAY_MS, iso, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { keyIds, PARAMETER, replacedBefore, setUp } from './fresh.ts';

describe('a fresh rotation', () => {
  it('has its effects in the order in which a crash at any of them can be repaired', async () => {
    const { world } = setUp();
    await rotateOne(world);
    expect(world.effects).toEqual([
      'write STARTED',
      'put content key',
      'create key',
      'write DELIVERING',
      'send mail',
      'put timer',
      'write SCHEDULED',
    ]);
  });

  it('reports the keys and the date that the mail promised', async () => {
    const { world, userId, oldKeyId } = setUp();
    const row = await rotateOne(world);
    expect(row).toMatchObject({
      userName: 'alice',
      userId,
      outcome: 'rotated',
      oldKeyId,
      newKeyId: world.recordIn(userId, 'SCHEDULED').newKeyId,
      dueAt: iso(world.clock.nowMs() + 7 * DAY_MS),
    });
  });

  it('creates no key for a namesake, when the name changes hands while the run is under way', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once('journal.begin', 'after', () => {
      world.iam.renameUser(userId, 'alice-before');
      world.hire('alice', { keyAgeDays: 1 });
    });
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'postponed',
      code: 'name-changed-hands',
    });
    expect(world.effects).not.toContain('create key');
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    expect(world.mail.sent).toEqual([]);
  });

  describe('creates no key when the keys are not those that it decided on', () => {
    it('because its process was suspended, and the functions went on', async () => {
      const { world, userId, oldKeyId } = setUp();
      world.onCall = once('mailer.verify', 'after', async () => {
        world.onCall = undefined;
        await live(world, { days: 9 });
      });
      await rotate(world, {}, { lifeMs: Number.POSITIVE_INFINITY });
      expect(keyIds(world, userId)).toHaveLength(1);
      expect(keyIds(world, userId)).not.toContain(oldKeyId);
    });

    it.each([
      [
        'has changed them by hand',
        (world: World, userId: string, keyId: string) => {
          world.createKey(userId);
          world.iam.deleteKey(keyId);
        },
      ],
      [
        'has added one',
        (world: World, userId: string) => {
          world.createKey(userId);
        },
      ],
      [
        'has deactivated it',
        (world: World, _: string, keyId: string) => {
          world.iam.setStatus(keyId, 'Inactive');
        },
      ],
    ])('because a person %s', async (_, change) => {
      const { world, userId, newKeyId } = await replacedBefore();
      world.onCall = once('mailer.verify', 'after', () => change(world, userId, newKeyId));
      expect(await rotateOne(world)).toMatchObject({
        outcome: 'postponed',
        code: 'keys-changed',
      });
      expect(world.calls.filter(({ name }) => name === 'keys.create')).toEqual([]);
      expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ outcome: 'postponed', failures: 0 });
    });

    it('because a person changed them some minutes ago, also in the first rotation', async () => {
      const { world, userId, oldKeyId } = setUp();
      world.onCall = once('mailer.verify', 'after', () => {
        world.createKey(userId);
        world.iam.deleteKey(oldKeyId);
        world.clock.advance(2 * MINUTE_MS + 1);
      });
      expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
      expect(keyIds(world, userId)).toHaveLength(1);
    });

    it('because its name has become that of a user with other keys', async () => {
      const { world, userId, newKeyId } = await replacedBefore();
      world.onCall = once('journal.begin', 'after', () => {
        world.iam.renameUser(userId, 'alice-before');
        world.hire('alice', { keyAgeDays: 1 });
      });
      expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
      expect(keyIds(world, userId)).toEqual([newKeyId]);
    });
  });

  it.each([
    ['of an unknown key who its owner is', setUp, 'keys.userId'],
    ['of a key that it made itself whether it is still there', replacedBefore, 'keys.list'],
  ] as const)('asks %s before it creates the next, in one call', async (_, arrange, question) => {
    const { world } = await arrange();
    world.calls.length = 0;
    await rotateOne(world);
    const asked = world.calls.map(({ name }) => name).filter((name) => /^keys/.test(name));
    expect(asked).toEqual(['keys.list', question, 'keys.create']);
  });

  it('hands its owner a key that works', async () => {
    const { world, userId } = setUp();
    await rotateOne(world);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toEqual(keyIds(world, userId));
  });

  it('writes down the old key, the keys seen, the time and a lease before anything else', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = dieAt('contentKeys.put', 'before');
    await rotate(world);
    const nowMs = world.clock.nowMs();
    expect(world.effects).toEqual(['write STARTED']);
    expect(world.recordIn(userId, 'STARTED')).toMatchObject({
      oldKeyId,
      seenKeyIds: [oldKeyId],
      startedAtMs: nowMs,
      leaseUntilMs: nowMs + 20 * MINUTE_MS,
      target: { kind: 'mail', address: 'alice@example.com', form: 'sealed' },
      parameterName: PARAMETER,
    });
  });

  it("stores a content key that only its user's own policy opens, under the rotation's ID", async () => {
    const { world, userId } = setUp();
    const other = world.iam.createUser('mallory', { email: null });
    await rotateOne(world);
    expect(world.parameters.readAs(userId, PARAMETER)?.rotationId).toBe(
      world.record(userId)?.rotationId,
    );
    expect(world.parameters.readAs(other, PARAMETER)).toBeUndefined();
  });

  it('never writes the secret anywhere but into the sealed pair', async () => {
    const { world, userId } = setUp();
    await rotateOne(world);
    const { newKeyId } = world.recordIn(userId, 'SCHEDULED');
    const secret = world.iam.secretOf(newKeyId) ?? '';
    expect(secret).toMatch(/^Secret/);
    const seen = JSON.stringify([world.table.snapshot(), world.logs, world.mail.mailbox]);
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain(world.parameters.readAs(userId, PARAMETER)?.key.reveal());
  });
});

describe('a rotation begins only', () => {
  it.each([
    ['with one key', 'no-key', (world: World, _: string, key: string) => world.iam.deleteKey(key)],
    ['with no second key', 'two-keys', (world: World, user: string) => world.iam.createKey(user)],
    [
      'with an active key',
      'inactive-key',
      (world: World, _: string, key: string) => world.iam.setStatus(key, 'Inactive'),
    ],
  ])('%s', async (_, code, spoil) => {
    const { world, userId, oldKeyId } = setUp();
    spoil(world, userId, oldKeyId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'skipped', code });
    expect(world.effects).toEqual(['remember keys']);
  });

  it('with a key that has been old enough for the last second', async () => {
    const world = createWorld();
    world.hire('young', { keyAgeDays: 80 - SECOND_MS / DAY_MS });
    world.hire('old', { keyAgeDays: 80 });
    const { rows } = await rotate(world);
    expect(Object.fromEntries(rows.map(({ userName, outcome }) => [userName, outcome]))).toEqual({
      young: 'skipped',
      old: 'rotated',
    });
  });

  it('on keys as they are now, not as the run first saw them', async () => {
    const { world, userId } = setUp();
    world.onCall = once('keys.list', 'before', () => void world.iam.createKey(userId));
    expect(await rotateOne(world)).toMatchObject({ outcome: 'skipped' });
  });
});
