import { describe, expect, it } from '@jest/globals';
import { failAlways, once } from '../../simulation/memory/faults.ts';
import { dueNow, expire, expireOne, live } from '../../simulation/memory/life.ts';
import { REFUSED } from '../../simulation/memory/mail.ts';
import { deactivated, inUse, type Scene, scheduled } from '../../simulation/memory/states.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { ANY_USE, anyUse, dueInDays, PARAMETER, STAGED, subjects } from './old-key-scenes.ts';

describe('an old key whose successor nobody can open any more', () => {
  const spoilings = [
    ['was deleted', 'delete'],
    ['was overwritten', 'overwrite'],
  ] as const;
  const settings = [
    ['at the age limit', {}],
    ['where the new key need not be used', { settings: anyUse }],
    ['at its stage', { settings: { policy: { ...ANY_USE, ...STAGED } } }],
  ] as const;
  const cases = spoilings.flatMap(([what, how]) =>
    settings.map(([when, options]) => [what, when, how, options] as const),
  );

  it.each(cases)(
    'because the content key %s is kept %s, and its owner works on',
    async (_, __, how, options) => {
      const { world, userId, oldKeyId, newKeyId, keys } = await scheduled(options);
      world.parameters[how](PARAMETER);
      world.clock.advance(10 * DAY_MS);
      world.effects.length = 0;
      expect(await expireOne(world)).toMatchObject({
        outcome: 'failed',
        code: 'not-retrievable',
        reason: expect.stringMatching(new RegExp(`${PARAMETER} .*: delete ${newKeyId} by hand`)),
      });
      expect(world.effects).toEqual(['put timer']);
      expect(dueInDays(world)).toEqual([1]);
      expect(world.recordIn(userId, 'SCHEDULED').leaseUntilMs).toBe(0);
      await live(world, { days: 30 });
      expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Active' });
      expect(world.owners.workingKeys(userId)).toEqual([oldKeyId]);
      // The report says what to do. What a person wrote over a content key is never overwritten.
      world.iam.deleteKey(newKeyId);
      world.parameters.delete(PARAMETER);
      await live(world, { days: 1 });
      expect(world.owners.workingKeys(userId)).toHaveLength(2);
      await live(world, { days: 9 });
      expect(keys()).not.toHaveProperty(oldKeyId);
      expect(world.owners.workingKeys(userId)).toHaveLength(1);
    },
  );

  it('is not deleted after its stage either, and can be activated again', async () => {
    const scene = await scheduled({ settings: { policy: { ...ANY_USE, ...STAGED } } });
    const { world, userId, oldKeyId, newKeyId, keys } = scene;
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deactivated' });
    world.parameters.delete(PARAMETER);
    expect(await dueNow(scene)).toMatchObject({
      outcome: 'failed',
      code: 'not-retrievable',
      reason: expect.stringContaining(`activate ${oldKeyId} again and delete ${newKeyId} by hand`),
    });
    expect(keys()).toEqual({ [oldKeyId]: 'Inactive', [newKeyId]: 'Active' });
    world.iam.setStatus(oldKeyId, 'Active');
    world.iam.deleteKey(newKeyId);
    await live(world, { days: 10 });
    expect(keys()).not.toHaveProperty(oldKeyId);
    expect(world.owners.workingKeys(userId)).toHaveLength(1);
  });

  it('is deleted when the new key is used all the same, because its mail was opened before', async () => {
    const scene = await scheduled();
    const { world, newKeyId, keys } = scene;
    await world.owners.readMail();
    world.parameters.delete(PARAMETER);
    world.clock.advance(10 * DAY_MS);
    expect(await expireOne(world)).toMatchObject({ outcome: 'failed' });
    world.iam.useKey(newKeyId);
    world.clock.advance(DAY_MS);
    expect(await expireOne(world)).toMatchObject({ outcome: 'deleted' });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
  });

  it('is deleted where the mail holds the pair in plaintext', async () => {
    const scene = await scheduled({ settings: { ...anyUse, encryptKeyPair: false } });
    scene.world.parameters.delete(PARAMETER);
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deleted' });
  });

  it("is not touched while the content key can't be read", async () => {
    const scene = await scheduled({ settings: anyUse });
    const before = scene.keys();
    scene.world.onCall = failAlways('contentKeys.get');
    expect(await dueNow(scene)).toMatchObject({ outcome: 'failed' });
    expect(scene.keys()).toEqual(before);
    expect(dueInDays(scene.world)).toEqual([(5 * MINUTE_MS) / DAY_MS]);
  });
});

it('asks for no content key once the new key is in use', async () => {
  const scene = await inUse();
  await dueNow(scene);
  expect(scene.world.calls.map(({ name }) => name)).not.toContain('contentKeys.get');
});

describe('an old key with a deactivation stage', () => {
  const staged = { settings: { policy: STAGED } };

  it('is deactivated on that date, and its timer set to the deletion', async () => {
    const scene = await inUse(staged);
    const { world, userId, oldKeyId, newKeyId, keys } = scene;
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deactivated' });
    expect(world.effects).toEqual([
      'write SCHEDULED',
      'deactivate key',
      'write DEACTIVATED',
      'put timer',
      'send mail',
    ]);
    expect(keys()).toEqual({ [oldKeyId]: 'Inactive', [newKeyId]: 'Active' });
    expect(world.recordIn(userId, 'DEACTIVATED').deactivatedAtMs).toBe(world.clock.nowMs());
    expect(dueInDays(world)).toEqual([4]);
    expect(subjects(world)).toEqual([expect.stringMatching(/deactivated/)]);
  });

  it('is deleted on the second date', async () => {
    const scene = await deactivated();
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deleted' });
    expect(scene.keys()).toEqual({ [scene.newKeyId]: 'Active' });
    expect(scene.world.recordIn(scene.userId, 'CLOSED').outcome).toBe('completed');
  });

  it('is not deactivated before the new one was used', async () => {
    const scene = await scheduled(staged);
    expect(await dueNow(scene)).toMatchObject({ outcome: 'reminded' });
    expect(scene.keys()[scene.oldKeyId]).toBe('Active');
  });

  it('is deactivated unused where the new one need not be used', async () => {
    const scene = await scheduled({ settings: { policy: { ...ANY_USE, ...STAGED } } });
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deactivated' });
  });

  it('that a person activated again is theirs: the rotation is cancelled', async () => {
    const scene = await deactivated();
    scene.world.iam.setStatus(scene.oldKeyId, 'Active');
    expect(await dueNow(scene)).toMatchObject({
      outcome: 'cancelled',
      code: 'old-key-activated',
    });
    scene.world.recordIn(scene.userId, 'CANCELLED');
    await live(scene.world, { days: 30 });
    expect(Object.keys(scene.keys())).toHaveLength(2);
  });
});

describe('no step takes the only active key of a user', () => {
  it.each<[string, Parameters<typeof scheduled>[0]]>([
    ['the deletion', { settings: anyUse }],
    ['the stage', { settings: { policy: { ...ANY_USE, ...STAGED } } }],
    ['the maximum age', {}],
  ])('%s', async (_, options) => {
    const scene = await scheduled(options);
    const { world, newKeyId, oldKeyId, keys } = scene;
    world.clock.advance(12 * DAY_MS);
    // The person deactivates the new key between the look at the keys and the effect.
    world.onCall = once('keys.list', 'before', () => world.iam.setStatus(newKeyId, 'Inactive'));
    await expire(world);
    world.onCall = undefined;
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Inactive' });
    await live(world, { days: 10, ownersAct: false });
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Inactive' });
  });
});

describe('an informing mail', () => {
  it.each<[string, (options?: object) => Promise<Scene>, object]>([
    ['the deletion', inUse, {}],
    ['the reminder', scheduled, {}],
    ['the deactivation', inUse, { settings: { policy: STAGED } }],
  ])("that is refused or can't even be written decides nothing (%s)", async (_, scene, options) => {
    const plain = await scene(options);
    const expected = (await dueNow(plain))?.outcome;

    const refused = await scene(options);
    refused.world.mail.answer = REFUSED;
    expect((await dueNow(refused))?.outcome).toBe(expected);
    expect(refused.keys()).toEqual(plain.keys());
    expect(refused.world.timers()).toEqual(plain.world.timers());

    const unwritten = await scene(options);
    unwritten.world.onCall = failAlways('account.describe');
    expect((await dueNow(unwritten))?.outcome).toBe(expected);
    expect(unwritten.keys()).toEqual(plain.keys());
    expect(unwritten.world.timers()).toEqual(plain.world.timers());
    expect(unwritten.world.logs.map(({ level }) => level)).toContain('warn');
  });
});
