import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import {
  addUser,
  idleRun,
  type NewKey,
  startTestWorld,
  TABLE,
  type TestWorld,
  type User,
} from './invariants-world.ts';

let world: TestWorld;
let alice: User;

async function begin(options: Parameters<typeof startTestWorld>[0] = {}): Promise<void> {
  world = await startTestWorld(options);
  alice = addUser(world.account, 'alice');
  await world.observer.observe();
}

beforeEach(() => begin());
afterEach(() => world.close());

/** Takes a step as the program or a person, and looks. */
async function step(work: () => unknown): Promise<void> {
  await work();
  await world.observer.observe();
}

/** Starts again with other options. */
async function restart(options: Parameters<typeof startTestWorld>[0]): Promise<void> {
  await world.close();
  await begin(options);
}

describe('a rotation by the book', () => {
  it('violates nothing, and is looked at in every way', async () => {
    const { account, program, checker } = world;
    let newKeyId = '';
    await step(async () => {
      newKeyId = (await program.deliver(alice)).id;
    });
    await idleRun(world, 0);
    await step(() => account.hands.useKey(newKeyId));
    account.clock.advance(7 * DAY_MS + HOUR_MS);
    await step(() => program.delete(alice, alice.oldKeyId));
    await step(() => program.record(alice, 'CLOSED', { newKeyId }));
    await idleRun(world, 30);

    expect(checker.violations).toEqual([]);
    expect(checker.checked[1]).toBeGreaterThan(5);
    expect(checker.checked[4]).toBe(3);
    expect(checker.checked[5]).toBeGreaterThan(0);
  });

  it('knows a key that is mailed in plaintext as handed over', async () => {
    await restart({ encryptKeyPair: false });
    const { account, program } = world;
    const key = await program.create(alice);
    program.mailText(
      alice.address,
      `aws_access_key_id = ${key.id}\naws_secret_access_key = ${key.secret}`,
    );
    const deleteOnMs = account.clock.nowMs() + 7 * DAY_MS;
    await step(() => program.record(alice, 'SCHEDULED', { newKeyId: key.id, deleteOnMs }));
    await step(() => account.hands.useKey(key.id));
    account.clock.advance(8 * DAY_MS);
    await step(() => program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([]);
  });
});

describe('invariant 1, nobody is locked out', () => {
  it("sees the program delete a user's only key", async () => {
    await step(() => world.program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([1, 4]);
    expect(world.checker.violations).toContainEqual({
      invariant: 1,
      atMs: expect.any(Number),
      userName: 'alice',
      what: expect.stringContaining('alice was locked out'),
    });
  });

  it("sees the program deactivate a user's only key", async () => {
    await step(() => world.program.setStatus(alice, alice.oldKeyId, 'Inactive'));
    expect(world.violated()).toEqual([1, 4]);
  });

  it('lets a person do the same', async () => {
    await step(() => world.account.hands.deleteKey(alice.oldKeyId));
    expect(world.violated()).toEqual([]);
  });

  it('lets a person delete the user', async () => {
    await step(() => world.account.hands.deleteUser('alice'));
    await idleRun(world, 1);
    expect(world.violated()).toEqual([]);
  });

  it('sees an old key go before its successor was used', async () => {
    await step(() => world.program.deliver(alice));
    world.account.clock.advance(8 * DAY_MS);
    await step(() => world.program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([1]);
  });

  it('lets it go where that is not required', async () => {
    await restart({ requireNewKeyUsed: false });
    await step(() => world.program.deliver(alice));
    world.account.clock.advance(8 * DAY_MS);
    await step(() => world.program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([]);
  });

  it.each([
    ['is not mailed', async () => {}],
    [
      'is mailed to somebody else',
      async (key: NewKey) => {
        const contentKey = await world.program.putContentKey(alice);
        await world.program.mail(alice, key, contentKey, 'mallory@example.com');
      },
    ],
    [
      'is mailed with a wrong secret',
      async ({ id }: NewKey) => {
        const contentKey = await world.program.putContentKey(alice);
        await world.program.mail(alice, { id, secret: 'no such secret' }, contentKey);
      },
    ],
    [
      'is sealed with another key than the one in SSM',
      async (key: NewKey) => {
        const lost = await world.program.putContentKey(alice);
        await world.program.putContentKey(alice);
        await world.program.mail(alice, key, lost);
      },
    ],
  ])('sees the old key go when the new one %s', async (_, deliver) => {
    const { account, program } = world;
    const key = await program.create(alice);
    await deliver(key);
    const deleteOnMs = account.clock.nowMs() + 7 * DAY_MS;
    await step(() => program.record(alice, 'SCHEDULED', { newKeyId: key.id, deleteOnMs }));
    account.clock.advance(8 * DAY_MS);
    await step(() => program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toContain(1);
    expect(world.checker.violations.map(({ what }) => what).join()).toContain(
      'was never handed over',
    );
  });

  it('sees the content key of an unopened mail go', async () => {
    await step(() => world.program.deliver(alice));
    await step(() => world.program.removeContentKey(alice));
    expect(world.violated()).toEqual([1]);
  });

  it('lets a person remove it', async () => {
    await step(() => world.program.deliver(alice));
    await step(() => world.account.hands.deleteParameter('/ikr/secret/iam/alice'));
    expect(world.violated()).toEqual([]);
  });
});

describe('invariant 2, a key that nobody got goes', () => {
  it('sees one that is still there after a whole run', async () => {
    await step(() => world.program.create(alice));
    await idleRun(world, 1);
    expect(world.violated()).toEqual([2]);
  });

  it('does not ask for it while another run may be at work', async () => {
    await step(() => world.program.create(alice));
    await idleRun(world, 0);
    expect(world.violated()).toEqual([]);
  });

  it('does not ask for it when AWS fails', async () => {
    const { account, program, observer } = world;
    await step(() => program.create(alice));
    account.clock.advance(DAY_MS);
    const completedRunSinceMs = account.clock.nowMs();
    account.faults.add({ match: { service: 'iam' }, kind: 'throttle' });
    await program.create(alice).catch(() => undefined);
    await observer.observe({ completedRunSinceMs });
    expect(world.violated()).toEqual([]);
  });

  it('lets the program take it back', async () => {
    const { program } = world;
    await step(async () => program.delete(alice, (await program.create(alice)).id));
    await idleRun(world, 1);
    expect(world.violated()).toEqual([]);
  });

  it('sees one in delivery that still works after a week', async () => {
    const { program } = world;
    await step(async () => {
      const { id } = await program.create(alice);
      await program.record(alice, 'DELIVERING', { newKeyId: id });
    });
    await idleRun(world, 6);
    expect(world.violated()).toEqual([]);
    await idleRun(world, 1);
    expect(world.violated()).toEqual([2]);
  });

  it('lets it be inactive for a week, and no longer', async () => {
    const { account, program } = world;
    const { id } = await program.create(alice);
    await step(() => program.record(alice, 'DELIVERING', { newKeyId: id }));
    account.clock.advance(7 * DAY_MS);
    await step(() => program.setStatus(alice, id, 'Inactive'));
    const newKeyDeactivatedAtMs = account.clock.nowMs();
    await step(() => program.record(alice, 'DELIVERING', { newKeyId: id, newKeyDeactivatedAtMs }));
    await idleRun(world, 6);
    expect(world.violated()).toEqual([]);
    await idleRun(world, 1);
    expect(world.violated()).toEqual([2]);
  });
});

describe('invariant 3, an old key goes in time', () => {
  let newKeyId = '';

  it('sees one that is overdue although its successor is in use', async () => {
    await step(async () => world.account.hands.useKey((await world.program.deliver(alice)).id));
    await idleRun(world, 7);
    expect(world.violated()).toEqual([]);
    await idleRun(world, 1);
    expect(world.violated()).toEqual([3]);
  });

  it('sees one that works beyond the age limit', async () => {
    await step(() => world.program.deliver(alice));
    await idleRun(world, 8);
    expect(world.violated()).toEqual([]);
    await idleRun(world, 1);
    expect(world.violated()).toEqual([3]);
  });

  it('wants a stage to be done, and then a day more', async () => {
    const { account, program } = world;
    const deactivateOnMs = account.clock.nowMs() + 4 * DAY_MS;
    const { id } = await program.deliver(alice, { deactivateOnMs });
    await step(() => account.hands.useKey(id));
    account.clock.advance(8 * DAY_MS);
    await step(() => program.setStatus(alice, alice.oldKeyId, 'Inactive'));
    await idleRun(world, 0);
    expect(world.violated()).toEqual([]);
  });

  it.each([
    ['after a veto', () => world.program.record(alice, 'CANCELLED', {})],
    ['while the new key is inactive', () => world.account.hands.deactivate(newKeyId)],
    ['when the new key is gone', () => world.account.hands.deleteKey(newKeyId)],
  ])('asks for nothing %s', async (_, change) => {
    await step(async () => {
      newKeyId = (await world.program.deliver(alice)).id;
      world.account.hands.useKey(newKeyId);
    });
    await step(change);
    await idleRun(world, 20);
    expect(world.violated()).toEqual([]);
  });
});

describe('invariant 4, only what was scheduled, and no veto is broken', () => {
  it('sees a key go before its date', async () => {
    await step(async () => world.account.hands.useKey((await world.program.deliver(alice)).id));
    world.account.clock.advance(6 * DAY_MS);
    await step(() => world.program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([4]);
  });

  it('sees a key deactivated that has no such stage and is young', async () => {
    await step(async () => world.account.hands.useKey((await world.program.deliver(alice)).id));
    world.account.clock.advance(8 * DAY_MS);
    await step(() => world.program.setStatus(alice, alice.oldKeyId, 'Inactive'));
    expect(world.violated()).toEqual([4]);
  });

  it("sees a user's only active key go", async () => {
    const { account, program, checker } = world;
    const { id } = await program.deliver(alice);
    await step(() => account.hands.useKey(id));
    await step(() => account.hands.deactivate(id));
    account.clock.advance(8 * DAY_MS);
    await step(() => program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([1, 4]);
    expect(JSON.stringify(checker.violations)).toContain('only active key');
  });

  it("sees a person's own key go", async () => {
    const own = world.account.hands.createKey('alice').accessKeyId;
    await step(() => world.program.delete(alice, own));
    expect(world.violated()).toContain(4);
  });

  it('sees a new key go that its owner has', async () => {
    const { program } = world;
    let id = '';
    await step(async () => {
      id = (await program.deliver(alice)).id;
    });
    await step(() => program.delete(alice, id));
    expect(world.violated()).toContain(4);
  });

  it('sees a key activated that a person had deactivated', async () => {
    const { account, program } = world;
    await step(() => account.hands.deactivate(alice.oldKeyId));
    await step(() => program.setStatus(alice, alice.oldKeyId, 'Active'));
    expect(world.violated()).toEqual([4]);
  });

  it('sees a key go although a person removed its timer', async () => {
    const { account, program } = world;
    const timer = { user: { S: alice.userId }, ak: { S: alice.oldKeyId } };
    await step(async () => {
      account.hands.useKey((await program.deliver(alice)).id);
      await account.hands.putItem(TABLE, { ...timer, delete_on: { N: '1' } });
    });
    await step(() => account.hands.deleteItem(TABLE, timer));
    account.clock.advance(8 * DAY_MS);
    await step(() => program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([4]);
  });

  it('lets it go when the TTL service removed the timer', async () => {
    const { account, program } = world;
    await step(async () => {
      account.hands.useKey((await program.deliver(alice)).id);
      await account.hands.putItem(TABLE, {
        user: { S: alice.userId },
        ak: { S: alice.oldKeyId },
        delete_on: { N: '1' },
      });
    });
    account.clock.advance(8 * DAY_MS);
    await step(() => account.expire(TABLE));
    await step(() => program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([]);
  });

  it('sees a key go that a person had activated again', async () => {
    const { account, program } = world;
    const { id: newKeyId } = await program.deliver(alice);
    await step(() => account.hands.useKey(newKeyId));
    account.clock.advance(10 * DAY_MS);
    await step(() => program.setStatus(alice, alice.oldKeyId, 'Inactive'));
    const deleteOnMs = account.clock.nowMs();
    await step(() => program.record(alice, 'DEACTIVATED', { newKeyId, deleteOnMs }));
    expect(world.violated()).toEqual([]);
    await step(() => account.hands.activate(alice.oldKeyId));
    account.clock.advance(DAY_MS);
    await step(() => program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([4]);
  });

  it.each(['reset-after', 'error500-after'] as const)(
    'knows whose deletion it was when the answer is lost (%s)',
    async (kind) => {
      const { account, program } = world;
      account.faults.add({ match: { service: 'iam', action: 'DeleteAccessKey' }, kind });
      await step(() => program.delete(alice, alice.oldKeyId).catch(() => undefined));
      expect(world.violated()).toEqual([1, 4]);
    },
  );

  it('blames nobody for a deletion that a person did after the program had failed', async () => {
    const { account, program } = world;
    account.faults.add({
      match: { service: 'iam', action: 'DeleteAccessKey' },
      kind: 'reset-before',
    });
    await program.delete(alice, alice.oldKeyId).catch(() => undefined);
    await step(() => account.hands.deleteKey(alice.oldKeyId));
    expect(world.violated()).toEqual([]);
  });
});

describe('invariant 5, no secret is told', () => {
  const encodings: [string, (secret: string) => string][] = [
    ['as it is', (secret) => secret],
    ['in JSON', (secret) => JSON.stringify({ secret }).replaceAll('/', '\\/')],
    ['in base64', (secret) => Buffer.from(secret).toString('base64')],
    ['in base64url', (secret) => Buffer.from(`x${secret}`).toString('base64url')],
    [
      'in base64 with something before it',
      (secret) => Buffer.from(`{"a":${secret}`).toString('base64'),
    ],
    ['in hex', (secret) => Buffer.from(secret).toString('hex')],
    ['in a URL', (secret) => encodeURIComponent(secret)],
    ['in half', (secret) => secret.slice(0, 20)],
  ];

  it.each(encodings)('sees a secret access key %s in a log', async (_, encode) => {
    // The first secret that has a slash: encodings differ there.
    for (let n = 0; !(await secretOf(alice)).includes('/'); n++)
      alice = addUser(world.account, `a${n}`);
    await world.observer.observe({ output: [`{"message":"${encode(await secretOf(alice))}"}`] });
    expect(world.violated()).toEqual([5]);
    expect(JSON.stringify(world.checker.violations)).not.toContain(await secretOf(alice));
  });

  it('sees a content key in an error', async () => {
    const contentKey = await world.program.putContentKey(alice);
    await world.observer.observe({ output: [`Error: bad key ${contentKey.reveal()}`] });
    expect(world.violated()).toEqual([5]);
  });

  it('sees the password of the mail server in a log', async () => {
    world.account.hands.putParameter('/mail/password', 'correct horse');
    await world.observer.observe({ output: ['login with correct horse failed'] });
    expect(world.violated()).toEqual([5]);
  });

  it('sees a secret in the table, even when it is gone again', async () => {
    const { hands } = world.account;
    const key = { user: { S: alice.userId }, ak: { S: 'note' } };
    await hands.putItem(TABLE, { ...key, pair: { M: { s: { S: await secretOf(alice) } } } });
    await step(() => hands.deleteItem(TABLE, key));
    expect(world.violated()).toEqual([5]);
  });

  it('sees a secret in a mail that should be sealed', async () => {
    const { program } = world;
    program.mailText(alice.address, `aws_secret_access_key = ${await secretOf(alice)}`);
    await world.observer.observe();
    expect(world.violated()).toEqual([5]);
  });

  it('finds nothing in what says nothing', async () => {
    const contentKey = await world.program.putContentKey(alice);
    const key = await world.program.create(alice);
    await world.program.mail(alice, key, contentKey);
    await world.observer.observe({ output: [alice.oldKeyId, 'AWS4-HMAC-SHA256', key.id] });
    expect(world.violated()).toEqual([]);
    expect(world.checker.checked[5]).toBeGreaterThanOrEqual(4);
  });

  async function secretOf({ userId }: User): Promise<string> {
    const user = world.account.hands.users().find((candidate) => candidate.userId === userId);
    return user?.keys[0]?.secretAccessKey ?? '';
  }
});

describe('invariant 6, a second run changes nothing', () => {
  it('sees two keys made for one user', async () => {
    const { program, observer } = world;
    const { id } = await program.create(alice);
    await program.delete(alice, id);
    await program.create(alice);
    await observer.observe({ twice: true });
    expect(world.violated()).toEqual([6]);
  });

  it('sees one key mailed twice', async () => {
    const { program, observer } = world;
    const contentKey = await program.putContentKey(alice);
    const key = await program.create(alice);
    await program.mail(alice, key, contentKey);
    await program.mail(alice, key, contentKey);
    await observer.observe({ twice: true });
    expect(world.violated()).toEqual([6]);
  });

  it('accepts one rotation', async () => {
    await world.program.deliver(alice);
    await world.observer.observe({ twice: true });
    expect(world.violated()).toEqual([]);
    expect(world.checker.checked[6]).toBe(2);
  });
});

describe('a violation', () => {
  it('is told once, however long it lasts', async () => {
    await step(() => world.program.create(alice));
    await idleRun(world, 1);
    await idleRun(world, 1);
    expect(world.checker.violations).toHaveLength(1);
  });

  it('is also seen when the log of calls was cleared in between', async () => {
    world.account.calls.reset();
    await step(() => world.program.delete(alice, alice.oldKeyId));
    expect(world.violated()).toEqual([1, 4]);
  });
});
