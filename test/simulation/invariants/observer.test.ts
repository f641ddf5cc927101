import { describe, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { idleRun, setUp } from './invariants-world.ts';

const test = setUp();

describe('a rotation by the book', () => {
  it('violates nothing, and is looked at in every way', async () => {
    const { account, program, checker } = test.world;
    let newKeyId = '';
    await test.step(async () => {
      newKeyId = (await program.deliver(test.alice)).id;
    });
    await idleRun(test.world, 0);
    await test.step(() => account.userActions.useKey(newKeyId));
    account.clock.advance(7 * DAY_MS + HOUR_MS);
    await test.step(() => program.delete(test.alice, test.alice.oldKeyId));
    await test.step(() => program.record(test.alice, 'CLOSED', { newKeyId }));
    await idleRun(test.world, 30);

    expect(checker.violations).toEqual([]);
    expect(checker.checked[1]).toBeGreaterThan(5);
    expect(checker.checked[4]).toBe(3);
    expect(checker.checked[5]).toBeGreaterThan(0);
  });

  it('knows a key that is mailed in plaintext as handed over', async () => {
    await test.restart({ encryptKeyPair: false });
    const { account, program } = test.world;
    const key = await program.create(test.alice);
    program.mailText(
      test.alice.address,
      `aws_access_key_id = ${key.id}\naws_secret_access_key = ${key.secret}`,
    );
    const deleteOnMs = account.clock.nowMs() + 7 * DAY_MS;
    await test.step(() =>
      program.record(test.alice, 'SCHEDULED', { newKeyId: key.id, deleteOnMs }),
    );
    await test.step(() => account.userActions.useKey(key.id));
    account.clock.advance(8 * DAY_MS);
    await test.step(() => program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([]);
  });
});

describe('invariant 6, a second run changes nothing', () => {
  it('sees two keys made for one user', async () => {
    const { program, observer } = test.world;
    const { id } = await program.create(test.alice);
    await program.delete(test.alice, id);
    await program.create(test.alice);
    await observer.observe({ twice: true });
    expect(test.world.violated()).toEqual([6]);
  });

  it('sees one key mailed twice', async () => {
    const { program, observer } = test.world;
    const contentKey = await program.putContentKey(test.alice);
    const key = await program.create(test.alice);
    await program.mail(test.alice, key, contentKey);
    await program.mail(test.alice, key, contentKey);
    await observer.observe({ twice: true });
    expect(test.world.violated()).toEqual([6]);
  });

  it('accepts one rotation', async () => {
    await test.world.program.deliver(test.alice);
    await test.world.observer.observe({ twice: true });
    expect(test.world.violated()).toEqual([]);
    expect(test.world.checker.checked[6]).toBe(2);
  });
});

describe('a violation', () => {
  it('is told once, however long it lasts', async () => {
    await test.step(() => test.world.program.create(test.alice));
    await idleRun(test.world, 1);
    await idleRun(test.world, 1);
    expect(test.world.checker.violations).toHaveLength(1);
  });

  it('is also seen when the log of calls was cleared in between', async () => {
    test.world.account.calls.reset();
    await test.step(() => test.world.program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([1, 4]);
  });
});
