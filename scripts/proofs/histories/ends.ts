/**
 * What must be true when a run over everybody has come to its end, and when the healthy weeks at
 * the end of a history are over.
 */
import { ItemError, recordKey, toRecord } from '../../../src/aws/items.ts';
import type { IamUser, Tag } from '../../../src/domain/identity.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.ts';
import type { Conditions } from './history.ts';
import type { KeyFacts, Ledger } from './ledger.ts';
import {
  CLOCKS_MS,
  type Entry,
  GIVE_UP_MS,
  looksLikeOurs,
  type Rules,
  type Tell,
} from './rules.ts';
import type { Scenery } from './scenery.ts';

/** For so long the product does not go by what IAM says of a key that it has just changed. */
const SETTLED_MS = 6 * MINUTE_MS;
/** Longer than a lease, with the difference of clocks. */
const LEASE_MS = 22 * MINUTE_MS;

/** What a run found when it began; users whose record was just written are left out. */
export type Found = ReadonlyMap<string, Entry | undefined>;

export class Ends {
  readonly #world: Scenery;
  readonly #ledger: Ledger;
  readonly #rules: Rules;
  readonly #conditions: Conditions;
  readonly #tell: Tell;

  constructor(world: Scenery, ledger: Ledger, rules: Rules, conditions: Conditions, tell: Tell) {
    this.#world = world;
    this.#ledger = ledger;
    this.#rules = rules;
    this.#conditions = conditions;
    this.#tell = tell;
  }

  find(): Found {
    // A scan may not tell yet what was written a moment ago.
    const settledAtMs = this.#ledger.nowMs - this.#conditions.scanLagSeconds * SECOND_MS;
    const settled = this.#world.iam
      .userIds()
      .filter((userId) => (this.#rules.writtenAtMs.get(userId) ?? 0) <= settledAtMs);
    return new Map(settled.map((userId) => [userId, this.#rules.entry(userId)]));
  }

  /** The rules 2 and 3, after a run over everybody that nothing and nobody disturbed. */
  afterRun(found: Found, sinceMs: number): void {
    for (const userId of this.#world.iam.userIds()) {
      const before = found.get(userId);
      if (!found.has(userId) || this.#ledger.recordless.has(userId)) continue;
      // What was done a moment ago, lists and scans may not tell yet.
      if (this.#ledger.touchedWithin(userId, 1)) continue;
      if ((before?.leaseUntilMs ?? 0) + CLOCKS_MS > sinceMs || this.#veto(userId, before)) continue;
      const keys = this.#ledger.keysOf(userId);
      const lagMs = (this.#conditions.listLagSeconds + 1) * SECOND_MS;
      if (keys.some(({ changedAtMs }) => changedAtMs > sinceMs - lagMs)) continue;
      for (const key of keys) this.#checkUndelivered(key, keys, sinceMs);
      if (before) this.#checkOverdue(before, keys, sinceMs);
    }
  }

  #veto(userId: string, entry: Entry | undefined): boolean {
    const veto = this.#ledger.vetoes.get(userId);
    return veto !== undefined && veto.rotationId === entry?.rotationId;
  }

  #checkUndelivered(key: KeyFacts, keys: readonly KeyFacts[], sinceMs: number): void {
    if (key.madeBy !== 'program' || key.usedAtMs !== undefined || this.#ledger.isSpoiled(key))
      return;
    if (key.createdAtMs + LEASE_MS > sinceMs || this.#isLeftToPeople(key, keys)) return;
    const entry = this.#rules.entry(key.userId);
    if (entry?.state === 'DELIVERING' && entry.newKeyId === key.id) {
      const { status } = key;
      // For a while a list may still tell of a key as it was, so what a person did to it waits.
      if (key.changedBy === 'person' && key.changedAtMs + SETTLED_MS > sinceMs) return;
      // A run that died before it noted the deactivation leaves that to the next.
      const asleepSinceMs = Math.max(key.changedAtMs, entry.newKeyDeactivatedAtMs ?? sinceMs);
      if (status === 'Active' && key.createdAtMs + GIVE_UP_MS + LEASE_MS <= sinceMs) {
        this.#tell(2, `${key.id} was not delivered for 7 days and still works`);
      }
      if (status === 'Inactive' && asleepSinceMs + GIVE_UP_MS + LEASE_MS <= sinceMs) {
        this.#tell(2, `${key.id} was not delivered, has slept for 7 days, and is still there`);
      }
    } else if (key.arrivedAtMs === undefined && !isBeingReplaced(key, entry)) {
      this.#tell(2, `${key.id} was never handed over and is still there`);
    }
  }

  /** The only active key is never taken, and beside a key of the user's own nothing is. */
  #isLeftToPeople(key: KeyFacts, keys: readonly KeyFacts[]): boolean {
    const others = keys.filter((other) => other !== key);
    if (!others.some(({ status }) => status === 'Active')) return true;
    return others.some(
      ({ madeBy, createdAtMs }) =>
        madeBy === 'person' && createdAtMs >= key.createdAtMs - 3 * MINUTE_MS,
    );
  }

  #checkOverdue(entry: Entry, keys: readonly KeyFacts[], sinceMs: number): void {
    const { state, oldKeyId, newKeyId, deactivateOnMs, deleteOnMs = Number.NaN } = entry;
    if (state !== 'SCHEDULED' && state !== 'DEACTIVATED') return;
    const oldKey = keys.find(({ id }) => id === oldKeyId);
    const newKey = keys.find(({ id }) => id === newKeyId);
    if (!oldKey || newKey?.status !== 'Active') return;
    // Whoever woke the old key wants it, also if that was before the record told that it slept.
    const isWanted = oldKey.changedBy === 'person' && oldKey.status === 'Active';
    if (isWanted && this.#rules.entry(oldKey.userId)?.state === 'CANCELLED') return;
    // A use is told late, and clocks differ.
    const slackMs = (this.#conditions.lastUsedLagMinutes + 2) * MINUTE_MS;
    const isLost = this.#ledger.isLost(newKey);
    const mustBeUsed = this.#conditions.requireNewKeyUsed || isLost;
    const inUseSinceMs = mustBeUsed ? (newKey.usedAtMs ?? Number.POSITIVE_INFINITY) : 0;
    if (Math.max(deleteOnMs, inUseSinceMs) + DAY_MS + slackMs <= sinceMs) {
      const isStage = state === 'SCHEDULED' && deactivateOnMs !== undefined;
      if (!isStage || oldKey.status === 'Active') {
        this.#tell(3, `${oldKey.id} was due a day ago, its successor is in use, and it is there`);
      }
    }
    const maxAgeAtMs = (entry.oldKeyCreatedAtMs ?? 0) + this.#conditions.maxKeyAgeDays * DAY_MS;
    // While nobody can learn the new key, the old one is kept at any age.
    const limitAtMs = Math.max(maxAgeAtMs, deleteOnMs, isLost ? inUseSinceMs : 0);
    if (limitAtMs + slackMs <= sinceMs && oldKey.status === 'Active') {
      this.#tell(3, `${oldKey.id} is beyond the age limit, was replaced, and still works`);
    }
  }

  /** Why a user's keys can't be left as they are, after weeks in which nothing went wrong. */
  unsettled(userId: string): string | undefined {
    const entry = this.#rules.entry(userId);
    if (entry && !this.isReadable(userId)) return undefined;
    const isOpen = entry !== undefined && entry.state !== 'CLOSED';
    const user = this.#world.iam.user(userId);
    if (!user) return isOpen ? 'the user is gone, and a rotation is open' : undefined;
    const keys = this.#ledger.keysOf(userId);
    if (isOpen) return this.#whyOpen(entry, keys, user);

    if (!this.#ledger.recordless.has(userId)) {
      const orphan = keys.find(
        (key) =>
          key.madeBy === 'program' &&
          key.arrivedAtMs === undefined &&
          !this.#ledger.isSpoiled(key) &&
          !this.#isLeftToPeople(key, keys),
      );
      if (orphan) return `${orphan.id} was never handed over, and no rotation is open`;
      const left = keys.find((key) =>
        keys.some((other) => other.madeBy === 'program' && other.replaces === key.id),
      );
      if (left && keys.length > 1 && !keys.some((key) => this.#isLeftToPeople(key, keys))) {
        return `${left.id} was replaced, and is left there`;
      }
    }
    if (this.#rules.owed.has(userId)) return 'the user waits for a new key';
    const [only, ...others] = keys;
    if (!only || others.length > 0 || only.status === 'Inactive') return undefined;
    const rotateAfterDays = this.#rotateAfterDays(user.tags);
    if (rotateAfterDays === undefined) return undefined;
    const [stored] = this.#world.iam.keysOf(userId);
    // The credential report dates a key by its last change of status, and nothing else tells the age
    // of one that this program never had to do with.
    const looksYoung = this.#conditions.report && only.madeBy === 'person' && only.changes > 0;
    const bornAtMs = looksYoung ? only.changedAtMs : (stored?.createdAtMs ?? 0);
    const dueAtMs = bornAtMs + rotateAfterDays * DAY_MS;
    const isDue = dueAtMs + DAY_MS < this.#ledger.nowMs;
    return isDue ? `${only.id} is due and waits` : undefined;
  }

  /** After how many days a user's key is replaced; `undefined` for users who are not managed. */
  #rotateAfterDays(tags: readonly Tag[]): number | undefined {
    const tag = (name: string) => tags.find(({ key }) => key === `IKR:${name}`)?.value;
    const domain = /^[\w.]+@([\w.]+)$/.exec(tag('EMAIL') ?? '')?.[1];
    if (!domain || (this.#conditions.oneMailDomain && domain !== 'example.com')) return undefined;
    const deleteAfterDays = Number(tag('DELETE_AFTER_DAYS') ?? this.#conditions.deleteAfterDays);
    const deactivateAfterDays = Number(
      tag('DEACTIVATE_AFTER_DAYS') ?? this.#conditions.deactivateAfterDays ?? 0,
    );
    if (deactivateAfterDays >= deleteAfterDays) return undefined;
    return Number(tag('ROTATE_AFTER_DAYS') ?? this.#conditions.rotateAfterDays);
  }

  #whyOpen(entry: Entry, keys: readonly KeyFacts[], user: IamUser): string | undefined {
    const { state, oldKeyId, newKeyId } = entry;
    const oldKey = keys.find(({ id }) => id === oldKeyId);
    const newKey = keys.find(({ id }) => id === newKeyId);
    const stuck = `a rotation is left in ${state}`;
    // After a veto nothing is done to either key, and one that sleeps can't be used: it is reported.
    if (state === 'CANCELLED' && newKey && (oldKey || newKey.status === 'Inactive')) {
      return undefined;
    }
    const works = (key: KeyFacts | undefined) => key?.status === 'Active';
    // Reported at every run: a person has to give the user another key first.
    const isOnly = works(newKey) && !keys.some((key) => key !== newKey && works(key));
    if (state === 'WITHDRAWING') return isOnly ? undefined : stuck;
    if (state === 'DELIVERING') {
      const isSpoiled = this.#ledger.spoiled.has(entry.rotationId ?? '');
      const isMailable = !isSpoiled && this.#rotateAfterDays(user.tags) !== undefined;
      return isOnly && !isMailable ? undefined : stuck;
    }
    if (state === 'STARTED') {
      const active = keys.filter(works);
      const [only] = active;
      const isOurs = only !== undefined && looksLikeOurs(only, entry);
      return isOurs && active.length === 1 && only.usedAtMs === undefined ? undefined : stuck;
    }
    if (!newKey) return stuck;
    if (newKey.status === 'Inactive') {
      return newKey.changedBy === 'person' ? undefined : `${stuck} with a new key that sleeps`;
    }
    const canUse = newKey.known || this.#ledger.isReadable(newKey);
    const waits = newKey.usedAtMs === undefined && !(this.#conditions.ownersActive && canUse);
    if (!oldKey) return waits ? undefined : stuck;
    if (state === 'DEACTIVATED' && works(oldKey)) return `${stuck} with an active old key`;
    // Reported at every run: a person has to delete the new key first.
    if (waits && this.#ledger.isLost(newKey)) return undefined;
    if (!waits || !this.#conditions.requireNewKeyUsed) return stuck;
    const maxAgeAtMs = (entry.oldKeyCreatedAtMs ?? 0) + this.#conditions.maxKeyAgeDays * DAY_MS;
    return maxAgeAtMs + DAY_MS < this.#ledger.nowMs && works(oldKey)
      ? `${stuck} beyond the age limit`
      : undefined;
  }

  /** Whether nobody has broken the user's record. */
  isReadable(userId: string): boolean {
    const item = this.#world.table.get(recordKey(userId));
    try {
      if (item) toRecord(item);
      return true;
    } catch (error) {
      if (error instanceof ItemError) return false;
      throw error;
    }
  }
}

/** Whether an open rotation deals with the key. */
function isBeingReplaced(key: KeyFacts, entry: Entry | undefined): boolean {
  if (entry === undefined || entry.state === 'CLOSED') return false;
  return entry.state === 'CANCELLED' || entry.oldKeyId === key.id;
}
