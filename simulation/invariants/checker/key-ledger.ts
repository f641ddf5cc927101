/** The access keys of all users, kept up to date with what an observer sees. */
import type { Actor, KeyFacts } from '../rules/facts.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class KeyLedger {
  readonly #keys = new Map<string, Mutable<KeyFacts>>();
  /** By user, oldest first, without the deleted ones. */
  readonly #present = new Map<string, Mutable<KeyFacts>[]>();

  /** Every key that there ever was. */
  get all(): Iterable<KeyFacts> {
    return this.#keys.values();
  }

  get(id: string): KeyFacts | undefined {
    return this.#keys.get(id);
  }

  /** The keys that a user has. */
  keysOf(userId: string): readonly KeyFacts[] {
    return this.#present.get(userId) ?? [];
  }

  /** The keys of a user as they are now, whatever becomes of them. */
  snapshotOf(userId: string): readonly KeyFacts[] {
    return this.keysOf(userId).map((key) => ({ ...key }));
  }

  /** A key was created; its owner has the secret if a person did it. */
  create(
    key: Pick<KeyFacts, 'id' | 'userId' | 'createdBy' | 'createdAtMs' | 'status'>,
    sinceMs = key.createdAtMs,
  ): KeyFacts {
    const others = this.#present.get(key.userId) ?? [];
    const created: KeyFacts = {
      ...key,
      replaces: others[0]?.id,
      statusSinceMs: sinceMs,
      statusSetBy: key.createdBy,
      statusChanges: 0,
      isKnown: key.createdBy === 'person',
      ...(key.createdBy === 'person' && { handedOverAtMs: key.createdAtMs }),
    };
    this.#keys.set(key.id, created);
    this.#present.set(key.userId, [...others, created]);
    return created;
  }

  setStatus(id: string, status: KeyFacts['status'], by: Actor, atMs: number): void {
    const key = this.#keys.get(id);
    if (!key) return;
    key.statusChanges += 1;
    key.statusSinceMs = atMs;
    key.statusSetBy = by;
    key.status = status;
  }

  delete(id: string): void {
    const key = this.#keys.get(id);
    if (!key) return;
    const left = this.keysOf(key.userId).filter((other) => other !== key);
    this.#present.set(key.userId, left);
  }

  /** A mail with the key arrived; `isReadable` if its owner can open it. */
  receive(id: string, rotationId: string | undefined, isReadable: boolean, atMs: number): void {
    const key = this.#keys.get(id);
    if (!key) return;
    if (rotationId !== undefined) key.rotationId = rotationId;
    if (isReadable) key.handedOverAtMs ??= atMs;
  }

  /** The owner has the secret in plaintext. */
  learn(id: string): void {
    const key = this.#keys.get(id);
    if (key) key.isKnown = true;
  }

  /** Whoever uses a key has its secret. */
  use(id: string, atMs: number): void {
    const key = this.#keys.get(id);
    if (!key) return;
    key.isKnown = true;
    key.firstUsedAtMs ??= atMs;
    key.lastUsedAtMs = atMs;
  }
}
