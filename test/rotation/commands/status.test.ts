import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ID } from '../../../simulation/memory/iam.ts';
import {
  cancelled,
  deactivated,
  delivering,
  type Scene,
  scheduled,
  started,
  withdrawing,
} from '../../../simulation/memory/states.ts';
import { createWorld, type World } from '../../../simulation/memory/world.ts';
import { timerKey } from '../../../src/aws/items.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
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
      next: { code: 'close', text: 'rotation closed by the next run' },
      warnings: [{ code: 'user-gone' }],
      rotation: { state: 'SCHEDULED', oldKeyId, newKeyId, newKeyUsed: false },
    });
    expect(bob).toMatchObject({ userName: 'bob', next: { code: 'not-due' }, warnings: [] });
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
    const { world, userId } = await scheduled();
    for (let at = 0; at < 60; at++) world.hire(`user-${at}`);
    // Tags are bounded; a record that somebody has changed by hand is not.
    const record = world.recordIn(userId, 'SCHEDULED');
    const address = 'x'.repeat(4_499_000);
    world.putRecord({ ...record, target: { ...record.target, address } });

    const page = await ask(world);

    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(6_000_000);
    expect(page.next).toBeDefined();
    const rest = await ask(world, { cursor: page.next });
    expect(page.users.length + rest.users.length).toBe(61);
  });

  it('tells of items that can not be read, once', async () => {
    const world = createWorld();
    for (let at = 0; at < 501; at++) world.hire(`user-${at}`, { keyAgeDays: 1 });
    world.putRecord({ userId: 'AIDABROKEN', state: 'LOST' });

    const first = await ask(world);
    expect(first.problems).toEqual([expect.stringContaining('AIDABROKEN')]);
    expect((await ask(world, { cursor: first.next })).problems).toEqual([]);
  });
});

const day = (world: World, days: number) =>
  new Date(world.clock.nowMs() + days * DAY_MS).toISOString();

describe('what happens next', () => {
  const aliceIn = async ({ world }: Scene) => (await ask(world, { user: 'alice' })).users[0];

  it('is the deletion of the old key, on the day of which its owner was told', async () => {
    const scene = await scheduled();
    expect(await aliceIn(scene)).toMatchObject({
      next: { code: 'waits-for-deletion', text: 'old key deleted' },
      at: day(scene.world, 7),
      warnings: [],
    });
  });

  it('is its deactivation where that is a stage, and then its deletion', async () => {
    const policy = { deactivateAfterDays: 3 };
    const scene = await scheduled({ settings: { policy } });
    expect(await aliceIn(scene)).toMatchObject({
      next: { code: 'waits-for-deactivation', text: 'old key deactivated' },
      at: day(scene.world, 3),
    });
    const later = await deactivated();
    expect(await aliceIn(later)).toMatchObject({
      next: { text: 'old key deleted' },
      at: day(later.world, 4),
      warnings: [],
    });
  });

  it('is a reminder when the day has come and the new key was never used', async () => {
    const scene = await scheduled();
    scene.world.clock.advance(8 * DAY_MS);
    expect(await aliceIn(scene)).toMatchObject({
      next: { code: 'remind' },
      warnings: [{ code: 'new-key-unused' }],
    });
  });

  it('is the replacement of a key, by the next run or on its day', async () => {
    const world = createWorld();
    world.hire('alice', { keyAgeDays: 12 });
    world.hire('bob', { keyAgeDays: 80 });
    const { users } = await ask(world);
    expect(users).toMatchObject([
      { next: { code: 'not-due', text: 'replaced' }, at: day(world, 68), warnings: [] },
      { next: { code: 'begin', text: 'replaced by the next run' }, at: day(world, 0) },
    ]);
  });

  it('is not that the next run sees a user for the first time', async () => {
    const world = createWorld();
    const { userId } = world.hire('alice', { keyAgeDays: 12 });
    world.createKey(userId);
    world.hire('bob', { keyAgeDays: 12 });

    const { users } = await ask(world, { users: ['alice', 'bob'] });

    expect(users).toMatchObject([
      { next: { code: 'two-keys' }, warnings: [{ code: 'two-keys' }] },
      { next: { code: 'not-due' }, at: day(world, 68), warnings: [] },
    ]);
  });

  it.each<[string, () => Promise<Scene>, object]>([
    ['STARTED', started, { rotation: { state: 'STARTED' } }],
    ['DELIVERING', delivering, { rotation: { state: 'DELIVERING' } }],
    [
      'WITHDRAWING',
      withdrawing,
      { next: { code: 'delete-new-key' }, rotation: { state: 'WITHDRAWING' } },
    ],
    [
      'CANCELLED',
      cancelled,
      {
        next: { code: 'cancelled-waits', text: 'nothing until a key is deleted' },
        warnings: [{ code: 'cancelled-waits' }],
      },
    ],
  ])('is told in every state: %s', async (_, stage, told) => {
    const row = await aliceIn(await stage());
    expect(row).toMatchObject(told);
    expect(row?.next.text).not.toBe('');
  });

  it.each<[string, (scene: Scene) => void, string]>([
    [
      'a lease',
      ({ world, userId }) => {
        world.putRecord({ ...world.record(userId), leaseUntilMs: world.clock.nowMs() + 60_000 });
      },
      'leased',
    ],
    [
      'an opt-in that is gone',
      ({ world, userId }) => void world.iam.retag(userId, { Team: 'red' }),
      'unmanaged',
    ],
    [
      'tags that are wrong',
      ({ world, userId }) => void world.iam.retag(userId, { 'IKR:EMAIL': '?' }),
      'invalid-tags',
    ],
    [
      'a timer that is missing',
      ({ world, userId, oldKeyId }) =>
        void world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId)),
      'timer-missing',
    ],
    [
      'a user who does not exist any more',
      ({ world, userId }) => void world.iam.deleteUser(userId),
      'user-gone',
    ],
  ])('is told with a warning about %s', async (_, change, code) => {
    const scene = await scheduled();
    change(scene);
    expect((await aliceIn(scene))?.warnings.map((warning) => warning.code)).toContain(code);
  });
});
