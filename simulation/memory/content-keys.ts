import { SECOND_MS } from '../../src/domain/time.ts';
import type { ContentKeys, StoredContentKey } from '../../src/ports/account.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** A parameter: a content key, or (`undefined`) whatever else a person put there. */
interface Stored {
  readonly content: StoredContentKey | undefined;
}

/** SSM: a name may not come back for this long after its parameter was deleted. */
const REUSE_AFTER_MS = 30 * SECOND_MS;

/** Parameter Store with content keys, under the rules of `aws/content-keys.ts`. */
export class MemoryContentKeys {
  readonly #clock: Clock;
  readonly #stored = new Map<string, Stored>();
  readonly #deletedAtMs = new Map<string, number>();
  readonly #undecryptable = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly port: ContentKeys = {
    put: async (name, content, mayReplace) => {
      if (this.#undecryptable.has(name)) return 'undecryptable';
      const standing = this.#stored.get(name);
      if (standing) {
        const { userId, rotationId } = standing.content ?? {};
        const isOwn =
          userId === content.userId &&
          [content.rotationId, ...mayReplace].includes(rotationId ?? '');
        if (!isOwn) return { standing: userId && rotationId ? { userId, rotationId } : undefined };
      }
      const deletedAtMs = this.#deletedAtMs.get(name) ?? Number.NEGATIVE_INFINITY;
      if (!standing && this.#clock.nowMs() - deletedAtMs < REUSE_AFTER_MS) {
        throw new Error(`the parameter ${name} was deleted less than 30 seconds ago`);
      }
      this.#stored.set(name, { content });
      return 'stored';
    },
    get: async (name) => {
      if (this.#undecryptable.has(name)) throw new Error(`${name} can not be decrypted`);
      return this.#stored.get(name)?.content;
    },
    remove: async (name, rotationId) => {
      if (this.#undecryptable.has(name)) return;
      if (this.#stored.get(name)?.content?.rotationId === rotationId) this.delete(name);
    },
  };

  /** What a user reads whose policy allows the parameters that end in their own ID. */
  readAs(userId: string, name: string): StoredContentKey | undefined {
    return name.endsWith(`/${userId}`) ? this.#stored.get(name)?.content : undefined;
  }

  /** The rotation whose content key stands there. */
  rotationIn(name: string): string | undefined {
    return this.#stored.get(name)?.content?.rotationId;
  }

  // --- user actions ---

  delete(name: string): void {
    this.#undecryptable.delete(name);
    if (this.#stored.delete(name)) this.#deletedAtMs.set(name, this.#clock.nowMs());
  }

  /** Takes away the KMS key that a parameter is encrypted with. */
  makeUndecryptable(name: string): void {
    this.#undecryptable.add(name);
  }

  /** Gives it back. */
  makeDecryptable(name: string): void {
    this.#undecryptable.delete(name);
  }

  /** Overwrites a parameter with something that is no content key. */
  overwrite(name: string): void {
    this.#stored.set(name, { content: undefined });
  }

  names(): string[] {
    return [...this.#stored.keys()];
  }

  snapshot(): unknown {
    return [...this.#stored].map(([name, { content }]) => ({
      name,
      ...(content && { ...content, key: content.key.reveal() }),
    }));
  }
}
