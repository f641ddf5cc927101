/**
 * The rules that hold at every moment, for everything the program does to keys, content keys and
 * mails. They go by what really happened, and only ask the record what was scheduled.
 *
 * `simulation/invariants/rules.ts` has rules of its own because it looks at an account from
 * outside, after each step of the demo or of a life of the crash matrix, and infers from the calls
 * over HTTP who did what; here each effect is seen at its very moment, in memory and on the wire.
 */

import type { CallName } from '../../../simulation/memory/calls.ts';
import type { Item } from '../../../src/aws/items.ts';
import { recordKey } from '../../../src/aws/items.ts';
import type { RotationRecord } from '../../../src/domain/record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import type { Conditions } from './history.ts';
import type { KeyFacts, Ledger } from './ledger.ts';
import type { Scenery } from './scenery.ts';

/** 0 stands for what needs no number: a crash, a dry run that changes something. */
export type Invariant = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
}

export type Tell = (invariant: Invariant, what: string) => void;

/** Clocks differ by so much. */
export const CLOCKS_MS = MINUTE_MS;
export const GIVE_UP_MS = 7 * DAY_MS;

/** What stands in the table about a user, as far as the rules ask. */
export interface Entry {
  readonly state?: string;
  readonly rotationId?: string;
  readonly startedAtMs?: number;
  readonly seenKeyIds?: readonly string[];
  readonly leaseUntilMs?: number;
  readonly oldKeyId?: string;
  readonly newKeyId?: string;
  readonly oldKeyCreatedAtMs?: number;
  readonly deactivateOnMs?: number;
  readonly deleteOnMs?: number;
  readonly newKeyDeactivatedAtMs?: number;
  readonly parameterName?: string;
}

export class Rules {
  readonly #world: Scenery;
  readonly #ledger: Ledger;
  readonly #conditions: Conditions;
  readonly #tell: Tell;
  /** When each user's record was last written by a run. */
  readonly writtenAtMs = new Map<string, number>();
  /** Users who have a working key as far as this program goes. */
  readonly #working = new Set<string>();

  /** Users who wait for a new key, because the mail with the last one can't be opened any more. */
  readonly owed = new Set<string>();

  constructor(world: Scenery, ledger: Ledger, conditions: Conditions, tell: Tell) {
    this.#world = world;
    this.#ledger = ledger;
    this.#conditions = conditions;
    this.#tell = tell;
  }

  entry(userId: string): Entry | undefined {
    return this.#world.table.get(recordKey(userId)) as (Item & Entry) | undefined;
  }

  /** What people do takes nothing from anybody that this program would be to blame for. */
  afterHand(): void {
    for (const userId of this.#world.iam.userIds()) {
      if (this.#ledger.works(userId)) this.#working.add(userId);
      else this.#working.delete(userId);
      this.owed.delete(userId);
    }
  }

  /** Judges one effect of a run, which happens in between. */
  onEffect(
    name: CallName,
    args: readonly unknown[],
    run: string,
    effect: () => Promise<unknown>,
  ): Promise<unknown> {
    const userId =
      name === 'keys.list' || name in CHANGES ? this.#userNamed(String(args[0])) : undefined;
    if (name === 'keys.list' && userId !== undefined) this.#ledger.look(run, userId);
    if (name === 'journal.replace' || name === 'journal.begin') {
      const written = args.at(name === 'journal.begin' ? 0 : 1) as RotationRecord;
      this.writtenAtMs.set(written.userId, this.#ledger.nowMs);
    }
    if (name === 'journal.begin') return this.#begin(args[0] as RotationRecord, effect);
    if (!(name in CHANGES) && !TOUCHES_CONTENT.includes(name)) return effect();

    const before =
      userId === undefined ? [] : this.#ledger.keysOf(userId).map((key) => ({ ...key }));
    const entry = userId === undefined ? undefined : this.entry(userId);
    const answer = effect();
    if (userId !== undefined) {
      for (const key of this.#ledger.follow(userId, 'program')) {
        const was = before.find(({ id }) => id === key.id);
        if (was) this.#judge(key, was, before, entry, run);
      }
    }
    this.#lookForLockouts(name, run);
    return answer;
  }

  /**
   * From a new record on, it is known again where the user's rotation stands; but a second key, that
   * a list did not tell of yet, is in no record.
   */
  async #begin({ userId }: RotationRecord, effect: () => Promise<unknown>): Promise<unknown> {
    const before = this.entry(userId);
    const answer = await effect();
    const after = this.entry(userId);
    const hasBegun = after?.state === 'STARTED' && after.rotationId !== before?.rotationId;
    if (hasBegun && this.#ledger.keysOf(userId).length === 1) {
      this.#ledger.recordless.delete(userId);
    }
    return answer;
  }

  /** A mail arrived. */
  onMail(keyId: string, to: string, run: string, isFirst: boolean): void {
    const key = this.#ledger.keys.get(keyId);
    if (!key) {
      this.#tell(0, `a mail holds the key ${keyId}, which nobody made`);
      return;
    }
    if (!this.#ledger.addressesDuring(run, key.userId).includes(to)) {
      this.#tell(5, `${keyId} was mailed to ${to}, which is not in its user's tag`);
    }
    if (this.#conditions.oneMailDomain && !to.endsWith('@example.com')) {
      this.#tell(5, `${keyId} was mailed to ${to}, outside the allowed domain`);
    }
    const entry = this.entry(key.userId);
    if (!isFirst || entry?.newKeyId !== keyId || entry.state !== 'DELIVERING') return;
    // Attempts and pauses of one run lie between the date and the mail.
    const earliestMs = this.#ledger.nowMs + this.#deleteAfterDays(key.userId) * DAY_MS - HOUR_MS;
    const byHand = this.#ledger.touchedWithin(key.userId, 60);
    if ((entry.deleteOnMs ?? 0) < earliestMs && !byHand) {
      this.#tell(1, `the old key goes earlier after the mail with ${keyId} than it may`);
    }
  }

  #deleteAfterDays(userId: string): number {
    const tags = this.#world.iam.user(userId)?.tags ?? [];
    const own = tags.find(({ key }) => key === 'IKR:DELETE_AFTER_DAYS')?.value;
    return Math.min(Number(own ?? Number.POSITIVE_INFINITY), this.#conditions.deleteAfterDays);
  }

  #judge(
    key: KeyFacts,
    was: KeyFacts,
    before: readonly KeyFacts[],
    entry: Entry | undefined,
    run: string,
  ): void {
    const { userId, id } = key;
    if (this.#ledger.isBlind(run, userId)) return;
    if (!key.gone && key.status === 'Active') {
      // Who only woke it and put it to sleep again, without a use, left no trace of that.
      const asleepSinceMs = entry?.newKeyDeactivatedAtMs ?? 0;
      if (was.changedBy !== 'program' && (key.lastUsedAtMs ?? 0) > asleepSinceMs + CLOCKS_MS) {
        this.#tell(4, `${id} was activated, although a person had put it to sleep`);
      }
      return;
    }
    const verb = key.gone ? 'deleted' : 'deactivated';
    const isOnly = !before.some((other) => other.id !== id && other.status === 'Active');
    if (was.status === 'Active' && isOnly) {
      this.#tell(4, `${id} was ${verb}, the user's only active key`);
    }
    // Nobody can want to keep a key that was refused: its secret was handed over to nobody.
    const isRefused = entry?.state === 'WITHDRAWING' && key.arrivedAtMs === undefined;
    const veto = isRefused ? undefined : this.#ledger.vetoFor(run, userId, entry?.rotationId);
    if (veto?.keyIds.includes(id) && !this.#ledger.isOnItsWay(run, userId))
      this.#tell(4, `${id} was ${verb}, although ${veto.how}`);
    const problem = this.#scheduled(key, was, before, entry);
    if (problem) this.#tell(problem.invariant, `${id} was ${verb}, although ${problem.what}`);
  }

  /** Why the key may not be touched, if it may not. */
  #scheduled(
    key: KeyFacts,
    was: KeyFacts,
    before: readonly KeyFacts[],
    entry: Entry | undefined,
  ): Violation | undefined {
    const soonMs = this.#ledger.nowMs + CLOCKS_MS;
    const isDue = (atMs: number | undefined) => atMs !== undefined && atMs <= soonMs;
    const lagMs = this.#conditions.lastUsedLagMinutes * MINUTE_MS + CLOCKS_MS;
    const isUnused = key.usedAtMs === undefined || key.usedAtMs > this.#ledger.nowMs - lagMs;
    const no = (invariant: Invariant, what: string): Violation => ({ invariant, what });

    // Made by a run that could not hand it over.
    if (key.madeBy === 'program' && isUnused) {
      if (key.gone && key.arrivedAtMs === undefined) return undefined;
      if (entry?.state === 'DELIVERING' && entry.newKeyId === key.id) {
        if (!key.gone && isDue(key.createdAtMs + GIVE_UP_MS)) return undefined;
        const asleepAtMs =
          was.changedBy === 'program' ? was.changedAtMs : key.createdAtMs + GIVE_UP_MS;
        const sleeps = was.status === 'Inactive' && isDue(asleepAtMs + GIVE_UP_MS);
        if (key.gone && sleeps) return undefined;
      }
    }
    if (entry?.state === 'STARTED' && key.gone && isUnused && looksLikeOurs(key, entry)) {
      return undefined;
    }
    if (!entry || !['SCHEDULED', 'DEACTIVATED'].includes(entry.state ?? '')) {
      return no(4, `its rotation is ${entry?.state ?? 'nowhere'}`);
    }
    if (entry.oldKeyId !== key.id) return no(4, 'it is not the old key of its rotation');
    const successor = before.find(({ id }) => id === entry.newKeyId);
    if (!successor) return no(1, 'its successor does not exist');
    if (successor.replaces !== key.id) return no(4, `${successor.id} was not made to replace it`);
    if (successor.status !== 'Active') return no(1, `its successor ${successor.id} is inactive`);
    if (successor.arrivedAtMs === undefined) {
      return no(1, `its successor ${successor.id} was never handed over`);
    }
    if (!isDue(entry.deactivateOnMs ?? entry.deleteOnMs)) return no(4, 'it is not due');
    const isUsed = successor.usedAtMs !== undefined || !this.#conditions.requireNewKeyUsed;
    const maxAgeAtMs = (entry.oldKeyCreatedAtMs ?? 0) + this.#conditions.maxKeyAgeDays * DAY_MS;
    if (!isUsed && (key.gone || !isDue(maxAgeAtMs))) {
      return no(1, `its successor ${successor.id} was never used`);
    }
    if (!key.gone) return undefined;
    if (!isDue(entry.deleteOnMs)) return no(4, 'it is not due');
    if (entry.deactivateOnMs !== undefined && entry.state !== 'DEACTIVATED') {
      return no(4, 'its deactivation stage was left out');
    }
    if (entry.state === 'DEACTIVATED' && was.status === 'Active') {
      return no(4, 'a person had activated it again');
    }
    return undefined;
  }

  #lookForLockouts(name: CallName, run: string): void {
    for (const userId of this.#working) {
      if (this.#world.iam.user(userId) === undefined) {
        this.#working.delete(userId);
        continue;
      }
      if (this.#ledger.works(userId)) continue;
      this.#working.delete(userId);
      if (this.#ledger.isBlind(run, userId)) continue;
      if (this.#seemsToWork(userId)) continue;
      if (this.#isReplacedUnopened(userId) || this.#hasLostBoth(userId)) this.owed.add(userId);
      else this.#tell(1, `${this.nameOf(userId)} is locked out by ${name}`);
    }
    // A new key that was mailed makes a user whole again.
    for (const userId of this.#world.iam.userIds()) {
      if (this.#working.has(userId) || !this.#ledger.works(userId)) continue;
      this.#working.add(userId);
      this.owed.delete(userId);
    }
  }

  /**
   * Whether the user has a key left that looks like one in use, although it was never handed over:
   * a person removed the record that would tell.
   */
  #seemsToWork(userId: string): boolean {
    return (
      this.#ledger.recordless.has(userId) &&
      this.#ledger
        .keysOf(userId)
        .some(({ madeBy, status }) => madeBy === 'program' && status === 'Active')
    );
  }

  /**
   * Whether the key that is being replaced is itself one that nobody can open the mail of any more:
   * a successor of unknown fate goes to sleep after a week although there is nothing else. It is
   * woken with its first use.
   */
  #hasLostBoth(userId: string): boolean {
    const entry = this.entry(userId);
    const oldKey = this.#ledger.keysOf(userId).find(({ id }) => id === entry?.oldKeyId);
    if (entry?.state !== 'DELIVERING' || oldKey?.madeBy !== 'program') return false;
    return !this.#ledger.isHandedOver(oldKey);
  }

  /**
   * Whether the user's only key is one that nobody ever opened the mail of, and that is replaced
   * by now. Its content key has to make room for the next one's.
   */
  #isReplacedUnopened(userId: string): boolean {
    const [key, ...others] = this.#ledger.keysOf(userId);
    const entry = this.entry(userId);
    if (!key || others.length > 0 || key.known) return false;
    const isReplaced = entry?.state === 'STARTED' && entry.oldKeyId === key.id;
    const dueAtMs = key.createdAtMs + this.#conditions.rotateAfterDays * DAY_MS;
    return isReplaced || dueAtMs <= this.#ledger.nowMs + CLOCKS_MS;
  }

  nameOf(userId: string): string {
    return this.#world.iam.user(userId)?.userName ?? userId;
  }

  #userNamed(userName: string): string | undefined {
    return this.#world.iam
      .userIds()
      .find((userId) => this.#world.iam.user(userId)?.userName === userName);
  }
}

/**
 * A person's key of those very minutes can't be told from the one that an interrupted run made. Its
 * owner still has the old one.
 */
export function looksLikeOurs(key: KeyFacts, { startedAtMs = 0, seenKeyIds = [] }: Entry): boolean {
  const afterMs = key.createdAtMs - startedAtMs;
  const isNear = afterMs >= -MINUTE_MS - CLOCKS_MS && afterMs <= 2 * MINUTE_MS + CLOCKS_MS;
  return isNear && !seenKeyIds.includes(key.id);
}

/** Calls that change a key. */
const CHANGES: Partial<Record<CallName, true>> = {
  'keys.create': true,
  'keys.activate': true,
  'keys.deactivate': true,
  'keys.delete': true,
};
const TOUCHES_CONTENT: readonly CallName[] = ['contentKeys.put', 'contentKeys.remove'];
