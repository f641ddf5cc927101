import { describe, expect, it } from '@jest/globals';
import { DAY_MS } from '../../../src/domain/time.ts';
import { idleRun, setUp } from './invariants-world.ts';

const test = setUp();

describe('invariant 2, a key that nobody got goes', () => {
  it('sees one that is still there after a whole run', async () => {
    await test.step(() => test.world.program.create(test.alice));
    await idleRun(test.world, 1);
    expect(test.world.violated()).toEqual([2]);
  });

  it('does not ask for it while another run may be at work', async () => {
    await test.step(() => test.world.program.create(test.alice));
    await idleRun(test.world, 0);
    expect(test.world.violated()).toEqual([]);
  });

  it('does not ask for it when AWS fails', async () => {
    const { account, program, observer } = test.world;
    await test.step(() => program.create(test.alice));
    account.clock.advance(DAY_MS);
    const completedRunSinceMs = account.clock.nowMs();
    account.faults.add({ match: { service: 'iam' }, kind: 'throttle' });
    await program.create(test.alice).catch(() => undefined);
    await observer.observe({ completedRunSinceMs });
    expect(test.world.violated()).toEqual([]);
  });

  it('lets the program take it back', async () => {
    const { program } = test.world;
    await test.step(async () => program.delete(test.alice, (await program.create(test.alice)).id));
    await idleRun(test.world, 1);
    expect(test.world.violated()).toEqual([]);
  });

  it('sees one in delivery that still works after a week', async () => {
    const { program } = test.world;
    await test.step(async () => {
      const { id } = await program.create(test.alice);
      await program.record(test.alice, 'DELIVERING', { newKeyId: id });
    });
    await idleRun(test.world, 6);
    expect(test.world.violated()).toEqual([]);
    await idleRun(test.world, 1);
    expect(test.world.violated()).toEqual([2]);
  });

  it('lets it be inactive for a week, and no longer', async () => {
    const { account, program } = test.world;
    const { id } = await program.create(test.alice);
    await test.step(() => program.record(test.alice, 'DELIVERING', { newKeyId: id }));
    account.clock.advance(7 * DAY_MS);
    await test.step(() => program.setStatus(test.alice, id, 'Inactive'));
    const newKeyDeactivatedAtMs = account.clock.nowMs();
    await test.step(() =>
      program.record(test.alice, 'DELIVERING', { newKeyId: id, newKeyDeactivatedAtMs }),
    );
    await idleRun(test.world, 6);
    expect(test.world.violated()).toEqual([]);
    await idleRun(test.world, 1);
    expect(test.world.violated()).toEqual([2]);
  });
});

describe('invariant 3, an old key goes in time', () => {
  let newKeyId = '';

  it('sees one that is overdue although its successor is in use', async () => {
    await test.step(async () =>
      test.world.account.userActions.useKey((await test.world.program.deliver(test.alice)).id),
    );
    await idleRun(test.world, 7);
    expect(test.world.violated()).toEqual([]);
    await idleRun(test.world, 1);
    expect(test.world.violated()).toEqual([3]);
  });

  it('sees one that works beyond the age limit', async () => {
    await test.step(() => test.world.program.deliver(test.alice));
    await idleRun(test.world, 8);
    expect(test.world.violated()).toEqual([]);
    await idleRun(test.world, 1);
    expect(test.world.violated()).toEqual([3]);
  });

  it('wants a stage to be done, and then a day more', async () => {
    const { account, program } = test.world;
    const deactivateOnMs = account.clock.nowMs() + 4 * DAY_MS;
    const { id } = await program.deliver(test.alice, { deactivateOnMs });
    await test.step(() => account.userActions.useKey(id));
    account.clock.advance(8 * DAY_MS);
    await test.step(() => program.setStatus(test.alice, test.alice.oldKeyId, 'Inactive'));
    await idleRun(test.world, 0);
    expect(test.world.violated()).toEqual([]);
  });

  it.each([
    ['after a veto', () => test.world.program.record(test.alice, 'CANCELLED', {})],
    ['while the new key is inactive', () => test.world.account.userActions.deactivate(newKeyId)],
    ['when the new key is gone', () => test.world.account.userActions.deleteKey(newKeyId)],
  ])('asks for nothing %s', async (_, change) => {
    await test.step(async () => {
      newKeyId = (await test.world.program.deliver(test.alice)).id;
      test.world.account.userActions.useKey(newKeyId);
    });
    await test.step(change);
    await idleRun(test.world, 20);
    expect(test.world.violated()).toEqual([]);
  });
});
