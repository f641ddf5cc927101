import { SECOND_MS } from '../../src/domain/time.ts';
import type { Clock, Parameters, StoredContentKey } from '../../src/ports/index.ts';

/** A parameter: a content key, or (`undefined`) whatever else a person put there. */
interface Stored {
  readonly content: StoredContentKey | undefined;
  /** The tag `ikr:user-id`: who may read it. */
  readonly userIdTag: string | undefined;
}

/** SSM: a name may not come back for this long after its parameter was deleted. */
const REUSE_AFTER_MS = 30 * SECOND_MS;

/** Parameter Store, under the rules of `aws/ssm-parameters.ts`. */
export class MemoryParameters {
  readonly #clock: Clock;
  readonly #stored = new Map<string, Stored>();
  readonly #deletedAtMs = new Map<string, number>();
  readonly #undecryptable = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly port: Parameters = {
    put: async (name, content, { takeOver = false } = {}) => {
      if (this.#undecryptable.has(name)) return 'undecryptable';
      const standing = this.#stored.get(name)?.content;
      if (standing && standing.userId !== content.userId && !takeOver) {
        return { heldBy: { userId: standing.userId, rotationId: standing.rotationId } };
      }
      const deletedAtMs = this.#deletedAtMs.get(name) ?? Number.NEGATIVE_INFINITY;
      if (!this.#stored.has(name) && this.#clock.nowMs() - deletedAtMs < REUSE_AFTER_MS) {
        throw new Error(`the parameter ${name} was deleted less than 30 seconds ago`);
      }
      this.#stored.set(name, { content, userIdTag: content.userId });
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

  /** What a user reads whose policy allows their own parameters only. */
  readAs(userId: string, name: string): StoredContentKey | undefined {
    const stored = this.#stored.get(name);
    return stored?.userIdTag === userId ? stored.content : undefined;
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

  /** Overwrites a parameter with something that is no content key. */
  overwrite(name: string): void {
    this.#stored.set(name, { content: undefined, userIdTag: undefined });
  }

  names(): string[] {
    return [...this.#stored.keys()];
  }

  snapshot(): unknown {
    return [...this.#stored].map(([name, { content, userIdTag }]) => ({
      name,
      userIdTag,
      ...(content && { ...content, key: content.key.reveal() }),
    }));
  }
}
