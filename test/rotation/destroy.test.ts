import { describe, expect, it } from '@jest/globals';
import { dieAt, failAlways, failAt, once, writing } from '../../simulation/memory/faults.ts';
import { dueNow, expire, expireOne, live, rotate } from '../../simulation/memory/life.ts';
import { REFUSED } from '../../simulation/memory/mail.ts';
import { deactivated, inUse, type Scene, scheduled } from '../../simulation/memory/states.ts';
import type { World } from '../../simulation/memory/world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';

const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';
const STAGED = { deactivateAfterDays: 3 };
const ANY_USE = { requireNewKeyUsed: false };
const anyUse = { policy: ANY_USE };

function dueInDays(world: World): number[] {
  return world
    .timers()
    .map((timer) => (timer.deleteOnEpochSeconds * SECOND_MS - world.clock.nowMs()) / DAY_MS);
}

const subjects = (world: World) => world.mail.sent.slice(1).map(({ subject }) => subject);

describe('an old key that is due, with the new one in use,', () => {
  it('is deleted, then the parameter goes, the history is written, and the owner is told', async () => {
    const scene = await inUse();
    const { world, userId, newKeyId, keys } = scene;
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deleted', userName: 'alice' });
    expect(world.effects).toEqual([
      'write SCHEDULED',
      'delete key',
      'remove content key',
      'write history',
      'write CLOSED',
      'send mail',
    ]);
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.recordIn(userId, 'CLOSED')).toMatchObject({
      outcome: 'completed',
      leaseUntilMs: 0,
      failures: 0,
    });
    expect(await world.history()).toMatchObject([{ outcome: 'completed', newKeyId }]);
    expect(world.parameters.names()).toEqual([]);
    expect(world.timers()).toEqual([]);
    expect(subjects(world)).toEqual([expect.stringMatching(/deleted/)]);
  });

  it('leaves no secret in the record and the history once it is closed', async () => {
    const scene = await inUse();
    await dueNow(scene);
    expect(JSON.stringify(scene.world.table.items())).not.toContain('eyJ');
  });

  it('waits a day while the new key is inactive', async () => {
    const scene = await inUse();
    scene.world.iam.setStatus(scene.newKeyId, 'Inactive');
    const before = scene.keys();
    expect(await dueNow(scene)).toMatchObject({
      outcome: 'waiting',
      code: 'new-key-inactive',
    });
    expect(scene.keys()).toEqual(before);
    expect(dueInDays(scene.world)).toEqual([1]);
    expect(scene.world.recordIn(scene.userId, 'SCHEDULED').leaseUntilMs).toBe(0);
  });

  it('is deleted although it is inactive by a person', async () => {
    const scene = await inUse();
    scene.world.iam.setStatus(scene.oldKeyId, 'Inactive');
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deleted' });
    expect(scene.keys()).toEqual({ [scene.newKeyId]: 'Active' });
  });

  it('counts as deleted when a person was faster, and the owner is told', async () => {
    const scene = await inUse();
    scene.world.iam.deleteKey(scene.oldKeyId);
    expect(await dueNow(scene)).toMatchObject({ outcome: 'closed' });
    expect(scene.world.recordIn(scene.userId, 'CLOSED').outcome).toBe('completed');
    expect(subjects(scene.world)).toEqual([expect.stringMatching(/deleted/)]);
  });

  it('stays when a person removed the new key, and the rotation closes', async () => {
    const scene = await inUse();
    scene.world.iam.deleteKey(scene.newKeyId);
    expect(await dueNow(scene)).toMatchObject({ outcome: 'closed' });
    expect(scene.keys()).toEqual({ [scene.oldKeyId]: 'Active' });
    expect(scene.world.recordIn(scene.userId, 'CLOSED').outcome).toBe('undone');
    expect(scene.world.parameters.names()).toEqual([]);
    expect(subjects(scene.world)).toEqual([]);
  });

  it('closes the rotation when the whole user is gone', async () => {
    const scene = await inUse();
    scene.world.iam.deleteUser(scene.userId);
    expect(await dueNow(scene)).toMatchObject({ outcome: 'closed' });
    expect(scene.world.recordIn(scene.userId, 'CLOSED').outcome).toBe('undone');
    expect(scene.world.parameters.names()).toEqual([]);
  });
});

describe('an old key that is due, with the new one never used,', () => {
  it('is kept: the owner is reminded, and it is looked at again tomorrow', async () => {
    const scene = await scheduled();
    const before = scene.keys();
    expect(await dueNow(scene)).toMatchObject({ outcome: 'reminded' });
    expect(scene.world.effects).toEqual([
      'write SCHEDULED',
      'put timer',
      'write SCHEDULED',
      'send mail',
    ]);
    expect(scene.keys()).toEqual(before);
    expect(dueInDays(scene.world)).toEqual([1]);
    expect(scene.world.recordIn(scene.userId, 'SCHEDULED')).toMatchObject({
      remindedAtMs: scene.world.clock.nowMs(),
      leaseUntilMs: 0,
    });
  });

  it('brings one reminder a day, however often it is looked at', async () => {
    const { world } = await scheduled({
      settings: { policy: { ...STAGED, deleteAfterDays: 5 } },
    });
    await live(world, { days: 7.75, ownersAct: false });
    // From the third day on, the deactivation stage is due, but an unused key comes first.
    expect(subjects(world)).toHaveLength(5);
  });

  it('is reminded of at the address that the tag has now', async () => {
    const { world, userId } = await scheduled();
    world.iam.retag(userId, { 'IKR:EMAIL': 'successor@example.com' });
    await live(world, { days: 12, ownersAct: false });
    const to = world.mail.sent.slice(1).map((mail) => mail.to);
    expect(new Set(to)).toEqual(new Set(['successor@example.com']));
  });

  it('is deactivated at the maximum age, and kept with the parameter and the sealed pair', async () => {
    const scene = await scheduled();
    const { world, userId, oldKeyId, newKeyId, keys } = scene;
    await live(world, { days: 9.75, ownersAct: false });
    expect(keys()[oldKeyId]).toBe('Active');
    await live(world, { days: 0.5, ownersAct: false });
    expect(keys()).toEqual({ [oldKeyId]: 'Inactive', [newKeyId]: 'Active' });
    expect(world.recordIn(userId, 'DEACTIVATED').sealed).toMatch(/^eyJ/);
    expect(subjects(world).at(-1)).toMatch(/deactivated/);

    await live(world, { days: 60, ownersAct: false });
    expect(keys()).toEqual({ [oldKeyId]: 'Inactive', [newKeyId]: 'Active' });
    expect(world.parameters.names()).toEqual([PARAMETER]);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toEqual([newKeyId]);
  });

  it('is not deactivated before the date that the mail promised, whatever its age', async () => {
    const scene = await scheduled({ keyAgeDays: 88 });
    const { world, oldKeyId, keys } = scene;
    await live(world, { days: 6.75, ownersAct: false });
    expect(keys()[oldKeyId]).toBe('Active');
    await live(world, { days: 0.5, ownersAct: false });
    expect(keys()[oldKeyId]).toBe('Inactive');
  });

  it('is reminded of once a week after its deactivation', async () => {
    const { world } = await scheduled({ keyAgeDays: 88 });
    await live(world, { days: 7, ownersAct: false });
    const { length } = world.mail.sent;
    await live(world, { days: 28, ownersAct: false });
    expect(world.mail.sent.length - length).toBe(4);
  });

  it('is deleted within a day of the first use of the new one', async () => {
    const scene = await scheduled();
    const { world, newKeyId, keys } = scene;
    await live(world, { days: 20, ownersAct: false });
    await world.owners.readMail();
    world.iam.useKey(newKeyId);
    await live(world, { days: 1, ownersAct: false });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.openRecords()).toEqual([]);
    expect(world.parameters.names()).toEqual([]);
  });

  it('is not deleted when the first use comes after the last look', async () => {
    const scene = await scheduled({ iam: { lastUsedLagMs: 15 * MINUTE_MS } });
    scene.world.clock.advance(7 * DAY_MS);
    scene.world.iam.useKey(scene.newKeyId);
    expect(await expireOne(scene.world)).toMatchObject({ outcome: 'reminded' });
    expect(Object.keys(scene.keys())).toHaveLength(2);
  });

  it('that a person removed leaves the rotation open until the first use', async () => {
    const scene = await scheduled();
    scene.world.iam.deleteKey(scene.oldKeyId);
    expect(await dueNow(scene)).toMatchObject({ outcome: 'waiting' });
    expect(dueInDays(scene.world)).toEqual([1]);
    expect(scene.world.parameters.names()).toEqual([PARAMETER]);
    scene.world.iam.useKey(scene.newKeyId);
    expect(await dueNow(scene)).toMatchObject({ outcome: 'closed' });
    expect(scene.world.parameters.names()).toEqual([]);
  });
});

describe('an old key that is due, where the new one need not be used,', () => {
  it('is deleted, but the parameter and the sealed pair stay until the first use', async () => {
    const scene = await scheduled({ settings: anyUse });
    const { world, userId, newKeyId, keys } = scene;
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deleted', code: 'old-key-due' });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.recordIn(userId, 'SCHEDULED')).toMatchObject({
      oldKeyGoneAtMs: world.clock.nowMs(),
      leaseUntilMs: 0,
    });
    await live(world, { days: 3, ownersAct: false });
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toEqual([newKeyId]);
    world.owners.useNewestKeys();
    expect(await dueNow(scene)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
    expect(subjects(world)).toHaveLength(1);
  });

  it('is kept while the new one is inactive', async () => {
    const scene = await scheduled({ settings: anyUse });
    scene.world.iam.setStatus(scene.newKeyId, 'Inactive');
    expect(await dueNow(scene)).toMatchObject({ outcome: 'waiting' });
    expect(Object.keys(scene.keys())).toHaveLength(2);
  });
});

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

describe('the end of an old key that fails', () => {
  const looks = [
    ['keys.owner', 'before'],
    ['keys.list', 'before'],
  ] as const;
  const effects = [
    ['keys.delete', 'before'],
    ['keys.delete', 'after'],
    ['contentKeys.remove', 'before'],
    ['contentKeys.remove', 'after'],
    ['journal.addHistory', 'before'],
    ['journal.addHistory', 'after'],
  ] as const;

  it.each([...looks, ...effects, ['journal.read', 'before'] as const])(
    'at %s (%s the effect) is tried again after five minutes',
    async (name, phase) => {
      const scene = await inUse();
      const { world, userId, newKeyId, keys } = scene;
      world.onCall = failAt(name, phase);
      expect(await dueNow(scene)).toMatchObject({
        outcome: 'failed',
        code: 'timer-retried',
      });
      expect(dueInDays(world)).toEqual([(5 * MINUTE_MS) / DAY_MS]);
      expect(world.recordIn(userId, 'SCHEDULED').leaseUntilMs).toBe(0);
      world.clock.advance(5 * MINUTE_MS);
      await expire(world);
      expect(keys()).toEqual({ [newKeyId]: 'Active' });
      expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
      expect(await world.history()).toHaveLength(1);
      expect(subjects(world)).toHaveLength(1);
    },
  );

  it.each(looks)(
    'that dies while it looks (%s, %s the answer) is repeated at once: it leased nothing',
    async (name, phase) => {
      const scene = await inUse();
      const { world, userId, newKeyId, keys } = scene;
      world.clock.advance(7 * DAY_MS);
      world.onCall = dieAt(name, phase);
      expect((await expire(world)).failures).toHaveLength(1);
      world.onCall = undefined;
      expect(world.recordIn(userId, 'SCHEDULED').leaseUntilMs).toBe(0);
      expect(await expireOne(world)).toMatchObject({ outcome: 'deleted' });
      expect(keys()).toEqual({ [newKeyId]: 'Active' });
      expect(await world.history()).toHaveLength(1);
    },
  );

  it.each(effects)(
    'that dies at %s (%s the effect) is repeated by the stream',
    async (name, phase) => {
      const scene = await inUse();
      const { world, userId, newKeyId, keys } = scene;
      world.clock.advance(7 * DAY_MS);
      world.onCall = dieAt(name, phase);
      const { failures } = await expire(world);
      expect(failures).toHaveLength(1);
      world.onCall = undefined;
      // The dead run still holds the record.
      expect(await expireOne(world)).toMatchObject({ outcome: 'waiting' });
      world.clock.advance(20 * MINUTE_MS);
      await expire(world);
      expect(keys()).toEqual({ [newKeyId]: 'Active' });
      expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
      expect(await world.history()).toHaveLength(1);
    },
  );

  it.each(['before', 'after'] as const)(
    'at the write of a deactivation (%s the effect) is made up for',
    async (phase) => {
      const scene = await inUse({ settings: { policy: STAGED } });
      const { world, userId, oldKeyId, keys } = scene;
      world.onCall = failAt('journal.replace', phase, undefined, writing('DEACTIVATED'));
      expect(await dueNow(scene)).toMatchObject({ outcome: 'failed' });
      world.clock.advance(HOUR_MS);
      await expire(world);
      expect(keys()[oldKeyId]).toBe('Inactive');
      expect(world.recordIn(userId, 'DEACTIVATED').leaseUntilMs).toBe(0);
      await live(world, { days: 7 });
      expect(Object.keys(keys())).toHaveLength(1);
    },
  );
});

describe('two runs that end an old key at once', () => {
  it('do it once: the other one comes again when the lease is over', async () => {
    const scene = await inUse();
    const { world, keys, newKeyId } = scene;
    world.clock.advance(8 * DAY_MS);
    let other: unknown;
    world.onCall = once('keys.delete', 'before', async () => {
      other = await rotate(world, {}, { label: 'the other' });
    });
    expect(await expireOne(world)).toMatchObject({ outcome: 'deleted' });
    expect(other).toMatchObject({ rows: [{ outcome: 'waiting' }] });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
    expect(world.effects.filter((effect) => effect === 'delete key')).toHaveLength(1);
    expect(await world.history()).toHaveLength(1);
  });
});
