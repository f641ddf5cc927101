import { describe, expect, it } from '@jest/globals';
import { company, outcomes } from '../../simulation/memory/company.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { expire, rotate, rotateOne } from '../../simulation/memory/life.ts';
import {
  cancelled,
  deactivated,
  delivering,
  inUse,
  scheduled,
  started,
  withdrawing,
} from '../../simulation/memory/states.ts';
import { timerKey } from '../../src/aws/items.ts';
import type { ActionName } from '../../src/domain/plan/types.ts';
import { DAY_MS } from '../../src/domain/time.ts';

import { VARIATIONS } from './variations.ts';

describe('a dry run', () => {
  it.each([
    [started, 'would-resume'],
    [delivering, 'would-resume'],
    [withdrawing, 'would-resume'],
    [scheduled, 'waiting'],
    [inUse, 'waiting'],
    [deactivated, 'waiting'],
    [cancelled, 'waiting'],
  ] as const)('changes nothing anywhere (%#)', async (scene, alice) => {
    const { world } = await scene();
    world.hire('bob');
    world.hire('carol', { keyAgeDays: 3 });
    world.clock.advance(DAY_MS);
    for (const [request, overrides] of [
      [{ dryRun: true }, {}],
      [{}, { dryRun: true }],
    ]) {
      const before = world.snapshot();
      const report = await rotate(world, request, overrides);
      expect(world.snapshot()).toEqual(before);
      expect(report.dryRun).toBe(true);
      expect(outcomes(report.rows)).toEqual({
        alice,
        bob: 'would-rotate',
        carol: 'skipped',
      });
    }
  });

  it('changes nothing even where all is overdue, user or key gone, or a timer missing', async () => {
    const { world, userId, oldKeyId, newKeyId } = await inUse();
    world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
    world.table.shift(1);
    const spoil = [
      () => world.clock.advance(60 * DAY_MS),
      () => world.iam.deleteKey(newKeyId),
      () => world.iam.deleteKey(oldKeyId),
      () => world.iam.deleteUser(userId),
    ];
    for (const step of spoil) {
      step();
      const before = world.snapshot();
      await rotate(world, { dryRun: true });
      expect(world.snapshot()).toEqual(before);
    }
  });

  it('asks no mailer and sends nothing', async () => {
    const world = company(90);
    await rotate(world, { dryRun: true });
    expect(world.calls.filter(({ name }) => name.startsWith('mailer'))).toEqual([]);
  });

  it('ignores the age of keys as well, when it is asked to', async () => {
    const world = company(3);
    const row = await rotateOne(world, { users: ['age3'], force: true, dryRun: true });
    expect(row.outcome).toBe('would-rotate');
    expect(world.effects).toEqual([]);
  });

  it('lets a rotation go on as if it had not been there', async () => {
    const { world, newKeyId, keys } = await inUse();
    for (let day = 0; day < 10; day++) {
      world.clock.advance(DAY_MS);
      await expire(world, { dryRun: true });
      await rotate(world, {}, { dryRun: true });
    }
    expect(Object.keys(keys())).toHaveLength(2);
    await rotate(world);
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
  });
});

/** The first effect of each action, after the claim. */
const FIRST_EFFECT: Readonly<Record<Exclude<ActionName, 'remember'>, string>> = {
  begin: 'write STARTED',
  'delete-orphan': 'delete key',
  restart: 'write STARTED',
  prepare: 'put content key',
  create: 'create key',
  'begin-attempt': 'write DELIVERING',
  deliver: 'send mail',
  'record-failed-attempt': 'write DELIVERING',
  'back-off': 'write DELIVERING',
  'reactivate-new-key': 'activate key',
  schedule: 'put timer',
  withdraw: 'write WITHDRAWING',
  'deactivate-new-key': 'write DELIVERING',
  'delete-new-key': 'delete key',
  'update-target': 'write SCHEDULED',
  'set-timer': 'put timer',
  'remove-timer': 'remove timer',
  remind: 'put timer',
  deactivate: 'deactivate key',
  delete: 'delete key',
  'await-first-use': 'put timer',
  cancel: 'write CANCELLED',
  close: 'remove content key',
};
/** Actions before which the record is claimed. */
const CLAIMED: readonly string[] = Object.keys(FIRST_EFFECT).filter(
  (name) => !['begin', 'update-target', 'set-timer', 'remove-timer', 'cancel'].includes(name),
);
/** Actions that are the last word on a user in a run, so that its report has their code. */
const LAST: readonly string[] = [
  'schedule',
  'deactivate-new-key',
  'remind',
  'deactivate',
  'delete',
  'await-first-use',
  'cancel',
  'close',
];

describe('a dry run says of an open rotation what the next run does first', () => {
  it.each(VARIATIONS)('$name', async ({ scene, announced: [announced, code], change }) => {
    const at = await scene();
    const { world, userId } = at;
    change?.(at);
    const state = world.record(userId)?.state;

    const before = world.snapshot();
    const dry = await rotateOne(world, { dryRun: true });
    expect(world.snapshot()).toEqual(before);
    const acts = announced in FIRST_EFFECT;
    expect(dry).toMatchObject({
      outcome: acts ? 'would-resume' : announced,
      ...(acts && { action: announced }),
      code,
    });
    expect('action' in dry).toBe(acts);

    world.effects.length = 0;
    const { rows } = await rotate(world);
    const real = rows.find((row) => row.userId === userId);
    if (!acts) {
      expect(real).toEqual(dry);
      // At most the timer is set to when it is looked at again, or what was listed is remembered.
      const minor = ['put timer', 'remember keys'];
      expect(world.effects.filter((effect) => !minor.includes(effect))).toEqual([]);
      return;
    }
    const effects = [
      ...(CLAIMED.includes(announced) ? [`write ${state}`] : []),
      FIRST_EFFECT[announced as keyof typeof FIRST_EFFECT].replace('SCHEDULED', state ?? ''),
    ];
    expect(world.effects.slice(0, effects.length)).toEqual(effects);
    if (LAST.includes(announced)) expect(real?.code).toBe(code);
  });
});
