/** The rules about keys. Each looks at facts of the account and says in words what is wrong. */

import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts';
import type { Call, LocalAccount } from '../aws/index.ts';
import type { Entry, JournalWatch } from './journal.ts';
import {
  type Effect,
  exists,
  type InvariantNumber,
  isActive,
  isFault,
  isOwned,
  type Key,
  type UserView,
} from './model.ts';
import { readJwk } from './post.ts';

/** Nobody else touches a record that a run may still be at work on; a minute on top for clocks. */
const LEASE_MS = 21 * MINUTE_MS;
const GIVE_UP_MS = 7 * DAY_MS;

export interface Policy {
  readonly requireNewKeyUsed: boolean;
  readonly maxKeyAgeDays: number;
}

/** What the rules see, and where they put what they find. */
export interface Scene {
  readonly account: LocalAccount;
  readonly policy: Policy;
  readonly users: ReadonlyMap<string, UserView>;
  readonly journal: JournalWatch;
  readonly nowMs: number;
  /** Counts one check; `false` as `holds` is a violation. */
  check(
    invariant: InvariantNumber,
    user: UserView,
    holds: boolean,
    what: () => string,
    atMs?: number,
  ): void;
}

/** The rules 1 and 4 for everything the program did to a key. */
export function checkEffect(effect: Effect, scene: Scene): void {
  const { kind, by, key, atMs, wasActive } = effect;
  const user = scene.users.get(key.userId);
  if (!user || by !== 'program' || kind === 'create') return;
  const check = (invariant: InvariantNumber, holds: boolean, why: string) =>
    scene.check(invariant, user, holds, () => `${key.id} was ${kind}d ${why}`, atMs);

  if (kind === 'activate') {
    check(4, mayActivate(effect, scene), 'although the program had not put it to sleep');
    return;
  }
  check(4, wasScheduled(effect, scene), 'although nothing had scheduled that');
  const veto = scene.journal.vetoAt(key.userId, atMs);
  check(4, !isOfRotation(key, veto && scene.journal.at(key.userId, atMs)), `after ${veto?.how}`);

  const others = user.keys.filter((other) => other !== key && isActive(other, atMs));
  if (wasActive) {
    check(4, others.length > 0, "although it was the user's only active key");
    if (isOwned(key, atMs)) {
      check(
        1,
        others.some((other) => isOwned(other, atMs)),
        'and its owner is left without a working key',
      );
    }
  }
  if (kind === 'delete' && !isWithdrawal(effect, scene)) {
    const successor = user.keys.find(
      (other) => other.createdAtMs > key.createdAtMs && exists(other, atMs),
    );
    check(1, successor !== undefined, 'although it has no successor any more');
    if (successor && scene.policy.requireNewKeyUsed) {
      check(1, wasUsed(successor, atMs), `before its successor ${successor.id} was used`);
    }
  }
}

function isOfRotation(key: Key, entry: Entry | undefined): boolean {
  return entry !== undefined && (entry.oldKeyId === key.id || entry.newKeyId === key.id);
}

function wasUsed(key: Key, atMs: number): boolean {
  return key.usedBefore || (key.usedAtMs !== undefined && key.usedAtMs <= atMs);
}

/** Whether the key is a new one that goes because nobody uses it. */
function isWithdrawal({ key, atMs }: Effect, scene: Scene): boolean {
  if (key.madeBy !== 'program' || wasUsed(key, atMs)) return false;
  if (!isOwned(key, atMs)) return true;
  return scene.journal
    .around(key.userId, atMs)
    .some(
      (entry) =>
        entry.state === 'DELIVERING' &&
        entry.newKeyId === key.id &&
        (entry.newKeyDeactivatedAtMs ?? atMs) + GIVE_UP_MS <= atMs,
    );
}

function wasScheduled(effect: Effect, scene: Scene): boolean {
  const { kind, key, atMs } = effect;
  if (kind === 'delete' && isWithdrawal(effect, scene)) return true;
  const maxAgeAtMs = key.createdAtMs + scene.policy.maxKeyAgeDays * DAY_MS;
  return scene.journal.around(key.userId, atMs).some((entry) => {
    const { state, oldKeyId, newKeyId, deactivateOnMs, deleteOnMs = atMs + 1 } = entry;
    if (kind === 'deactivate' && state === 'DELIVERING' && newKeyId === key.id) {
      return !wasUsed(key, atMs) && key.createdAtMs + GIVE_UP_MS <= atMs;
    }
    if (oldKeyId !== key.id) return false;
    if (kind === 'deactivate') {
      if (state !== 'SCHEDULED') return false;
      if (deactivateOnMs !== undefined) return deactivateOnMs <= atMs;
      return deleteOnMs <= atMs && maxAgeAtMs <= atMs;
    }
    const isDue = deleteOnMs <= atMs;
    return isDue && (state === 'DEACTIVATED' || (state === 'SCHEDULED' && !deactivateOnMs));
  });
}

function mayActivate({ key, atMs }: Effect, { journal }: Scene): boolean {
  return journal
    .around(key.userId, atMs)
    .some(
      (entry) =>
        entry.newKeyId === key.id &&
        (entry.givenUpAtMs ?? entry.newKeyDeactivatedAtMs) !== undefined,
    );
}

/** Rule 1 as things stand: who had a working key has one, and an unopened mail can be opened. */
export class Lockouts {
  readonly #working = new Set<string>();

  /** @param touched users to whose keys a person did something since the last look */
  check(scene: Scene, touched: ReadonlySet<string>, removals: ReadonlyMap<string, number>): void {
    for (const user of scene.users.values()) {
      const works =
        !user.gone &&
        user.keys.some((key) => isActive(key, scene.nowMs) && isOwned(key, scene.nowMs));
      if (works) this.#working.add(user.userId);
      else if (touched.has(user.userId)) this.#working.delete(user.userId);
      if (!this.#working.has(user.userId)) continue;
      scene.check(1, user, works, () => 'the user had a working key and has none any more');
      checkUnopened(user, scene, removals);
    }
  }
}

/** As long as the new key was never used, its mail may be unopened, and needs the content key. */
function checkUnopened(
  user: UserView,
  { account, journal, nowMs, check }: Scene,
  removals: ReadonlyMap<string, number>,
): void {
  const entry = journal.at(user.userId, nowMs);
  if (!entry || !['SCHEDULED', 'DEACTIVATED', 'CANCELLED'].includes(entry.state ?? '')) return;
  const { newKeyId, oldKeyId, parameterName = '', rotationId } = entry;
  const there = (id: string | undefined) =>
    user.keys.find((key) => key.id === id && exists(key, nowMs));
  const newKey = there(newKeyId);
  if (!newKey || newKey.usedAtMs !== undefined || newKey.ownedSinceMs === undefined) return;
  // A cancelled rotation ends when a person deletes a key; what is left is that person's choice.
  if (entry.state === 'CANCELLED' && !there(oldKeyId)) return;
  const readable = readJwk(account.hands.parameter(parameterName) ?? '')?.kid === rotationId;
  const byProgram = (removals.get(parameterName) ?? 0) > newKey.ownedSinceMs;
  check(1, user, readable || !byProgram, () => `the mail with ${newKey.id} can't be opened`);
}

/** The rules 2 and 3, at the end of a rotator run over everybody. */
export function checkRun(sinceMs: number, calls: readonly Call[], scene: Scene): void {
  // What AWS refused to do can't have been done.
  if (calls.some((call) => call.atMs >= sinceMs && isFault(call))) return;
  for (const user of scene.users.values()) {
    if (user.gone) continue;
    const before = scene.journal.at(user.userId, sinceMs);
    if ((before?.leaseUntilMs ?? 0) > sinceMs) continue;
    const after = scene.journal.at(user.userId, scene.nowMs);
    for (const key of user.keys) checkUndelivered(key, user, sinceMs, after, scene);
    if (before) checkOverdue(before, user, sinceMs, scene);
  }
}

/** Rule 2 for one key. */
function checkUndelivered(
  key: Key,
  user: UserView,
  sinceMs: number,
  after: Entry | undefined,
  { nowMs, check, journal }: Scene,
): void {
  if (key.madeBy !== 'program' || key.usedAtMs !== undefined) return;
  if (key.createdAtMs + LEASE_MS > sinceMs) return;
  if (journal.vetoAt(user.userId, sinceMs) || journal.wasRemoved(user.userId)) return;
  const others = user.keys.filter((other) => other !== key && exists(other, nowMs));
  // The only active key is never taken, and beside a key of the user's own nothing is.
  if (!others.some((other) => isActive(other, nowMs))) return;
  if (others.some((o) => o.madeBy === 'person' && o.createdAtMs > key.createdAtMs)) return;

  const isThere = exists(key, nowMs);
  if (after?.state === 'DELIVERING' && after.newKeyId === key.id) {
    const asleep = key.statuses.findLast(({ status }) => status === 'Inactive');
    check(
      2,
      user,
      !(isActive(key, nowMs) && key.createdAtMs + GIVE_UP_MS <= sinceMs),
      () => `${key.id} was not delivered for 7 days and still works`,
    );
    check(
      2,
      user,
      !(isThere && asleep && asleep.sinceMs + GIVE_UP_MS <= sinceMs),
      () => `${key.id} was not delivered, has been asleep for 7 days, and is still there`,
    );
  } else if (key.ownedSinceMs === undefined) {
    check(2, user, !isThere, () => `${key.id} was never handed over and is still there`);
  }
}

/** Rule 3 for one user, by the record that the run found. */
function checkOverdue(
  { state, oldKeyId, newKeyId, deactivateOnMs, deleteOnMs }: Entry,
  user: UserView,
  sinceMs: number,
  { nowMs, check, journal, policy }: Scene,
): void {
  if (state !== 'SCHEDULED' && state !== 'DEACTIVATED') return;
  if (journal.vetoAt(user.userId, nowMs) || deleteOnMs === undefined) return;
  const oldKey = user.keys.find(({ id }) => id === oldKeyId);
  const newKey = user.keys.find(({ id }) => id === newKeyId);
  // Without a working successor nothing happens to the old key.
  if (!oldKey || !newKey || !isActive(newKey, sinceMs) || !isActive(newKey, nowMs)) return;

  const inUseSinceMs = policy.requireNewKeyUsed ? newKey.usedAtMs : 0;
  if (inUseSinceMs !== undefined && Math.max(deleteOnMs, inUseSinceMs) + DAY_MS <= sinceMs) {
    // A deactivation that comes late still leaves a day before the deletion.
    const isStage = state === 'SCHEDULED' && deactivateOnMs !== undefined;
    check(
      3,
      user,
      isStage ? !isActive(oldKey, nowMs) : !exists(oldKey, nowMs),
      () => `${oldKey.id} was due more than a day ago, its successor is in use, and it is there`,
    );
  }
  const maxAgeAtMs = oldKey.createdAtMs + policy.maxKeyAgeDays * DAY_MS;
  if (Math.max(maxAgeAtMs, deleteOnMs) <= sinceMs) {
    check(
      3,
      user,
      !isActive(oldKey, nowMs),
      () => `${oldKey.id} was replaced, is beyond ${policy.maxKeyAgeDays} days, and still works`,
    );
  }
}

/** Rule 6, for a step in which two runs were made at once. */
export function checkTwice(
  effects: readonly Effect[],
  handedOver: readonly { readonly key: Key }[],
  { users, check }: Scene,
): void {
  for (const user of users.values()) {
    const created = effects.filter(
      ({ kind, by, key }) => kind === 'create' && by === 'program' && key.userId === user.userId,
    );
    const mailed = handedOver.filter(({ key }) => key.userId === user.userId);
    check(6, user, created.length <= 1, () => `two runs at once made ${created.length} keys`);
    check(6, user, mailed.length <= 1, () => `two runs at once mailed ${mailed.length} keys`);
  }
}
