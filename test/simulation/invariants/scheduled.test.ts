import { describe, expect, it } from '@jest/globals';
import { timerKey, toWire } from '../../../simulation/scenario/table-items.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { setUp, TABLE } from './invariants-world.ts';

const test = setUp();

describe('invariant 4, only what was scheduled, and no veto is broken', () => {
  it('sees a key go before its date', async () => {
    await test.step(async () =>
      test.world.account.userActions.useKey((await test.world.program.deliver(test.alice)).id),
    );
    test.world.account.clock.advance(6 * DAY_MS);
    await test.step(() => test.world.program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([4]);
  });

  it('sees a key deactivated that has no such stage and is young', async () => {
    await test.step(async () =>
      test.world.account.userActions.useKey((await test.world.program.deliver(test.alice)).id),
    );
    test.world.account.clock.advance(8 * DAY_MS);
    await test.step(() =>
      test.world.program.setStatus(test.alice, test.alice.oldKeyId, 'Inactive'),
    );
    expect(test.world.violated()).toEqual([4]);
  });

  it("sees a user's only active key go", async () => {
    const { account, program, checker } = test.world;
    const { id } = await program.deliver(test.alice);
    await test.step(() => account.userActions.useKey(id));
    await test.step(() => account.userActions.deactivate(id));
    account.clock.advance(8 * DAY_MS);
    await test.step(() => program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([1, 4]);
    expect(JSON.stringify(checker.violations)).toContain('only active key');
  });

  it("sees a person's own key go", async () => {
    const own = test.world.account.userActions.createKey('alice').accessKeyId;
    await test.step(() => test.world.program.delete(test.alice, own));
    expect(test.world.violated()).toContain(4);
  });

  it('sees a new key go that its owner has', async () => {
    const { program } = test.world;
    let id = '';
    await test.step(async () => {
      id = (await program.deliver(test.alice)).id;
    });
    await test.step(() => program.delete(test.alice, id));
    expect(test.world.violated()).toContain(4);
  });

  it('sees a key activated that a person had deactivated', async () => {
    const { account, program } = test.world;
    await test.step(() => account.userActions.deactivate(test.alice.oldKeyId));
    await test.step(() => program.setStatus(test.alice, test.alice.oldKeyId, 'Active'));
    expect(test.world.violated()).toEqual([4]);
  });

  it('sees a key go although a person removed its timer', async () => {
    const { account, program } = test.world;
    const timer = toWire({
      ...timerKey(test.world.account.accountId, test.alice.userId, test.alice.oldKeyId),
    });
    await test.step(async () => {
      account.userActions.useKey((await program.deliver(test.alice)).id);
      await account.userActions.putItem(TABLE, { ...timer, delete_on: { N: '1' } });
    });
    await test.step(() => account.userActions.deleteItem(TABLE, timer));
    account.clock.advance(8 * DAY_MS);
    await test.step(() => program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([4]);
  });

  it('lets it go when the TTL service removed the timer', async () => {
    const { account, program } = test.world;
    await test.step(async () => {
      account.userActions.useKey((await program.deliver(test.alice)).id);
      await account.userActions.putItem(TABLE, {
        ...toWire({ ...timerKey(account.accountId, test.alice.userId, test.alice.oldKeyId) }),
        delete_on: { N: '1' },
      });
    });
    account.clock.advance(8 * DAY_MS);
    await test.step(() => account.expire(TABLE));
    await test.step(() => program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([]);
  });

  it('sees a key go that a person had activated again', async () => {
    const { account, program } = test.world;
    const { id: newKeyId } = await program.deliver(test.alice);
    await test.step(() => account.userActions.useKey(newKeyId));
    account.clock.advance(10 * DAY_MS);
    await test.step(() => program.setStatus(test.alice, test.alice.oldKeyId, 'Inactive'));
    const deleteOnMs = account.clock.nowMs();
    await test.step(() => program.record(test.alice, 'DEACTIVATED', { newKeyId, deleteOnMs }));
    expect(test.world.violated()).toEqual([]);
    await test.step(() => account.userActions.activate(test.alice.oldKeyId));
    account.clock.advance(DAY_MS);
    await test.step(() => program.delete(test.alice, test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([4]);
  });

  it.each(['reset-after', 'error500-after'] as const)(
    'knows whose deletion it was when the answer is lost (%s)',
    async (kind) => {
      const { account, program } = test.world;
      account.faults.add({ match: { service: 'iam', action: 'DeleteAccessKey' }, kind });
      await test.step(() => program.delete(test.alice, test.alice.oldKeyId).catch(() => undefined));
      expect(test.world.violated()).toEqual([1, 4]);
    },
  );

  it('blames nobody for a deletion that a person did after the program had failed', async () => {
    const { account, program } = test.world;
    account.faults.add({
      match: { service: 'iam', action: 'DeleteAccessKey' },
      kind: 'reset-before',
    });
    await program.delete(test.alice, test.alice.oldKeyId).catch(() => undefined);
    await test.step(() => account.userActions.deleteKey(test.alice.oldKeyId));
    expect(test.world.violated()).toEqual([]);
  });
});
