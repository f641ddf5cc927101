import { describe, expect, it } from '@jest/globals';
import { dieAt, failAt } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { expire, live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';

const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';

function setUp() {
  const world = createWorld();
  return { world, ...world.hire('alice') };
}

const keyIds = (world: World, userId: string) =>
  world.iam.keysOf(userId).map(({ accessKeyId }) => accessKeyId);

describe('the content key', () => {
  it.each(['before', 'after'] as const)(
    'that can not be stored (%s the effect) ends the rotation before a key exists',
    async (phase) => {
      const { world, userId, oldKeyId } = setUp();
      world.onCall = failAt('contentKeys.put', phase);
      expect(await rotateOne(world)).toMatchObject({
        outcome: 'postponed',
        reason: expect.stringContaining(`could not be stored in ${PARAMETER}`),
      });
      expect(keyIds(world, userId)).toEqual([oldKeyId]);
      expect(world.parameters.names()).toEqual([]);
      expect(world.recordIn(userId, 'CLOSED')).toMatchObject({ outcome: 'postponed', failures: 0 });
      world.clock.advance(6 * 60 * MINUTE_MS);
      expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    },
  );

  it("goes elsewhere while a namesake's stands there whose rotation is still open", async () => {
    const { world, userId } = setUp();
    await rotate(world);
    world.iam.renameUser(userId, 'alice.old');
    const namesake = world.hire('alice', { email: 'other@example.com' });
    world.effects.length = 0;
    await rotate(world);
    const own = `${PARAMETER}_x2F_${namesake.userId}`;
    expect(world.recordIn(namesake.userId, 'SCHEDULED').parameterName).toBe(own);
    // What is tried in vain, and the record that names the parameter before it is there.
    expect(world.effects.slice(0, 5)).toEqual([
      'write STARTED',
      'put content key',
      'write STARTED',
      'put content key',
      'create key',
    ]);
    expect(world.parameters.readAs(userId, PARAMETER)).toBeDefined();
    expect(world.parameters.readAs(namesake.userId, own)).toBeDefined();
    await world.owners.readMail();
    for (const id of [userId, namesake.userId])
      expect(world.owners.workingKeys(id)).toHaveLength(2);
    await live(world, { days: 9 });
    expect(world.parameters.names()).toEqual([]);
  });

  it('goes elsewhere for as long as a veto keeps the rotation of a namesake open', async () => {
    const { world, userId, oldKeyId } = setUp();
    await rotate(world);
    world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
    await expire(world);
    world.recordIn(userId, 'CANCELLED');
    world.iam.renameUser(userId, 'alice.old');
    const namesake = world.hire('alice', { email: 'other@example.com' });
    await live(world, { days: 9 });
    expect(world.recordIn(namesake.userId, 'CLOSED').outcome).toBe('completed');
    expect(keyIds(world, namesake.userId)).not.toContain(namesake.oldKeyId);
    expect(world.parameters.names()).toEqual([PARAMETER]);
  });

  it.each([
    ['journal.replace', 'after'],
    ['contentKeys.put', 'before'],
    ['contentKeys.put', 'after'],
  ] as const)('goes on elsewhere when the run dies there at %s (%s)', async (name, phase) => {
    const { world, userId } = setUp();
    await rotate(world);
    world.iam.renameUser(userId, 'alice.old');
    const namesake = world.hire('alice', { email: 'other@example.com' });
    const own = `${PARAMETER}_x2F_${namesake.userId}`;
    world.onCall = dieAt(name, phase, ([first, next]) =>
      [first, (next as { parameterName?: string } | undefined)?.parameterName].includes(own),
    );
    await rotate(world);
    expect(world.recordIn(namesake.userId, 'STARTED').parameterName).toBe(own);
    world.clock.advance(25 * MINUTE_MS);
    await rotate(world);
    expect(world.recordIn(namesake.userId, 'SCHEDULED').parameterName).toBe(own);
    await world.owners.readMail();
    expect(world.owners.workingKeys(namesake.userId)).toHaveLength(2);
  });

  it('goes elsewhere while what stands there can not be decrypted', async () => {
    const { world, userId } = setUp();
    world.parameters.makeUndecryptable(PARAMETER);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    const own = `${PARAMETER}_x2F_${userId}`;
    expect(world.recordIn(userId, 'SCHEDULED').parameterName).toBe(own);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
  });

  it('tells what to do when neither place can be decrypted', async () => {
    const { world, userId, oldKeyId } = setUp();
    const own = `${PARAMETER}_x2F_${userId}`;
    for (const name of [PARAMETER, own]) world.parameters.makeUndecryptable(name);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'postponed',
      reason: expect.stringMatching(new RegExp(`${own}: .* delete the parameter$`)),
    });
    expect(keyIds(world, userId)).toEqual([oldKeyId]);
    world.parameters.delete(own);
    world.clock.advance(2 * MINUTE_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it('lets the rotation end that can not be decrypted any more', async () => {
    const { world, userId, oldKeyId } = setUp();
    await rotate(world);
    await world.owners.readMail();
    world.owners.useNewestKeys();
    world.parameters.makeUndecryptable(PARAMETER);
    await live(world, { days: 9 });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('completed');
    expect(keyIds(world, userId)).not.toContain(oldKeyId);
  });

  it("replaces a namesake's whose rotation is over", async () => {
    const { world, userId } = setUp();
    await rotate(world);
    const left = world.recordIn(userId, 'SCHEDULED');
    world.table.put({
      ...recordKey(ACCOUNT_ID, userId),
      ...left,
      state: 'CLOSED',
      closedAtMs: 1,
      outcome: 'undone',
      reason: 'by hand',
      retryNotBeforeMs: 0,
    });
    world.iam.renameUser(userId, 'alice.old');
    const namesake = world.hire('alice', { email: 'other@example.com' });
    await rotate(world);
    expect(world.recordIn(namesake.userId, 'SCHEDULED').parameterName).toBe(PARAMETER);
    expect(world.parameters.readAs(namesake.userId, PARAMETER)).toBeDefined();
    expect(world.parameters.readAs(userId, PARAMETER)).toBeUndefined();
  });
});
