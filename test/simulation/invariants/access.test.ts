import { describe, expect, it } from '@jest/globals';
import { DAY_MS } from '../../../src/domain/time.ts';
import { idleRun, type NewKey, parameterOf, setUp } from './invariants-world.ts';

const test = setUp();

describe('invariant 1, nobody is locked out', () => {
  it("sees the program delete a user's only key", async () => {
    await test.step(() => test.world.program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([1, 4]);
    expect(test.world.checker.violations).toContainEqual({
      invariant: 1,
      atMs: expect.any(Number),
      userName: 'alice',
      what: expect.stringContaining('alice was locked out'),
    });
  });

  it("sees the program deactivate a user's only key", async () => {
    await test.step(() =>
      test.world.program.setStatus(test.alice, test.alice.oldKeyId, 'Inactive'),
    );
    expect(test.world.violated()).toEqual([1, 4]);
  });

  it('lets a person do the same', async () => {
    await test.step(() => test.world.account.userActions.deleteKey(test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([]);
  });

  it('lets a person delete the user', async () => {
    await test.step(() => test.world.account.userActions.deleteUser('alice'));
    await idleRun(test.world, 1);
    expect(test.world.violated()).toEqual([]);
  });

  it('sees an old key go before its successor was used', async () => {
    await test.step(() => test.world.program.deliver(test.alice));
    test.world.account.clock.advance(8 * DAY_MS);
    await test.step(() => test.world.program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([1]);
  });

  it('lets it go where that is not required', async () => {
    await test.restart({ requireNewKeyUsed: false });
    await test.step(() => test.world.program.deliver(test.alice));
    test.world.account.clock.advance(8 * DAY_MS);
    await test.step(() => test.world.program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([]);
  });

  it.each([
    ['is not mailed', async () => {}],
    [
      'is mailed to somebody else',
      async (key: NewKey) => {
        const contentKey = await test.world.program.putContentKey(test.alice);
        await test.world.program.mail(test.alice, key, contentKey, 'mallory@example.com');
      },
    ],
    [
      'is mailed with a wrong secret',
      async ({ id }: NewKey) => {
        const contentKey = await test.world.program.putContentKey(test.alice);
        await test.world.program.mail(test.alice, { id, secret: 'no such secret' }, contentKey);
      },
    ],
    [
      'is sealed with another key than the one in SSM',
      async (key: NewKey) => {
        const lost = await test.world.program.putContentKey(test.alice);
        await test.world.program.putContentKey(test.alice);
        await test.world.program.mail(test.alice, key, lost);
      },
    ],
  ])('sees the old key go when the new one %s', async (_, deliver) => {
    const { account, program } = test.world;
    const key = await program.create(test.alice);
    await deliver(key);
    const deleteOnMs = account.clock.nowMs() + 7 * DAY_MS;
    await test.step(() =>
      program.record(test.alice, 'SCHEDULED', { newKeyId: key.id, deleteOnMs }),
    );
    account.clock.advance(8 * DAY_MS);
    await test.step(() => program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toContain(1);
    expect(test.world.checker.violations.map(({ what }) => what).join()).toContain(
      'was never handed over',
    );
  });

  it('sees a mail that promises less notice than the settings allow', async () => {
    await test.restart({ deleteAfterDays: 8 });
    const { account, program } = test.world;
    const contentKey = await program.putContentKey(test.alice);
    const key = await program.create(test.alice);
    const deleteOnMs = account.clock.nowMs() + 7 * DAY_MS;
    await program.record(test.alice, 'DELIVERING', { newKeyId: key.id, deleteOnMs });
    // The record must be older than the mail.
    account.clock.advance(1);
    await test.step(() => program.mail(test.alice, key, contentKey));
    expect(test.world.violated()).toEqual([1]);
  });

  it('sees the content key of an unopened mail go', async () => {
    await test.step(() => test.world.program.deliver(test.alice));
    await test.step(() => test.world.program.removeContentKey(test.alice));
    expect(test.world.violated()).toEqual([1]);
  });

  it('lets a person remove it', async () => {
    await test.step(() => test.world.program.deliver(test.alice));
    await test.step(() => test.world.account.userActions.deleteParameter(parameterOf(test.alice)));
    expect(test.world.violated()).toEqual([]);
  });
});
