/** Follows the journal by the table's stream: every version of every record, and people's vetoes. */
import type { DynamoDBRecord } from 'aws-lambda';
import type { LocalAccount } from '../../aws/index.ts';
import { kindOf, oldKeyIdOf, toPlain, userIdOf, wireKeyOf } from '../../scenario/table-items.ts';
import type { RecordFacts, Veto } from '../rules/facts.ts';
import {
  ACTIVATED_AGAIN,
  CANCELLED,
  isDeactivatedOldKey,
  isVetoByRemoval,
  TIMER_REMOVED,
} from '../rules/vetoes.ts';

interface Version {
  readonly atMs: number;
  /** `undefined` when the record was removed. */
  readonly record: RecordFacts | undefined;
}

interface DatedVeto {
  readonly rotationId: string | undefined;
  readonly sinceMs: number;
  readonly how: string;
}

export class RecordHistory {
  readonly #versions = new Map<string, Version[]>();
  readonly #vetoes = new Map<string, DatedVeto>();
  readonly #account: LocalAccount;
  readonly #table: string;
  #written: string[] = [];
  #isPrimed = false;

  constructor(account: LocalAccount, table: string) {
    this.#account = account;
    this.#table = table;
    account.stream.watch((record) => this.#take(record));
  }

  /** Reads what stood in the table before the stream was watched. */
  async prime(): Promise<void> {
    if (this.#isPrimed) return;
    this.#isPrimed = true;
    for (const item of await this.#account.userActions.items(this.#table)) {
      this.#written.push(JSON.stringify(item));
      const key = wireKeyOf(item);
      if (kindOf(key) !== 'record' || this.#versions.has(userIdOf(key))) continue;
      const record = toPlain(item) as RecordFacts;
      this.#versions.set(userIdOf(key), [{ atMs: Number.NEGATIVE_INFINITY, record }]);
    }
  }

  /** Everything that was written since the last call, as JSON. */
  takeWritten(): string[] {
    const written = this.#written;
    this.#written = [];
    return written;
  }

  /** The record as it stood at a moment. */
  at(userId: string, atMs: number): RecordFacts | undefined {
    return this.#versions.get(userId)?.findLast((version) => version.atMs <= atMs)?.record;
  }

  /** Whether somebody removed the record: then nothing says where the rotation stands. */
  isLost(userId: string): boolean {
    const versions = this.#versions.get(userId);
    return versions !== undefined && versions.at(-1)?.record === undefined;
  }

  /** What the record may have said just before something that happened at a moment. */
  around(userId: string, atMs: number): RecordFacts[] {
    const versions = this.#versions.get(userId) ?? [];
    const before = versions.findLast((version) => version.atMs < atMs);
    return [before, ...versions.filter((version) => version.atMs === atMs)].flatMap((version) =>
      version?.record ? [version.record] : [],
    );
  }

  /** The veto that was in force at a moment on the rotation that is open then. */
  vetoAt(userId: string, atMs: number): Veto | undefined {
    const veto = this.#vetoes.get(userId);
    const record = this.at(userId, atMs);
    if (!veto || veto.rotationId !== record?.rotationId || veto.sinceMs >= atMs) return undefined;
    const keyIds = [record?.oldKeyId, record?.newKeyId].filter((id) => id !== undefined);
    return { keyIds, how: veto.how };
  }

  /** A person activated a key. */
  activated(userId: string, keyId: string, atMs: number): void {
    const record = this.at(userId, atMs);
    if (isDeactivatedOldKey(record, keyId)) this.#veto(userId, record, atMs, ACTIVATED_AGAIN);
  }

  #take({ eventName, userIdentity, eventSourceARN, dynamodb }: DynamoDBRecord): void {
    if (!eventSourceARN?.includes(`:table/${this.#table}/`)) return;
    const { Keys: keys, NewImage: image, OldImage: old } = dynamodb ?? {};
    const key = wireKeyOf(keys);
    const userId = userIdOf(key);
    const atMs = this.#account.clock.nowMs();
    if (image) this.#written.push(JSON.stringify(image));
    if (kindOf(key) === 'record') {
      const record = image && (toPlain(image) as RecordFacts);
      this.#versions.set(userId, [...(this.#versions.get(userId) ?? []), { atMs, record }]);
      if (record?.state === 'CANCELLED') this.#veto(userId, record, atMs, CANCELLED);
    } else if (eventName === 'REMOVE' && old?.delete_on && !userIdentity) {
      const record = this.at(userId, atMs);
      const isOfOldKey = record?.oldKeyId === oldKeyIdOf(key);
      if (isOfOldKey && isVetoByRemoval(record, old.rotationId?.S)) {
        this.#veto(userId, record, atMs, TIMER_REMOVED);
      }
    }
  }

  /** The first veto on a rotation counts. */
  #veto(userId: string, record: RecordFacts | undefined, sinceMs: number, how: string): void {
    const rotationId = record?.rotationId;
    if (this.#vetoes.get(userId)?.rotationId === rotationId) return;
    this.#vetoes.set(userId, { rotationId, sinceMs, how });
  }
}
