/**
 * Whole rotations, from `begin` until the old key is gone, with one fault at every port call in
 * turn. Whatever the fault: the rotation ends, its owner has a key that works all the time, and
 * nothing is left behind.
 */
import { describe, expect, it } from '@jest/globals';
import type { CallName, Phase } from '../../simulation/memory/calls.ts';
import { live } from '../../simulation/memory/life.ts';
import { LOST, NOT_NOW, REFUSED, type ScriptedAnswer } from '../../simulation/memory/mail.ts';
import { createWorld, type World, type WorldOptions } from '../../simulation/memory/world.ts';

interface Story {
  readonly name: string;
  readonly options?: WorldOptions;
  /** What the mail server answers first. */
  readonly answers?: readonly ScriptedAnswer[];
  /** Whether the TTL service works. */
  readonly expiry?: boolean;
  /** Why the first rotation ends, without a fault. */
  readonly end?: string;
}

const staged = { deactivateAfterDays: 3 };
const stories: readonly Story[] = [
  { name: 'a smooth rotation' },
  { name: 'a rotation with a deactivation stage', options: { settings: { policy: staged } } },
  { name: 'a rotation whose timer never expires', expiry: false },
  { name: 'a mail of unknown fate, and so a second one', answers: [LOST] },
  {
    name: 'a mail that is refused, and so a second rotation',
    answers: [REFUSED],
    end: 'delivery-refused',
  },
  { name: 'a mail that is refused after one of unknown fate', answers: [LOST, REFUSED, REFUSED] },
  { name: 'a mailer that is busy for a whole run', answers: Array(5).fill(NOT_NOW) },
  {
    name: 'an undelivered key that sleeps after a week and goes after two, and a second rotation',
    answers: Array(7).fill(LOST),
    end: 'undelivered-unused',
  },
];

/** A fault: at which call of all runs, when in that call, and whether the run survives it. */
interface Fault {
  readonly at: number;
  readonly phase: Phase;
  readonly kind: 'dies' | 'fails';
}

const FAULTS = (['before', 'after'] as const).flatMap((phase) =>
  (['dies', 'fails'] as const).map((kind) => ({ phase, kind })),
);
/** Long enough for a key that is given up, the back-off, and a second rotation. */
const DAYS = 40;
/** A run a day: more of them are alike, and each of their calls would be another play. */
const EVERY_HOURS = 24;

describe.each(stories)('$name', (story) => {
  it('ends well, whichever call dies or fails', async () => {
    const { calls, world: faultless } = await play(story);
    const [first] = await faultless.history();
    expect(first?.reason.code).toBe(story.end ?? 'new-key-in-use');
    // The last call of the rotation is the mail that tells of the deletion.
    const end = calls.lastIndexOf('mailer.send');
    const told: string[] = [];
    for (let at = 0; at <= end; at++) {
      for (const { phase, kind } of FAULTS) {
        const after = await play(story, { at, phase, kind });
        for (const problem of await problems(after)) {
          told.push(`${calls[at]} (call ${at}) ${kind} ${phase} its effect: ${problem}`);
        }
      }
    }
    expect(told).toEqual([]);
    expect(end).toBeGreaterThan(20);
  }, 120_000);
});

/** Plays a story with one fault or none, until the old key is gone or the days are over. */
async function play({ options, answers = [], expiry = true }: Story, fault?: Fault) {
  const world = createWorld(options);
  const { userId, oldKeyId } = world.hire('alice');
  world.mail.next.push(...answers);
  const calls: CallName[] = [];
  let lockedOut = false;
  const look = () => {
    lockedOut ||= world.owners.workingKeys(userId).length === 0;
  };
  world.onCall = (name, phase, _args, run) => {
    look();
    if (phase === 'before') calls.push(name);
    if (calls.length - 1 !== fault?.at || phase !== fault.phase) return;
    if (fault.kind === 'dies') run.kill();
    throw new Error(`${name} failed`);
  };
  const isOver = () => {
    look();
    const hasOldKey = world.iam.keysOf(userId).some((key) => key.accessKeyId === oldKeyId);
    return !hasOldKey && world.openRecords().length === 0;
  };
  await live(world, { days: DAYS, everyHours: EVERY_HOURS, expiry, until: isOver });
  return { world, userId, calls, lockedOut };
}

/** What is wrong with the world after all that, in words. */
async function problems({
  world,
  userId,
  lockedOut,
}: {
  readonly world: World;
  readonly userId: string;
  readonly lockedOut: boolean;
}): Promise<string[]> {
  const found: string[] = [];
  if (lockedOut) found.push('the owner was locked out');
  const history = await world.history(userId);
  const { length: keys } = world.iam.keysOf(userId);
  if (history.at(-1)?.outcome !== 'completed') found.push(`it ended ${history.at(-1)?.outcome}`);
  if (history.some(({ reason }) => reason.code === ''))
    found.push('it was closed without a reason');
  if (world.openRecords().length > 0) found.push(`it is still ${world.record(userId)?.state}`);
  if (keys !== 1) found.push(`the user has ${keys} keys`);
  if (world.owners.workingKeys(userId).length !== 1) found.push('no key works');
  if (world.parameters.names().length > 0) found.push('a parameter is left');
  return found;
}
