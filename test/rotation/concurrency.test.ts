/**
 * Two runs at the same time: whichever call of the one the other comes between, and however their
 * calls mingle, no more happens than one run alone would do.
 */
import { describe, expect, it } from '@jest/globals';
import type { OnCall } from '../../simulation/memory/calls.ts';
import { expire, live, rotate } from '../../simulation/memory/life.ts';
import {
  cancelled,
  deactivated,
  delivering,
  inUse,
  type Scene,
  scheduled,
  started,
  withdrawing,
} from '../../simulation/memory/states.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

/** How the world stands before two runs meet in it. */
const scenes: Readonly<Record<string, () => Promise<Pick<Scene, 'world' | 'userId'>>>> = {
  'a key that is due': async () => {
    const world = createWorld();
    return { world, ...world.hire('alice') };
  },
  'a rotation that was cut off': () => later(started(), HOUR_MS),
  'a mail of unknown fate': () => later(delivering(), HOUR_MS),
  'an undelivered key of a week': () => later(delivering(), 7 * DAY_MS),
  'a withdrawal': () => later(withdrawing(), HOUR_MS),
  'an overdue key': () => later(inUse(), 9 * DAY_MS),
  'an overdue key whose successor is unused': () => later(scheduled(), 9 * DAY_MS),
  'an overdue deactivated key': () => later(deactivated(), 9 * DAY_MS),
  'a cancelled rotation whose key is gone': async () => {
    const scene = await cancelled();
    scene.world.iam.deleteKey(scene.oldKeyId);
    return scene;
  },
  'a user who is gone': async () => {
    const scene = await scheduled();
    scene.world.iam.deleteUser(scene.userId);
    return scene;
  },
};

async function later(scene: Promise<Scene>, ms: number): Promise<Scene> {
  const { world } = await scene;
  world.clock.advance(ms);
  return scene;
}

/** The effects that reach beyond the journal: each of them once too often would be a mistake. */
const OUTWARD = /^(?!remember).*(key|mail|history|CLOSED)/;

describe.each(Object.entries(scenes))('two runs over %s', (_, arrange) => {
  /** What one run alone does, and how many calls it takes. */
  async function alone() {
    const { world, userId } = await arrange();
    world.calls.length = 0;
    world.effects.length = 0;
    await rotate(world);
    return {
      effects: outward(world.effects),
      calls: world.calls.length,
      end: state(world, userId),
    };
  }

  const outward = (effects: readonly string[]) =>
    effects.filter((effect) => OUTWARD.test(effect)).sort();
  const state = (world: Scene['world'], userId: string) => ({
    record: world.record(userId)?.state,
    keys: world.iam.keysOf(userId).map(({ status }) => status),
    mails: world.mail.mailbox.length,
    parameters: world.parameters.names(),
  });

  it('do once what one does, wherever the other comes between', async () => {
    const expected = await alone();
    for (let at = 0; at < expected.calls * 2; at++) {
      const { world, userId } = await arrange();
      world.effects.length = 0;
      let calls = 0;
      let other: Promise<unknown> | undefined;
      world.onCall = async (_name, _phase, _args, run) => {
        if (run.label !== 'first' || calls++ !== at) return;
        other = rotate(world, {}, { label: 'second' });
        await other;
      };
      await rotate(world, {}, { label: 'first' });
      expect(other).toBeDefined();
      expect({ at, effects: outward(world.effects) }).toEqual({ at, effects: expected.effects });
      expect(state(world, userId)).toEqual(expected.end);
    }
  });

  it('do once what one does, however their calls mingle', async () => {
    const expected = await alone();
    for (let seed = 1; seed <= 40; seed++) {
      const { world, userId } = await arrange();
      world.effects.length = 0;
      world.onCall = mingled(seed);
      await Promise.all([rotate(world, {}, { label: 'a' }), rotate(world, {}, { label: 'b' })]);
      expect({ seed, effects: outward(world.effects) }).toEqual({
        seed,
        effects: expected.effects,
      });
      expect(state(world, userId)).toEqual(expected.end);
    }
  });

  it('do no more when one of them is the destructor', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { world, userId } = await arrange();
      world.effects.length = 0;
      world.onCall = mingled(seed);
      await Promise.all([rotate(world), expire(world)]);
      world.onCall = undefined;
      const counts = new Map<string, number>();
      for (const effect of outward(world.effects)) {
        counts.set(effect, (counts.get(effect) ?? 0) + 1);
      }
      // A rotation that closes can not close again, whoever does it.
      for (const effect of ['create key', 'delete key', 'write history', 'write CLOSED']) {
        expect({ seed, effect, count: counts.get(effect) ?? 0 }).toEqual({
          seed,
          effect,
          count: Math.min(1, counts.get(effect) ?? 0),
        });
      }
      const keys = world.iam.keysOf(userId);
      if (keys.length > 0) expect(keys.map(({ status }) => status)).toContain('Active');
    }
  });
});

describe('two runs over a name that changed hands', () => {
  it('leave its content key to the rotation that goes on, whenever the namesake is begun with', async () => {
    const { world, userId } = await started();
    world.clock.advance(5 * MINUTE_MS);
    world.iam.renameUser(userId, 'alicia');
    world.hire('alice');

    const [goOn, isToGoOn] = signal();
    const [stop, hasStopped] = signal();
    world.onCall = async (name, phase, args, run) => {
      if (name !== 'contentKeys.put' || phase !== 'before') return;
      // STARTED is written anew, and the content key about to be stored.
      if (run.label === 'first') {
        stop();
        await isToGoOn;
      }
      // It is known whose rotation it was, and the name about to be taken over.
      if (run.label === 'second' && isTakeOver(args)) {
        goOn();
        await first;
      }
    };
    const first = rotate(world, { users: ['alicia'] }, { label: 'first' });
    await hasStopped;
    await rotate(world, { users: ['alice'] }, { label: 'second' });
    goOn();
    await first;
    world.onCall = undefined;

    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
    await live(world, { days: 20 });
    expect(world.owners.workingKeys(userId)).toHaveLength(1);
  });
});

function isTakeOver([, , options]: readonly unknown[]): boolean {
  return (options as { readonly takeOver?: boolean } | undefined)?.takeOver === true;
}

/** A promise, and what keeps it. */
function signal(): readonly [() => void, Promise<void>] {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return [give, given];
}

/** Lets every call wait for a random number of turns, the same for the same seed. */
function mingled(seed: number): OnCall {
  let random = seed * 2_654_435_761;
  return async () => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    for (let turns = random % 7; turns > 0; turns--) await null;
  };
}
