import { describe, expect, it } from '@jest/globals';
import { scheduled } from '../../../simulation/memory/states.ts';
import { createWorld, type World } from '../../../simulation/memory/world.ts';
import { statusAnswer } from '../../../src/rotation/commands/answers.ts';
import type { CommandOf } from '../../../src/rotation/commands/requests.ts';
import { status } from '../../../src/rotation/commands/status.ts';

const ask = async (world: World, command: Omit<CommandOf<'status'>, 'action'> = {}) =>
  // As it travels: what does not pass the schema is lost on the way.
  statusAnswer.parse(
    JSON.parse(JSON.stringify(await status({ action: 'status', ...command }, world.run()))),
  );

describe('the command status', () => {
  it('tells of managed users, open rotations and users who are gone', async () => {
    const { world, userId, oldKeyId, newKeyId } = await scheduled();
    world.hire('bob', { keyAgeDays: 12 });
    world.iam.retag(world.iam.createUser('carol'), { 'IKR:EMAIL': '?' });
    world.iam.retag(world.iam.createUser('dave'), { Team: 'red' });
    world.iam.deleteUser(userId);

    const answer = await ask(world);

    expect(answer).toMatchObject({ accountUsers: 3, listed: 3, missing: [], problems: [] });
    expect(answer.next).toBeUndefined();
    const [alice, bob, carol] = answer.users;
    expect(alice).toMatchObject({
      userName: 'alice',
      next: { code: 'closed-by-next-run' },
      warnings: [{ code: 'user-gone' }],
      rotation: { state: 'SCHEDULED', oldKeyId, newKeyId, newKeyUsed: false },
    });
    expect(bob).toMatchObject({ userName: 'bob', next: { code: 'replaced' }, warnings: [] });
    expect(bob?.keys).toHaveLength(1);
    expect(carol).toMatchObject({ userName: 'carol', warnings: [{ code: 'invalid-tags' }] });
  });

  it('holds no sealed key pair', async () => {
    const { world, userId } = await scheduled();
    const { sealed } = world.recordIn(userId, 'SCHEDULED');

    expect(sealed.length).toBeGreaterThan(0);
    expect(JSON.stringify(await ask(world))).not.toContain(sealed);
  });

  it('tells of the users who are named, and why it does not tell of the others', async () => {
    const world = createWorld();
    const { userId } = world.hire('alice');
    world.hire('bob');
    world.iam.retag(world.iam.createUser('carol'), { Team: 'red' });

    const answer = await ask(world, { users: ['bob', userId, 'carol', 'nobody'] });

    expect(answer.users.map(({ userName }) => userName).sort()).toEqual(['alice', 'bob']);
    expect(answer.missing).toMatchObject([
      { user: 'carol', code: 'unmanaged' },
      { user: 'nobody', code: 'unknown-user' },
    ]);
    expect((await ask(world, { user: 'bob' })).listed).toBe(1);
  });

  it('comes in pages that together tell of everybody once', async () => {
    const world = createWorld();
    for (let at = 0; at < 1_201; at++) world.hire(`user-${at}`, { keyAgeDays: 1 });

    const names: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask(world, cursor === undefined ? {} : { cursor });
      names.push(...page.users.map(({ userName }) => userName));
      sizes.push(page.users.length);
      expect(page.listed).toBe(1_201);
      cursor = page.next;
    } while (cursor !== undefined);

    expect(sizes).toEqual([500, 500, 201]);
    expect(new Set(names).size).toBe(1_201);
  });

  it('ends a page with its bytes, far below what Lambda carries', async () => {
    const world = createWorld();
    const { userId } = world.hire('alice');
    for (let at = 0; at < 60; at++) world.hire(`user-${at}`);
    // Tags are bounded; a record that somebody has changed by hand is not.
    const [id = userId] = world.iam.userIds();
    const { oldKeyId } = world.hire('big');
    world.table.put({ user: id, ak: 'rotation', ...hugeRecord(id, oldKeyId) });

    const page = await ask(world);

    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(6_000_000);
    expect(page.next).toBeDefined();
    const rest = await ask(world, { cursor: page.next });
    expect(page.users.length + rest.users.length).toBe(62);
  });

  it('tells of items that can not be read, once', async () => {
    const world = createWorld();
    for (let at = 0; at < 501; at++) world.hire(`user-${at}`, { keyAgeDays: 1 });
    world.table.put({ user: 'AIDABROKEN', ak: 'rotation', state: 'LOST' });

    const first = await ask(world);
    expect(first.problems).toEqual([expect.stringContaining('AIDABROKEN')]);
    expect((await ask(world, { cursor: first.next })).problems).toEqual([]);
  });
});

/** A cancelled rotation with a reason of some megabytes. */
function hugeRecord(userId: string, keyId: string) {
  return {
    userId,
    userName: 'alice',
    userArn: 'arn:aws:iam::123456789012:user/alice',
    address: 'alice@example.com',
    rotationId: 'r',
    version: 1,
    startedAtMs: 1,
    leaseUntilMs: 0,
    failures: 0,
    oldKeyId: keyId,
    oldKeyCreatedAtMs: 1,
    parameterName: '/ikr/secret/iam/alice',
    newKeyId: 'AKIANEW',
    newKeyCreatedAtMs: 1,
    sealed: 'x',
    instructions: '',
    deleteOnMs: 1,
    state: 'CANCELLED',
    cancelledAtMs: 1,
    reason: 'x'.repeat(4_499_000),
  };
}
