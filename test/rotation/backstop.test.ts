/**
 * The rotator is a backstop for TTL: where the timer expires two days late, or the stream has lost
 * its record, the next run does what the destructor would have done, by the same code and rules.
 */
import { describe, expect, it } from '@jest/globals';
import { expire, rotate } from '../../simulation/memory/life.ts';
import { deactivated, inUse, type Scene, scheduled } from '../../simulation/memory/states.ts';
import type { World } from '../../simulation/memory/world.ts';
import type { RotationRecord } from '../../src/domain/record.ts';
import { DAY_MS } from '../../src/domain/time.ts';

const STAGED = { deactivateAfterDays: 3 };
const anyUse = { requireNewKeyUsed: false };

/** What people did by the time at which the old key is overdue, and what that comes to. */
const CASES: Record<string, { scene: () => Promise<Scene>; outcome: string; afterDays?: number }> =
  {
    'whose successor is in use': { scene: () => inUse(), outcome: 'deleted' },
    'whose successor need not be used': {
      scene: () => scheduled({ settings: { policy: anyUse } }),
      outcome: 'deleted',
    },
    'whose successor was never used': { scene: () => scheduled(), outcome: 'reminded' },
    'whose successor was never used, at the age limit': {
      scene: () => scheduled(),
      outcome: 'deactivated',
      afterDays: 10,
    },
    'that has a stage before its deletion': {
      scene: () => inUse({ settings: { policy: STAGED } }),
      outcome: 'deactivated',
    },
    'that was deactivated': { scene: () => deactivated(), outcome: 'deleted' },
    'that a person activated again': {
      scene: async () => {
        const scene = await deactivated();
        scene.world.iam.setStatus(scene.oldKeyId, 'Active');
        return scene;
      },
      outcome: 'cancelled',
    },
    'whose successor a person put to sleep': {
      scene: async () => {
        const scene = await inUse();
        scene.world.iam.setStatus(scene.newKeyId, 'Inactive');
        return scene;
      },
      outcome: 'waiting',
    },
    'that a person deleted': {
      scene: async () => {
        const scene = await inUse();
        scene.world.iam.deleteKey(scene.oldKeyId);
        return scene;
      },
      outcome: 'closed',
    },
    'whose successor a person deleted': {
      scene: async () => {
        const scene = await inUse();
        scene.world.iam.deleteKey(scene.newKeyId);
        return scene;
      },
      outcome: 'closed',
    },
  };

/** What goes wrong with the timer. */
const FAILURES: Record<string, (world: World) => void> = {
  'TTL is two days late': () => {},
  'the stream has lost the record': (world) => {
    world.table.expire();
    world.table.shift(world.table.stream.length);
  },
};

/** All that counts, but the timer: what it wakes is nothing any more, or the same. */
function results({ world, userId }: Scene) {
  return {
    keys: world.iam.keysOf(userId),
    record: withoutRow(world.record(userId)),
    parameters: world.parameters.snapshot(),
    mails: world.mail.mailbox,
  };
}

/** The destructor reads no credential report, so it remembers the row that the rotator read. */
function withoutRow(record: RotationRecord | undefined) {
  return record && { ...record, keySnapshot: { ...record.keySnapshot, reportRow: undefined } };
}

const withoutTimers = (effects: readonly string[]) =>
  effects.filter((effect) => !effect.endsWith(' timer'));

describe.each(Object.entries(FAILURES))('an overdue old key, where %s,', (_, fail) => {
  it.each(Object.entries(CASES))('%s is ended as by the destructor', async (_name, about) => {
    const { scene, outcome, afterDays = 9 } = about;
    const [byDestructor, byRotator] = [await scene(), await scene()];
    for (const { world } of [byDestructor, byRotator]) {
      world.clock.advance(afterDays * DAY_MS);
      world.effects.length = 0;
    }

    const { rows: theirs } = await expire(byDestructor.world);
    fail(byRotator.world);
    const { rows: ours } = await rotate(byRotator.world);

    expect(theirs.map((row) => row.outcome)).toEqual([outcome]);
    expect(ours.map((row) => [row.outcome, row.reason])).toEqual(
      theirs.map((row) => [row.outcome, row.reason]),
    );
    expect(results(byRotator)).toEqual(results(byDestructor));
    expect(await byRotator.world.history()).toEqual(await byDestructor.world.history());
    expect(withoutTimers(byRotator.world.effects)).toEqual(
      withoutTimers(byDestructor.world.effects),
    );

    // When TTL comes in the end, it finds nothing left to do.
    const before = results(byRotator);
    expect((await expire(byRotator.world)).failures).toEqual([]);
    if (byRotator.world.record(byRotator.userId)?.state === 'CLOSED') {
      expect(results(byRotator)).toEqual(before);
    }
  });
});
