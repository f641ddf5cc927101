import { describe, expect, it } from '@jest/globals';
import { dieAt, failAt, writing } from '../../simulation/memory/faults.ts';
import { live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { Secret } from '../../src/domain/secret.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';

function setUp() {
  const world = createWorld();
  return { world, ...world.hire('alice') };
}

const keyIds = (world: World, userId: string) =>
  world.iam.keysOf(userId).map(({ accessKeyId }) => accessKeyId);

/** Another deployment stores a content key in the parameter. */
async function storeForeign(world: World, content: { rotationId: string; userId: string }) {
  const key = new Secret('another content key');
  expect(await world.parameters.port.put(PARAMETER, { ...content, key }, [])).toBe('stored');
}

describe('the content key', () => {
  it.each(['before', 'after'] as const)(
    'that can not be stored (%s the effect) ends the rotation before a key exists',
    async (phase) => {
      const { world, userId, oldKeyId } = setUp();
      world.onCall = failAt('contentKeys.put', phase);
      expect(await rotateOne(world)).toMatchObject({
        outcome: 'postponed',
        code: 'content-key-not-stored',
      });
      expect(keyIds(world, userId)).toEqual([oldKeyId]);
      expect(world.parameters.names()).toEqual([]);
      expect(world.recordIn(userId, 'CLOSED')).toMatchObject({
        outcome: 'postponed',
        failures: 0,
        reason: { code: 'content-key-not-stored', details: { parameter: PARAMETER } },
      });
      world.clock.advance(6 * HOUR_MS);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    },
  );

  it("stands in a parameter of the user's own, whatever stands in that of a namesake", async () => {
    const { world, userId } = setUp();
    await rotate(world);
    world.iam.renameUser(userId, 'alice.old');
    const namesake = world.hire('alice', { email: 'other@example.com' });
    await rotate(world);
    const own = `/ikr/secret/iam/alice/${namesake.userId}`;
    expect(world.recordIn(userId, 'SCHEDULED').parameterName).toBe(PARAMETER);
    expect(world.recordIn(namesake.userId, 'SCHEDULED').parameterName).toBe(own);
    for (const [reader, name, isReadable] of [
      [userId, PARAMETER, true],
      [userId, own, false],
      [namesake.userId, own, true],
      [namesake.userId, PARAMETER, false],
    ] as const) {
      expect(world.parameters.readAs(reader, name) !== undefined).toBe(isReadable);
    }
    await live(world, { days: 9 });
    expect(world.parameters.names()).toEqual([]);
  });

  it('overwrites what an interrupted start of the same rotation left', async () => {
    const { world, userId } = setUp();
    world.onCall = dieAt('keys.create', 'before');
    await rotate(world);
    const left = world.parameters.rotationIn(PARAMETER);
    expect(left).toBe(world.recordIn(userId, 'STARTED').rotationId);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    const { rotationId } = world.recordIn(userId, 'SCHEDULED');
    expect(rotationId).not.toBe(left);
    expect(world.parameters.rotationIn(PARAMETER)).toBe(rotationId);
  });

  it.each([1, 3, 5])('overwrites it after %i interrupted starts in a row', async (starts) => {
    const { world, userId } = setUp();
    for (let start = 0; start < starts; start++) {
      // The first one leaves a content key; those after it die before they store theirs.
      world.onCall = dieAt(start === 0 ? 'keys.create' : 'contentKeys.put', 'before');
      await rotate(world);
      world.clock.advance(HOUR_MS);
    }
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    const { rotationId } = world.recordIn(userId, 'SCHEDULED');
    expect(world.parameters.rotationIn(PARAMETER)).toBe(rotationId);
  });

  it('overwrites what the closed rotation of this user left', async () => {
    const { world, userId, oldKeyId } = setUp();
    await rotate(world);
    await world.owners.readMail();
    world.owners.useNewestKeys();
    // A parameter whose KMS key is missing can't be deleted when the rotation closes.
    world.parameters.makeUndecryptable(PARAMETER);
    await live(world, { days: 9 });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
    expect(keyIds(world, userId)).not.toContain(oldKeyId);
    const left = world.parameters.rotationIn(PARAMETER);
    expect(left).toBe(world.recordIn(userId, 'CLOSED').rotationId);

    world.parameters.makeDecryptable(PARAMETER);
    expect(await rotateOne(world, { force: true })).toMatchObject({ outcome: 'rotated' });
    const { rotationId } = world.recordIn(userId, 'SCHEDULED');
    expect(world.parameters.rotationIn(PARAMETER)).toBe(rotationId);
  });

  it.each<[string, string, (world: World, userId: string) => void | Promise<void>]>([
    [
      'a content key of this user from another deployment',
      'rotation-of-another of user AIDA00000000000000001',
      (world, userId) => storeForeign(world, { rotationId: 'rotation-of-another', userId }),
    ],
    [
      'a content key of another user',
      'rotation-of-another of user AIDAOTHER',
      (world) => storeForeign(world, { rotationId: 'rotation-of-another', userId: 'AIDAOTHER' }),
    ],
    [
      'something that is no content key',
      'no content key',
      (world) => world.parameters.overwrite(PARAMETER),
    ],
    [
      'something that can not be decrypted',
      'can not be decrypted',
      (world) => world.parameters.makeUndecryptable(PARAMETER),
    ],
  ])('never overwrites %s: no key is created, and the obstacle is named', async (_, says, put) => {
    const { world, userId, oldKeyId } = setUp();
    await put(world, userId);
    const before = world.parameters.snapshot();
    const row = await rotateOne(world);
    expect(row).toMatchObject({ outcome: 'postponed', code: 'content-key-foreign' });
    expect(row.reason).toContain(PARAMETER);
    expect(row.reason).toContain(says);
    expect(row.reason).not.toContain('another content key');
    expect(world.calls.map(({ name }) => name)).not.toContain('keys.create');
    expect(world.parameters.snapshot()).toEqual(before);
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({
      outcome: 'postponed',
      failures: 0,
      retryNotBeforeMs: 0,
    });

    // It is told again in every run, and goes away with the parameter.
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ code: 'content-key-foreign' });
    world.parameters.delete(PARAMETER);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', oldKeyId });
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
  });

  it.each([
    ['contentKeys.put', 'before'],
    ['contentKeys.put', 'after'],
  ] as const)('is stored again when the run dies at %s (%s)', async (name, phase) => {
    const { world, userId, oldKeyId } = setUp();
    world.onCall = dieAt(name, phase);
    await rotate(world);
    world.recordIn(userId, 'STARTED');
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    world.clock.advance(25 * MINUTE_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
  });

  it('is stored after all when the run died that found an obstacle', async () => {
    const { world, userId } = setUp();
    world.onCall = dieAt('journal.replace', 'before', writing('CLOSED'));
    world.parameters.makeUndecryptable(PARAMETER);
    await rotate(world);
    world.recordIn(userId, 'STARTED');
    world.parameters.delete(PARAMETER);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it.each<[string, (world: World, userId: string) => void]>([
    [
      'whose content key can not be stored',
      (world) => {
        world.onCall = failAt('contentKeys.put', 'before');
      },
    ],
    ['that finds nobody to deliver to', (world, userId) => world.iam.retag(userId, {})],
  ])('of an interrupted start is no obstacle after a second start %s', async (_, spoil) => {
    const { world, userId } = setUp();
    world.onCall = dieAt('keys.create', 'before');
    await rotate(world);
    world.clock.advance(HOUR_MS);
    world.onCall = dieAt('contentKeys.put', 'before');
    await rotate(world);
    world.clock.advance(HOUR_MS);
    world.onCall = undefined;
    spoil(world, userId);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    world.recordIn(userId, 'CLOSED');
    expect(world.parameters.names()).toEqual([]);

    world.onCall = undefined;
    world.iam.retag(userId, { 'IKR:EMAIL': 'alice@example.com' });
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it('that can not be decrypted any more lets the rotation end', async () => {
    const { world, userId, oldKeyId } = setUp();
    await rotate(world);
    await world.owners.readMail();
    world.owners.useNewestKeys();
    world.parameters.makeUndecryptable(PARAMETER);
    await live(world, { days: 9 });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
    expect(keyIds(world, userId)).not.toContain(oldKeyId);
  });
});
