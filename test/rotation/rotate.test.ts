import { describe, expect, it } from '@jest/globals';
import type { OnCall } from '../../simulation/memory/calls.ts';
import { dieAt, failAlways, failAt, once, writing } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { recordKey } from '../../src/aws/items.ts';
import { isOpen, type RotationRecord } from '../../src/domain/record.ts';
import { DAY_MS, iso, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { KeyNotCreated } from '../../src/ports/errors.ts';

const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';
const throttled = () => new KeyNotCreated('IAM throttles', true, undefined);
const denied = () => new KeyNotCreated('IAM refused (AccessDenied)', false, undefined);

function setUp(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options);
  return { world, ...world.hire('alice') };
}

const keyIds = (world: World, userId: string) =>
  world.iam.keysOf(userId).map(({ accessKeyId }) => accessKeyId);

/** The key is due again that a rotation made. */
async function replacedBefore() {
  const { world, userId } = setUp();
  await live(world, { days: 9 });
  const [newKeyId = ''] = keyIds(world, userId);
  expect(world.recordIn(userId, 'CLOSED').newKeyId).toBe(newKeyId);
  world.clock.advance(80 * DAY_MS);
  world.calls.length = 0;
  return { world, userId, newKeyId };
}

/** Somebody else writes the record. */
function overwrite(world: World, record: RotationRecord, changes: object): void {
  world.table.put({ ...recordKey(ACCOUNT_ID, record.userId), ...record, ...changes });
}

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

describe('the creation of the key', () => {
  it('that IAM refuses closes the rotation with the reason, and takes the parameter away', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = failAt('keys.create', 'before', denied());
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'failed',
      code: 'key-not-created',
      reason: 'IAM refused (AccessDenied)',
    });
    expect(world.effects).toEqual([
      'write STARTED',
      'put content key',
      'remove content key',
      'write history',
      'write CLOSED',
    ]);
    expect(world.parameters.names()).toEqual([]);
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({
      outcome: 'failed',
      reason: { code: 'key-not-created', details: { message: 'IAM refused (AccessDenied)' } },
      failures: 1,
      retryNotBeforeMs: world.clock.nowMs() + DAY_MS,
    });
  });

  it('that IAM refuses because there are two keys after all touches neither', async () => {
    const { world, userId, oldKeyId } = setUp();
    let own = '';
    world.onCall = once('keys.create', 'before', () => {
      own = world.createKey(userId);
    });
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed', reason: 'LimitExceeded' });
    expect(keyIds(world, userId)).toEqual([oldKeyId, own]);
  });

  it('that IAM throttles is tried again after 1, 2, 4, 8 and 16 seconds', async () => {
    const { world } = setUp();
    const startMs = world.clock.nowMs();
    const triedAtMs: number[] = [];
    world.onCall = (name, phase) => {
      if (name !== 'keys.create' || phase !== 'before') return;
      triedAtMs.push(world.clock.nowMs() - startMs);
      if (triedAtMs.length < 6) throw throttled();
    };
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    expect(triedAtMs).toEqual([0, 1, 3, 7, 15, 31].map((seconds) => seconds * SECOND_MS));
  });

  it('that IAM throttles all the time waits for the next run, without a back-off', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = failAlways('keys.create', 'before', throttled());
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ failures: 0, retryNotBeforeMs: 0 });
    expect(world.parameters.names()).toEqual([]);
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    world.onCall = undefined;
    world.clock.advance(2 * MINUTE_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it('is not begun later than a minute after the record', async () => {
    const { world, userId } = setUp();
    world.onCall = once('contentKeys.put', 'after', () => world.clock.advance(MINUTE_MS + 1));
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(world.calls.filter(({ name }) => name === 'keys.create')).toEqual([]);
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('postponed');
  });

  it('is not repeated after a minute of throttling', async () => {
    const { world } = setUp();
    let tries = 0;
    world.onCall = (name, phase) => {
      if (name !== 'keys.create' || phase !== 'before') return;
      tries += 1;
      world.clock.advance(20 * SECOND_MS);
      throw throttled();
    };
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(tries).toBe(3);
  });

  it.each([
    ['before', 1],
    ['after', 2],
  ] as const)(
    'with a lost answer (%s the effect) leaves everything as it is, under its lease',
    async (phase, keys) => {
      const { world, userId } = setUp();
      world.onCall = failAt('keys.create', phase, new Error('time-out'));
      expect(await rotateOne(world)).toMatchObject({
        outcome: 'failed',
        reason: expect.stringContaining('time-out'),
      });
      expect(world.calls.filter(({ name }) => name === 'keys.create')).toHaveLength(1);
      expect(world.effects.filter((effect) => /delete|remove/.test(effect))).toEqual([]);
      expect(keyIds(world, userId)).toHaveLength(keys);
      expect(world.recordIn(userId, 'STARTED').leaseUntilMs).toBe(
        world.clock.nowMs() + 20 * MINUTE_MS,
      );
      world.clock.advance(19 * MINUTE_MS);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    },
  );
});

describe('the write that keeps the sealed pair', () => {
  it('deletes the key in hand when the record is no longer what it was', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      () => overwrite(world, world.recordIn(userId, 'STARTED'), { version: 9 }),
      writing('DELIVERING'),
    );
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    expect(world.mail.sent).toEqual([]);
  });

  it('deletes the key in hand when the record is gone', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      () => world.table.remove(recordKey(ACCOUNT_ID, userId)),
      writing('DELIVERING'),
    );
    await rotateOne(world);
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
  });

  it('keeps the key when the record names it', async () => {
    const { world, userId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      (_, [, next]) => overwrite(world, next as RotationRecord, { version: 9 }),
      writing('DELIVERING'),
    );
    await rotateOne(world);
    expect(keyIds(world, userId)).toHaveLength(2);
  });

  it.each<[string, (world: World, oldKeyId: string) => OnCall | undefined]>([
    [
      "it is the user's only active key",
      (world, oldKeyId) => {
        world.iam.setStatus(oldKeyId, 'Inactive');
        return undefined;
      },
    ],
    ['keys.delete failed', () => failAlways('keys.delete')],
  ])('names the key in hand when it has to stay (%s)', async (reason, spoil) => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      () => {
        world.table.remove(recordKey(ACCOUNT_ID, userId));
        world.onCall = spoil(world, oldKeyId);
      },
      writing('DELIVERING'),
    );
    const row = await rotateOne(world);
    const [, newKeyId] = keyIds(world, userId);
    expect(row).toMatchObject({ outcome: 'failed', reason: expect.stringContaining(reason) });
    expect(row.reason).toContain(`${newKeyId} of alice was never delivered`);
  });

  it('deletes the key in hand although IAM does not know it for some seconds', async () => {
    const { world, userId, oldKeyId } = setUp({ iam: { settleMs: 10 * SECOND_MS } });
    world.onCall = once(
      'journal.replace',
      'before',
      () => world.table.remove(recordKey(ACCOUNT_ID, userId)),
      writing('DELIVERING'),
    );
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
  });

  it('deletes the key in hand when the record can not be read any more', async () => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = once(
      'journal.replace',
      'before',
      () => world.table.put({ ...recordKey(ACCOUNT_ID, userId), version: 'by hand' }),
      writing('DELIVERING'),
    );
    expect((await rotateOne(world)).reason).toMatch(/changed by hand/);
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
  });

  it.each(['before', 'after'] as const)(
    'undoes nothing when its answer is lost (%s the effect)',
    async (phase) => {
      const { world, userId } = setUp();
      world.onCall = failAt('journal.replace', phase, undefined, writing('DELIVERING'));
      expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
      expect(keyIds(world, userId)).toHaveLength(2);
      expect(world.effects.filter((effect) => /delete|remove/.test(effect))).toEqual([]);
      expect(isOpen(world.record(userId))).toBe(true);
    },
  );
});
