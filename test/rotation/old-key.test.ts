import { describe, expect, it } from '@jest/globals';
import { dueNow, expireOne, live } from '../../simulation/memory/life.ts';
import { inUse, scheduled } from '../../simulation/memory/states.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { anyUse, dueInDays, PARAMETER, STAGED, subjects } from './old-key-scenes.ts';

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
