/**
 * What really happened, written down by an onlooker who sees everything: who made which key, whose
 * secret reached its owner, who did what to which key and when. It reads no record to learn it.
 */

import type { ArrivedMail } from '../../../simulation/memory/mail.ts';
import type { StreamRecord } from '../../../simulation/memory/table.ts';
import { findTokens } from '../../../src/deliveries/mail/templates/token-block.ts';
import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.ts';
import { readHeader } from '../../../src/sealing/seal.ts';
import type { Conditions } from './history.ts';
import type { Opener, Scenery } from './scenery.ts';

export type Doer = 'program' | 'person';

/** An access key, for ever. */
export interface KeyFacts {
  readonly id: string;
  readonly userId: string;
  readonly madeBy: Doer;
  readonly createdAtMs: number;
  /** The one other key its user had when it was made: the key it replaces. */
  readonly replaces: string | undefined;
  /** The rotation it was sealed for, once a mail told. */
  rotationId?: string;
  /** When a mail arrived that its owner could open. */
  arrivedAtMs?: number;
  /** Whether the owner has the secret. */
  known: boolean;
  usedAtMs?: number;
  lastUsedAtMs?: number;
  status: 'Active' | 'Inactive';
  changedAtMs: number;
  changedBy: Doer;
  /** How often it was activated or deactivated. */
  changes: number;
  gone: boolean;
}

/** A mail with a key pair. */
interface PairMail {
  readonly to: string;
  readonly keyId: string;
  /** Missing when the pair is in clear. */
  readonly lock?: {
    readonly parameterName: string;
    readonly rotationId: string;
    readonly contentKey: string;
  };
}

interface Moment {
  readonly order: number;
  readonly atMs: number;
}

/** A person who wants both keys of a rotation to stay. */
export interface Veto {
  readonly rotationId: string;
  readonly keyIds: readonly string[];
  readonly how: string;
  /**
   * When the program learned of it; only runs that begin later must know. Missing until then, and
   * 0 where everybody can see it.
   */
  knownSince?: number;
  /** When the timer was written that carries it, until it stands in the record. */
  notedAtMs?: number;
}

/** The user whose item a stream record is about. */
export function userOf(keys: StreamRecord['dynamodb']['Keys']): string {
  return (keys.user as { readonly S?: string } | undefined)?.S ?? '';
}

export class Ledger {
  readonly keys = new Map<string, KeyFacts>();
  readonly mails: PairMail[] = [];
  readonly vetoes = new Map<string, Veto>();
  /**
   * Users whose record a person removed or broke: until another rotation begins, nothing says where
   * theirs stands.
   */
  readonly recordless = new Set<string>();
  /** Rotations whose content key a person took away. */
  readonly spoiled = new Set<string>();
  readonly #world: Scenery;
  readonly #opener: Opener;
  readonly #lagMs: number;
  readonly #scanLagMs: number;
  /** Every mail address that a user's tag ever had. */
  readonly #addresses = new Map<string, readonly (Moment & { address: string | undefined })[]>();
  readonly #hands = new Map<string, Moment>();
  readonly #looks = new Map<string, Moment>();
  /** Of which users records waited in the stream when a run began. */
  readonly #streamed = new Map<string, ReadonlySet<string>>();
  #order = 0;

  constructor(
    world: Scenery,
    opener: Opener,
    { listLagSeconds, settleSeconds, scanLagSeconds }: Conditions,
  ) {
    this.#world = world;
    this.#opener = opener;
    this.#lagMs = (Math.max(listLagSeconds, settleSeconds) + 1) * SECOND_MS;
    this.#scanLagMs = scanLagSeconds * SECOND_MS;
  }

  get nowMs(): number {
    return this.#world.clock.nowMs();
  }

  // --- what people and runs do ---

  /** A person did something about a user. */
  hand(userId: string): void {
    this.#hands.set(userId, this.#moment());
  }

  /** A run begins, or lists a user's keys: it can know what was done before. */
  look(run: string, userId = ''): void {
    this.#looks.set(`${run} ${userId}`, this.#moment());
    if (userId === '') this.#streamed.set(run, this.#usersOnStream());
  }

  /**
   * Whether what became of the user's timer waits in the stream, where only the destructor sees it,
   * or waited there when the run began.
   */
  isOnItsWay(run: string, userId: string): boolean {
    return this.#usersOnStream().has(userId) || this.#streamed.get(run)?.has(userId) === true;
  }

  #usersOnStream(): Set<string> {
    return new Set(this.#world.table.stream.map(({ dynamodb }) => userOf(dynamodb.Keys)));
  }

  /** The program has learned of a veto by a removed timer. */
  learn(userId: string, oldKeyId: string): void {
    const veto = this.vetoes.get(userId);
    if (!veto?.keyIds.includes(oldKeyId) || veto.knownSince !== undefined) return;
    veto.knownSince = ++this.#order;
    veto.notedAtMs = this.nowMs;
  }

  /** The veto that a run must respect. */
  vetoFor(run: string, userId: string, rotationId: string | undefined): Veto | undefined {
    const veto = this.vetoes.get(userId);
    const { order: began, atMs } = this.#looks.get(`${run} `) ?? { order: 0, atMs: 0 };
    const isScanned = (veto?.notedAtMs ?? 0) <= atMs - this.#scanLagMs;
    const isKnown = veto?.knownSince !== undefined && veto.knownSince < began && isScanned;
    return isKnown && veto.rotationId === rotationId ? veto : undefined;
  }

  /** Whether a person did something about a user that the run can't have seen. */
  isBlind(run: string, userId: string): boolean {
    const hand = this.#hands.get(userId);
    const look = this.#looks.get(`${run} ${userId}`) ?? this.#looks.get(`${run} `);
    if (!hand || !look) return false;
    return hand.order > look.order || hand.atMs > look.atMs - this.#lagMs;
  }

  /** Whether a person did anything about a user in the last minutes. */
  touchedWithin(userId: string, minutes: number): boolean {
    const hand = this.#hands.get(userId);
    return hand !== undefined && hand.atMs >= this.nowMs - minutes * MINUTE_MS;
  }

  /** Notes the mail address that a user's tag has now. */
  address(userId: string): void {
    const address = this.#world.iam
      .user(userId)
      ?.tags.find(({ key }) => key === 'IKR:EMAIL')?.value;
    const known = this.#addresses.get(userId) ?? [];
    this.#addresses.set(userId, [...known, { ...this.#moment(), address }]);
  }

  /** The mail addresses that a user's tag had at some time since a run began. */
  addressesDuring(run: string, userId: string): (string | undefined)[] {
    const since = this.#looks.get(`${run} `)?.order ?? 0;
    const known = this.#addresses.get(userId) ?? [];
    const first = known.findLastIndex(({ order }) => order <= since);
    return known.slice(Math.max(0, first)).map(({ address }) => address);
  }

  /** Takes in what has become of a user's keys by whoever's deed. @returns what changed */
  follow(userId: string, by: Doer): readonly KeyFacts[] {
    const present = this.#world.iam.keysOf(userId);
    const changed: KeyFacts[] = [];
    for (const { accessKeyId: id, status, createdAtMs } of present) {
      const known = this.keys.get(id);
      if (!known) {
        const others = present.filter((other) => other.accessKeyId !== id);
        const key: KeyFacts = {
          id,
          userId,
          madeBy: by,
          // A user's first key is older than the history.
          createdAtMs: by === 'person' ? createdAtMs : this.nowMs,
          replaces: others[0]?.accessKeyId,
          known: by === 'person',
          status,
          changedAtMs: this.nowMs,
          changedBy: by,
          changes: 0,
          gone: false,
        };
        this.keys.set(id, key);
        changed.push(key);
      } else if (known.status !== status) {
        const changes = known.changes + 1;
        Object.assign(known, { status, changedAtMs: this.nowMs, changedBy: by, changes });
        changed.push(known);
      }
    }
    for (const key of this.keys.values()) {
      if (key.userId !== userId || key.gone) continue;
      if (present.some(({ accessKeyId }) => accessKeyId === key.id)) continue;
      Object.assign(key, { gone: true, changedAtMs: this.nowMs, changedBy: by });
      changed.push(key);
    }
    return changed;
  }

  /** Takes in a mail that arrives. @returns what it holds */
  receive({ to, text }: ArrivedMail): PairMail | undefined {
    const [token] = findTokens(text);
    const found = token === undefined ? undefined : this.#opener.look(token);
    const clear = /aws_access_key_id = (\S+)/.exec(text)?.[1];
    let pair: PairMail | undefined;
    if (token && found) {
      const { parameterName, rotationId } = readHeader(token);
      const { accessKeyId: keyId, contentKey } = found;
      pair = { to, keyId, lock: { parameterName, rotationId, contentKey } };
    } else if (clear) {
      pair = { to, keyId: clear };
    }
    const key = pair && this.keys.get(pair.keyId);
    if (!pair || !key) return pair;
    this.mails.push(pair);
    if (pair.lock) key.rotationId = pair.lock.rotationId;
    if (this.#canOpen(pair, key.userId)) key.arrivedAtMs ??= this.nowMs;
    return pair;
  }

  // --- what the owners have ---

  /** The owner opens every mail that can be opened. */
  open(userId: string): void {
    for (const mail of this.mails) {
      const key = this.keys.get(mail.keyId);
      if (key?.userId === userId && this.#canOpen(mail, userId)) key.known = true;
    }
  }

  used(keyId: string): void {
    const key = this.keys.get(keyId);
    if (!key) return;
    key.usedAtMs ??= this.nowMs;
    key.lastUsedAtMs = this.nowMs;
  }

  /** Whether the owner has the secret, or a mail to open. */
  isHandedOver(key: KeyFacts): boolean {
    return key.known || this.isReadable(key);
  }

  /** Whether the owner could learn the secret now. */
  isReadable(key: KeyFacts): boolean {
    return this.mails.some((mail) => mail.keyId === key.id && this.#canOpen(mail, key.userId));
  }

  isSpoiled(key: KeyFacts): boolean {
    return key.rotationId !== undefined && this.spoiled.has(key.rotationId);
  }

  /** Whether a person made the mail useless: only a use tells that the owner has the secret. */
  isLost(key: KeyFacts): boolean {
    return this.isSpoiled(key) && !this.isReadable(key);
  }

  /** The user's keys that are there. */
  keysOf(userId: string): KeyFacts[] {
    return [...this.keys.values()].filter((key) => key.userId === userId && !key.gone);
  }

  /** Whether the user has an Active key whose secret was handed over. */
  works(userId: string): boolean {
    return this.keysOf(userId).some((key) => key.status === 'Active' && this.isHandedOver(key));
  }

  #canOpen({ to, lock }: PairMail, userId: string): boolean {
    if (!this.#addresses.get(userId)?.some(({ address }) => address === to)) return false;
    if (!lock) return true;
    const stored = this.#world.parameters.readAs(userId, lock.parameterName);
    return stored?.key.reveal() === lock.contentKey;
  }

  #moment(): Moment {
    return { order: ++this.#order, atMs: this.nowMs };
  }
}
