/**
 * Each step entered on its own: a rotation in some state, the step, and the record that it leaves. What
 * comes before and after a step is for the plan to say (test/domain/plan).
 */
import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { rotate } from '../../simulation/memory/life.ts';
import { LOST, REFUSED } from '../../simulation/memory/mail.ts';
import {
  delivering,
  inUse,
  type Scene,
  scheduled,
  started,
  withdrawing,
} from '../../simulation/memory/states.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import { timerKey } from '../../src/aws/items.ts';
import type { Action, ActionName, Observed } from '../../src/domain/plan/types.ts';
import { policyFor } from '../../src/domain/policy.ts';
import { reason } from '../../src/domain/reasons.ts';
import { isOpen } from '../../src/domain/record.ts';
import { DAY_MS, MINUTE_MS, toEpochSeconds } from '../../src/domain/time.ts';
import { OutOfTime } from '../../src/ports/errors.ts';
import { NOTHING_OBSERVED, type Situation } from '../../src/rotation/situation.ts';
import { createSteps } from '../../src/rotation/steps/index.ts';
import type { Step } from '../../src/rotation/steps/types.ts';

import { CLOSING, ENTRIES } from './step-entries.ts';

const WHY = reason('due');
/** Written or done without a claim: one conditional write, or nothing that a second run could spoil. */
const UNCLAIMED: readonly ActionName[] = [
  'begin',
  'remember',
  'update-target',
  'set-timer',
  'remove-timer',
  'cancel',
];

/** What a run knows that has claimed the record and listed the keys. */
async function situationOf({ world, userId }: Scene, facts: Partial<Observed> = {}) {
  const run = world.run();
  const user = world.iam.user(userId);
  if (!user) throw new Error('the user is gone');
  const keys = (await run.account.keys.list(user.userName)) ?? [];
  const situation: Situation = {
    userId,
    userName: user.userName,
    userArn: user.arn,
    policy: { reading: policyFor(user, run.policy), force: false },
    record: world.record(userId),
    observed: { ...NOTHING_OBSERVED, keys: { keys, listedAtMs: world.clock.nowMs() }, ...facts },
  };
  const steps = createSteps(run);
  const take = (action: object, of: Situation = situation) => {
    const { do: name } = action as Action;
    return (steps[name] as Step<ActionName>)({ record: of.record, ...action } as never, of, WHY);
  };
  return { run, situation, take };
}

/** Enters a step as the engine does, and tells what it did. */
async function enter(scene: Scene, action: { do: ActionName }, facts?: Partial<Observed>) {
  const { world, userId } = scene;
  const { run, situation, take } = await situationOf(scene, facts);
  const { record } = situation;
  const isClaimed = isOpen(record) && !UNCLAIMED.includes(action.do);
  const claimed = isClaimed ? { ...situation, record: await run.writer.claim(record) } : situation;
  world.effects.length = 0;
  const result = await take(action, claimed);
  return { ...result, left: world.record(userId), effects: [...world.effects], world };
}

/** A user of whom nothing is recorded. */
async function fresh(): Promise<Scene> {
  const world = createWorld();
  const hired = world.hire('alice');
  const keys = () => ({ [hired.oldKeyId]: 'Active' as const });
  return { world, ...hired, newKeyId: '', keys };
}

describe('a step entered on its own', () => {
  it.each(ENTRIES)('$action.do: $what', async ({ scene, action, facts, effects, leaves, last }) => {
    const done = await enter(await scene(), action, facts);
    expect(done.effects).toEqual(effects);
    expect(done.left).toMatchObject(leaves);
    // What the engine goes on with is what stands in the journal.
    expect(done.situation.record).toEqual(done.left);
    expect(done.last?.type).toBe(last);
  });

  it('begin: writes the old key, the keys seen and the target, under a lease', async () => {
    const scene = await fresh();
    const [oldKey] = scene.world.iam.keysOf(scene.userId);
    const done = await enter(scene, { do: 'begin', previous: undefined, oldKey } as never);
    expect(done.effects).toEqual(['write STARTED']);
    expect(done.left).toMatchObject({
      state: 'STARTED',
      accountId: ACCOUNT_ID,
      oldKeyId: scene.oldKeyId,
      seenKeyIds: [scene.oldKeyId],
      earlierRotationIds: [],
      target: { kind: 'mail', address: 'alice@example.com', form: 'sealed' },
      leaseUntilMs: scene.world.clock.nowMs() + 20 * MINUTE_MS,
    });
    expect(done.situation.record).toEqual(done.left);
  });

  it('create: makes the key and keeps its sealed pair, once the content key is stored', async () => {
    const scene = await started();
    const { run, situation, take } = await situationOf(scene);
    if (!isOpen(situation.record)) throw new Error('no rotation is open');
    const restarted = await take(
      { do: 'restart' },
      { ...situation, record: await run.writer.claim(situation.record) },
    );
    const prepared = await take({ do: 'prepare' }, restarted.situation);
    scene.world.effects.length = 0;
    const created = await take({ do: 'create' }, prepared.situation);
    expect(scene.world.effects).toEqual(['create key', 'write DELIVERING']);
    const left = scene.world.recordIn(scene.userId, 'DELIVERING');
    expect(created.situation.record).toEqual(left);
    expect(left).toMatchObject({ attempts: 1, failedAttempts: 0 });
    expect(created.situation.observed.done).toMatchObject({ begun: false, attempting: true });
    const secret = scene.world.iam.secretOf(left.newKeyId);
    expect(JSON.stringify(created.situation)).not.toContain(secret);
  });

  it('create: makes no key without a content key of this run', async () => {
    const scene = await started();
    await expect(enter(scene, { do: 'create' })).rejects.toThrow('was not prepared by this run');
    expect(Object.keys(scene.keys())).toHaveLength(1);
  });

  it('delete-orphan: deletes that key and leaves the record as it is', async () => {
    const scene = await started();
    const keyId = scene.world.createKey(scene.userId);
    const done = await enter(scene, { do: 'delete-orphan', keyId } as never);
    expect(done.effects).toEqual(['delete key']);
    expect(scene.keys()).toEqual({ [scene.oldKeyId]: 'Active' });
    expect(done.situation.observed.keys).toMatchObject({ keys: [{ accessKeyId: scene.oldKeyId }] });
  });

  it('set-timer and remove-timer: touch nothing but the timer', async () => {
    const scene = await scheduled();
    const { world, userId, oldKeyId } = scene;
    const record = world.record(userId);
    const atMs = world.clock.nowMs() + DAY_MS;
    const set = await enter(scene, { do: 'set-timer', atMs } as never);
    expect(set.effects).toEqual(['put timer']);
    expect(world.timers()).toMatchObject([{ deleteOnEpochSeconds: toEpochSeconds(atMs) }]);
    const removed = await enter(scene, { do: 'remove-timer' });
    expect(removed.effects).toEqual(['remove timer']);
    expect(world.table.get(timerKey(ACCOUNT_ID, userId, oldKeyId))).toBeUndefined();
    expect(world.record(userId)).toEqual(record);
  });

  it('close: removes the timer of its own rotation last', async () => {
    const scene = await scheduled();
    const [timer] = scene.world.timers();
    if (!timer) throw new Error('there is no timer');
    const done = await enter(scene, { do: 'close', outcome: 'undone' } as never, { timer });
    expect(done.effects).toEqual(CLOSING);
  });

  it('remember: writes the record of a user who has none', async () => {
    const scene = await fresh();
    const done = await enter(scene, { do: 'remember' });
    expect(done.effects).toEqual(['remember keys']);
    expect(done.left).toMatchObject({
      state: 'CLOSED',
      outcome: 'seen',
      failures: 0,
      keySnapshot: { keys: [{ accessKeyId: scene.oldKeyId }] },
    });
    expect(done.situation.record).toEqual(done.left);
  });

  it('deliver: says what the mailer answered, and writes none of it', async () => {
    for (const answer of [LOST, REFUSED]) {
      const scene = await delivering();
      scene.world.mail.answer = answer;
      const before = scene.world.record(scene.userId);
      const done = await enter(scene, { do: 'deliver' });
      expect(done.situation.observed.done).toMatchObject({
        attempting: false,
        answer: { kind: answer.kind },
      });
      expect(done.left).toMatchObject({
        ...before,
        leaseUntilMs: expect.any(Number),
        version: (before?.version ?? 0) + 1,
      });
    }
  });
});

describe('a step with an effect outside of the journal', () => {
  it.each<[ActionName, () => Promise<Scene>, object]>([
    ['prepare', started, {}],
    ['delete-orphan', started, { keyId: 'AKIAORPHAN' }],
    ['deliver', delivering, {}],
    ['reactivate-new-key', delivering, {}],
    ['schedule', delivering, {}],
    ['delete-new-key', withdrawing, {}],
    ['deactivate', inUse, { why: 'stage', deleteOnMs: 0 }],
    ['delete', inUse, {}],
    ['close', scheduled, { outcome: 'undone' }],
  ])('is not taken without a lease (%s)', async (name, scene, more) => {
    const at = await scene();
    const before = at.world.snapshot();
    const { take } = await situationOf(at);
    await expect(take({ do: name, ...more })).rejects.toThrow(OutOfTime);
    expect(at.world.snapshot()).toEqual(before);
  });

  it.each<[ActionName, () => Promise<Scene>, object]>([
    ['delete', inUse, {}],
    ['deactivate', inUse, { why: 'stage', deleteOnMs: 0 }],
    ['delete-new-key', withdrawing, {}],
    ['deactivate-new-key', delivering, {}],
  ])("refuses to take a user's only active key, whoever asks (%s)", async (name, scene, more) => {
    const at = await scene();
    const isNewKey = name.endsWith('new-key');
    at.world.iam.setStatus(isNewKey ? at.oldKeyId : at.newKeyId, 'Inactive');
    const before = at.keys();
    await expect(enter(at, { do: name, ...more })).rejects.toThrow(/only active key/);
    expect(at.keys()).toEqual(before);
  });
});

it('every step of a rotation is entered here', async () => {
  const scene = await started();
  await rotate(scene.world);
  const names = Object.keys(createSteps(scene.world.run()));
  const entered = [
    ...ENTRIES.map(({ action }) => action.do),
    ...['begin', 'create', 'delete-orphan', 'set-timer', 'remove-timer', 'close', 'remember'],
  ];
  expect(names.filter((name) => !entered.includes(name as ActionName))).toEqual([]);
});
