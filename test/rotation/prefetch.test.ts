import { describe, expect, it } from '@jest/globals';
import { failAlways } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { rotate } from '../../simulation/memory/life.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import { recordKey } from '../../src/aws/items.ts';
import { prefetch } from '../../src/rotation/prefetch.ts';

/** Two users with a rotation each, and one without; a journal that was asked for all of them. */
async function setUp({ fails = false } = {}) {
  const world = createWorld();
  const alice = world.hire('alice').userId;
  const bob = world.hire('bob').userId;
  const carol = world.iam.createUser('carol', { email: null });
  await rotate(world);
  if (fails) world.onCall = failAlways('journal.readAll');
  world.calls.length = 0;
  const run = world.run();
  const journal = await prefetch(run.journal, [alice, bob, carol], run.log);
  const asked = () => world.calls.map(({ name }) => name);
  return { world, journal, alice, bob, carol, asked };
}

describe('the records of a batch', () => {
  it('are read at once, and given as they were read', async () => {
    const { world, journal, alice, bob, asked } = await setUp();
    expect(await journal.read(bob)).toEqual(world.record(bob));
    expect(await journal.read(alice)).toEqual(world.record(alice));
    expect(asked()).toEqual(['journal.readAll']);
  });

  it('are read again the second time, as the first reader may have gone on with them', async () => {
    const { world, journal, alice, asked } = await setUp();
    const first = await journal.read(alice);
    if (!first) throw new Error('there is no record');
    world.table.put({ ...recordKey(ACCOUNT_ID, alice), ...first, version: first.version + 1 });
    expect(await journal.read(alice)).toEqual({ ...first, version: first.version + 1 });
    expect(asked()).toEqual(['journal.readAll', 'journal.read']);
  });

  it('are asked for one by one where the answer had none', async () => {
    const { world, journal, alice, carol, asked } = await setUp();
    const record = world.record(alice);
    if (!record) throw new Error('there is no record');
    // Written a moment later, while other records of the answer have not been asked for yet.
    const parameterName = `/ikr/secret/iam/carol/${carol}`;
    world.putRecord({ ...record, userId: carol, parameterName });
    expect(await journal.read(carol)).toMatchObject({ userId: carol });
    expect(asked()).toEqual(['journal.readAll', 'journal.read']);
  });

  it('are read one by one, and that is told, when they can not be read at once', async () => {
    const { world, journal, alice, asked } = await setUp({ fails: true });
    expect(await journal.read(alice)).toEqual(world.record(alice));
    expect(asked()).toEqual(['journal.readAll', 'journal.read']);
    expect(world.logs).toContainEqual(expect.objectContaining({ level: 'warn' }));
  });
});
