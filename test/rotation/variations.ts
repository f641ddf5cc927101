import { dieAt } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { rotate } from '../../simulation/memory/life.ts';
import { NOT_NOW, REFUSED } from '../../simulation/memory/mail.ts';
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
import { timerKey } from '../../src/aws/items.ts';
import type { ReportOutcome } from '../../src/domain/events.ts';
import type { ActionName } from '../../src/domain/plan/types.ts';
import type { ReasonCode } from '../../src/domain/reasons.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

/** What is announced of a rotation: an outcome when it waits, otherwise an action; and why. */
export type Announced = readonly [ReportOutcome | ActionName, ReasonCode];
/** A situation, and what a run does about it first. */
export interface Variation {
  readonly name: string;
  readonly scene: () => Promise<Scene>;
  readonly announced: Announced;
  readonly change?: ((scene: Scene) => unknown) | undefined;
}

type Row = readonly [
  name: string,
  scene: () => Promise<Scene>,
  announced: Announced,
  change?: (scene: Scene) => unknown,
];

const STAGED = { settings: { policy: { deactivateAfterDays: 3 } } };
const later = (days: number) => (scene: Scene) => scene.world.clock.advance(days * DAY_MS);

/** A run has been there after so many days. */
const after = (scene: () => Promise<Scene>, days: number) => async () => {
  const at = await scene();
  at.world.clock.advance(days * DAY_MS);
  await rotate(at.world);
  return at;
};
/** The keys are remembered with their row of the credential report. */
const seen = (scene: () => Promise<Scene>) => after(scene, 0);

/** A rotation that was cut off right after its key was created. */
async function orphaned(): Promise<Scene> {
  const at = await started();
  at.world.onCall = dieAt('keys.create', 'after');
  await rotate(at.world);
  at.world.onCall = undefined;
  at.world.clock.advance(HOUR_MS);
  return at;
}

/** The mailer took nothing so far. */
async function putOff(): Promise<Scene> {
  const at = await started();
  at.world.mail.answer = NOT_NOW;
  await rotate(at.world);
  at.world.recordIn(at.userId, 'DELIVERING');
  return at;
}

/** The mail was refused while the new key was the user's only active one. */
async function refusedOnly(): Promise<Scene> {
  const at = await delivering();
  at.world.iam.setStatus(at.oldKeyId, 'Inactive');
  at.world.mail.answer = REFUSED;
  await rotate(at.world);
  return at;
}

/** The old key is gone, and a run has seen that. */
async function oldKeyGone(): Promise<Scene> {
  const at = await scheduled();
  at.world.iam.deleteKey(at.oldKeyId);
  await rotate(at.world);
  return at;
}

const removeTimer = ({ world, userId, oldKeyId }: Scene) => {
  world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
  world.table.shift(1);
};
const deleteContentKey = ({ world }: Scene) => {
  for (const name of world.parameters.names()) world.parameters.delete(name);
};
const putTimer =
  (changes: object) =>
  ({ world, userId, oldKeyId }: Scene) => {
    const { rotationId } = world.record(userId) ?? {};
    world.table.put({ ...timerKey(ACCOUNT_ID, userId, oldKeyId), delete_on: 1, rotationId });
    const item = world.table.get(timerKey(ACCOUNT_ID, userId, oldKeyId));
    world.table.put({ ...item, ...changes });
  };
const deleteKeys =
  (...which: readonly ('oldKeyId' | 'newKeyId')[]) =>
  (scene: Scene) => {
    scene.world.clock.advance(HOUR_MS);
    for (const one of which) scene.world.iam.deleteKey(scene[one]);
  };
const all =
  (...changes: readonly ((scene: Scene) => unknown)[]) =>
  (scene: Scene) => {
    for (const change of changes) change(scene);
  };

const ROWS: readonly Row[] = [
  ['STARTED', started, ['restart', 'interrupted']],
  ['STARTED with an orphan', orphaned, ['delete-orphan', 'orphan-deleted']],
  [
    'STARTED with an orphan that is the only active key',
    orphaned,
    ['failed', 'orphan-only-active'],
    ({ world, oldKeyId }) => world.iam.setStatus(oldKeyId, 'Inactive'),
  ],
  [
    'STARTED, old key gone',
    started,
    ['close', 'old-key-changed'],
    ({ world, oldKeyId }) => world.iam.deleteKey(oldKeyId),
  ],
  [
    'STARTED, no mail can be sent',
    started,
    ['close', 'no-delivery'],
    ({ world }) => {
      world.mail.verification = { kind: 'not-now', reason: 'sandbox', warnings: [] };
    },
  ],
  [
    'STARTED, no longer tagged',
    started,
    ['close', 'nobody-to-deliver-to'],
    ({ world, userId }) => world.iam.retag(userId, {}),
  ],
  ['DELIVERING', delivering, ['begin-attempt', 'due']],
  [
    'DELIVERING, in use',
    delivering,
    ['schedule', 'arrived'],
    ({ world, newKeyId }) => world.iam.useKey(newKeyId),
  ],
  ['DELIVERING for a week', delivering, ['deactivate-new-key', 'given-up'], later(7)],
  [
    'DELIVERING for a week, use hidden',
    delivering,
    ['failed', 'use-unknown'],
    all(later(7), ({ world }) => {
      world.iam.hidden = true;
    }),
  ],
  ['DELIVERING for a week, never accepted', putOff, ['withdraw', 'undeliverable'], later(7)],
  [
    'DELIVERING, given up for a week',
    after(delivering, 7),
    ['delete-new-key', 'undelivered-unused'],
    later(7),
  ],
  [
    'DELIVERING, no longer tagged',
    delivering,
    ['postponed', 'not-delivered-yet'],
    ({ world, userId }) => world.iam.retag(userId, {}),
  ],
  ['DELIVERING, content key gone', delivering, ['failed', 'content-key-gone'], deleteContentKey],
  [
    'DELIVERING, new key gone',
    delivering,
    ['close', 'new-key-gone-undelivered'],
    deleteKeys('newKeyId'),
  ],
  ['DELIVERING, refused with the only active key', refusedOnly, ['failed', 'refused-only-active']],
  ['DELIVERING, vetoed', delivering, ['cancel', 'timer-removed'], putTimer({ vetoed: true })],
  ['WITHDRAWING', withdrawing, ['delete-new-key', 'due']],
  [
    'WITHDRAWING, in use',
    withdrawing,
    ['close', 'withdraw-in-use'],
    ({ world, newKeyId }) => world.iam.useKey(newKeyId),
  ],
  [
    'WITHDRAWING, the only active key',
    withdrawing,
    ['failed', 'withdraw-only-active'],
    ({ world, oldKeyId }) => world.iam.setStatus(oldKeyId, 'Inactive'),
  ],
  ['SCHEDULED, keys not remembered yet', scheduled, ['waiting', 'waits-for-deletion']],
  ['SCHEDULED', seen(scheduled), ['waiting', 'waits-for-deletion']],
  ['SCHEDULED with a stage', seen(() => scheduled(STAGED)), ['waiting', 'waits-for-deactivation']],
  ['SCHEDULED, timer gone', seen(scheduled), ['set-timer', 'waits-for-deletion'], removeTimer],
  [
    'SCHEDULED, timer of an earlier rotation',
    seen(scheduled),
    ['set-timer', 'waits-for-deletion'],
    putTimer({ rotationId: 'rotation-0' }),
  ],
  ['SCHEDULED, vetoed', seen(scheduled), ['cancel', 'timer-removed'], putTimer({ vetoed: true })],
  [
    'SCHEDULED, another address',
    seen(scheduled),
    ['update-target', 'seen'],
    ({ world, userId }) => world.iam.retag(userId, { 'IKR:EMAIL': 'other@example.com' }),
  ],
  [
    'SCHEDULED, leased',
    seen(scheduled),
    ['waiting', 'leased'],
    ({ world, userId }) =>
      world.putRecord({
        ...world.recordIn(userId, 'SCHEDULED'),
        leaseUntilMs: world.clock.nowMs() + 5 * MINUTE_MS,
      }),
  ],
  ['SCHEDULED, due, left to TTL', seen(scheduled), ['waiting', 'waits-for-deletion'], later(7.5)],
  ['SCHEDULED, overdue, unused', scheduled, ['remind', 'new-key-unused'], later(8)],
  [
    'SCHEDULED, overdue, unused, reminded',
    after(scheduled, 8),
    ['waiting', 'new-key-unused'],
    later(0.25),
  ],
  ['SCHEDULED, overdue, in use', inUse, ['delete', 'new-key-in-use'], later(8)],
  ['SCHEDULED, stage overdue, in use', () => inUse(STAGED), ['deactivate', 'stage-due'], later(4)],
  ['SCHEDULED, age limit, unused', scheduled, ['deactivate', 'age-limit'], later(10)],
  [
    'SCHEDULED, age limit, content key gone',
    scheduled,
    ['failed', 'not-retrievable'],
    all(later(10), deleteContentKey),
  ],
  [
    'SCHEDULED, overdue, new key inactive',
    inUse,
    ['waiting', 'new-key-inactive'],
    all(later(8), ({ world, newKeyId }) => world.iam.setStatus(newKeyId, 'Inactive')),
  ],
  [
    'SCHEDULED, old key gone, unused',
    scheduled,
    ['await-first-use', 'awaits-first-use'],
    deleteKeys('oldKeyId'),
  ],
  ['SCHEDULED, old key gone, unused, seen before', oldKeyGone, ['waiting', 'awaits-first-use']],
  ['SCHEDULED, old key gone, new one due', oldKeyGone, ['close', 'unused-and-due'], later(80)],
  ['SCHEDULED, old key gone, in use', inUse, ['close', 'old-key-gone'], deleteKeys('oldKeyId')],
  ['SCHEDULED, new key gone', inUse, ['close', 'new-key-removed'], deleteKeys('newKeyId')],
  [
    'SCHEDULED, both keys gone',
    inUse,
    ['close', 'both-keys-gone'],
    deleteKeys('oldKeyId', 'newKeyId'),
  ],
  [
    'SCHEDULED, user gone',
    scheduled,
    ['close', 'user-gone'],
    ({ world, userId }) => world.iam.deleteUser(userId),
  ],
  [
    'SCHEDULED, user not in the list',
    scheduled,
    ['postponed', 'user-unlisted'],
    ({ world, userId }) => world.iam.unlisted.add(userId),
  ],
  ['DEACTIVATED', seen(deactivated), ['waiting', 'waits-for-deletion']],
  ['DEACTIVATED, overdue, in use', deactivated, ['delete', 'new-key-in-use'], later(5)],
  [
    'DEACTIVATED, overdue, activated by a person',
    deactivated,
    ['cancel', 'old-key-activated'],
    all(later(5), ({ world, oldKeyId }) => world.iam.setStatus(oldKeyId, 'Active')),
  ],
  ['CANCELLED, keys not remembered yet', cancelled, ['waiting', 'cancelled-waits']],
  ['CANCELLED', seen(cancelled), ['waiting', 'cancelled-waits']],
  ['CANCELLED, timer left', seen(cancelled), ['remove-timer', 'timer-removed'], putTimer({})],
  [
    'CANCELLED, old key gone, in use',
    cancelled,
    ['close', 'cancelled-ended'],
    all(({ world, newKeyId }) => world.iam.useKey(newKeyId), deleteKeys('oldKeyId')),
  ],
  ['CANCELLED, new key gone', cancelled, ['close', 'cancelled-ended'], deleteKeys('newKeyId')],
];

export const VARIATIONS: readonly Variation[] = ROWS.map(([name, scene, announced, change]) => ({
  name,
  scene,
  announced,
  change,
}));
