/** Follows the journal by the table's stream: every version of every record, and people's vetoes. */

import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { readRangeKey } from '../../src/aws/items.ts';
import type { Item, LocalAccount } from '../aws/index.ts';
import type { Effect } from './model.ts';

/** What the rules look at in a rotation record; a person may have written anything. */
export interface Entry {
  readonly state?: string;
  readonly rotationId?: string;
  readonly oldKeyId?: string;
  readonly newKeyId?: string;
  readonly parameterName?: string;
  readonly leaseUntilMs?: number;
  readonly deactivateOnMs?: number;
  readonly deleteOnMs?: number;
  readonly givenUpAtMs?: number;
  readonly newKeyDeactivatedAtMs?: number;
}

interface Version {
  readonly atMs: number;
  /** `undefined` when the record was removed. */
  readonly entry: Entry | undefined;
}

export interface Veto {
  readonly rotationId: string | undefined;
  readonly sinceMs: number;
  readonly how: string;
}

const IN_FORCE = ['DELIVERING', 'SCHEDULED', 'DEACTIVATED'];

export class JournalWatch {
  readonly #versions = new Map<string, Version[]>();
  readonly #vetoes = new Map<string, Veto>();
  readonly #account: LocalAccount;
  readonly #table: string;
  #written: string[] = [];
  #primed = false;

  constructor(account: LocalAccount, table: string) {
    this.#account = account;
    this.#table = table;
    account.stream.watch((record) => this.#take(record));
  }

  /** Reads what stood in the table before the stream was watched. */
  async prime(): Promise<void> {
    if (this.#primed) return;
    this.#primed = true;
    for (const item of await this.#account.hands.items(this.#table)) {
      const key = readRangeKey(item.item?.S ?? '');
      this.#written.push(JSON.stringify(item));
      if (key.kind !== 'record' || this.#versions.has(key.userId)) continue;
      this.#versions.set(key.userId, [{ atMs: Number.NEGATIVE_INFINITY, entry: plain(item) }]);
    }
  }

  /** Everything that was written since the last call, as JSON. */
  takeWritten(): string[] {
    const written = this.#written;
    this.#written = [];
    return written;
  }

  /** The record as it stood at a moment. */
  at(userId: string, atMs: number): Entry | undefined {
    return this.#versions.get(userId)?.findLast((version) => version.atMs <= atMs)?.entry;
  }

  /** Whether somebody removed the record: then nothing says where the rotation stands. */
  wasRemoved(userId: string): boolean {
    const versions = this.#versions.get(userId);
    return versions !== undefined && versions.at(-1)?.entry === undefined;
  }

  /** What the record may have said just before something that happened at a moment. */
  around(userId: string, atMs: number): Entry[] {
    const versions = this.#versions.get(userId) ?? [];
    const before = versions.findLast((version) => version.atMs < atMs);
    return [before, ...versions.filter((version) => version.atMs === atMs)].flatMap((version) =>
      version?.entry ? [version.entry] : [],
    );
  }

  /** The veto that was in force at a moment on the rotation that is open then. */
  vetoAt(userId: string, atMs: number): Veto | undefined {
    const veto = this.#vetoes.get(userId);
    const sameRotation = veto?.rotationId === this.at(userId, atMs)?.rotationId;
    return veto && sameRotation && veto.sinceMs < atMs ? veto : undefined;
  }

  /** A person who activates a deactivated old key wants to keep it. */
  notice({ kind, by, key, atMs }: Effect): void {
    if (kind !== 'activate' || by !== 'person') return;
    const entry = this.at(key.userId, atMs);
    if (entry?.state === 'DEACTIVATED' && entry.oldKeyId === key.id) {
      this.#veto(key.userId, entry, atMs, 'a person activated the old key again');
    }
  }

  #take({ eventName, userIdentity, eventSourceARN, dynamodb }: DynamoDBRecord): void {
    if (!eventSourceARN?.includes(`:table/${this.#table}/`)) return;
    const { Keys: keys, NewImage: image, OldImage: old } = dynamodb ?? {};
    const key = readRangeKey(keys?.item?.S ?? '');
    if (image) this.#written.push(JSON.stringify(image));
    if (key.kind === 'other') return;
    const { userId } = key;
    const atMs = this.#account.clock.nowMs();
    if (key.kind === 'record') {
      const entry = image && plain(image);
      const version = { atMs, entry };
      this.#versions.set(userId, [...(this.#versions.get(userId) ?? []), version]);
      if (entry?.state === 'CANCELLED') this.#veto(userId, entry, atMs, 'it was cancelled');
    } else if (eventName === 'REMOVE' && old?.delete_on && !userIdentity) {
      const entry = this.at(userId, atMs);
      if (entry?.oldKeyId === key.oldKeyId && IN_FORCE.includes(entry.state ?? '')) {
        this.#veto(userId, entry, atMs, 'a person removed the timer');
      }
    }
  }

  /** The first veto on a rotation counts. */
  #veto(userId: string, { rotationId }: Entry, sinceMs: number, how: string): void {
    if (this.#vetoes.get(userId)?.rotationId === rotationId) return;
    this.#vetoes.set(userId, { rotationId, sinceMs, how });
  }
}

function plain(item: Item): Entry {
  const value = (attribute: AttributeValue): unknown => {
    if (attribute.N !== undefined) return Number(attribute.N);
    return attribute.S ?? attribute.BOOL;
  };
  return Object.fromEntries(Object.entries(item).map(([name, typed]) => [name, value(typed)]));
}
