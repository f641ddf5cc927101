/** Follows the access keys of an environment. */
import type { Environment } from '../../scenario/environment.ts';
import type { KeyLedger } from '../checker/key-ledger.ts';
import type { Actor, KeyChange } from '../rules/facts.ts';

/** What has become of a key. */
export interface SeenChange extends Pick<KeyChange, 'kind'> {
  readonly id: string;
}

export class KeyWatch {
  readonly #environment: Environment;
  readonly #keys: KeyLedger;

  /** @param keys kept up to date */
  constructor(environment: Environment, keys: KeyLedger) {
    this.#environment = environment;
    this.#keys = keys;
  }

  /** Takes in what has become of a user's keys. @returns what changed */
  follow(userId: string, by: Actor): readonly SeenChange[] {
    const { clock, iam } = this.#environment;
    const present = iam.keysOf(userId);
    const changes: SeenChange[] = [];
    for (const { accessKeyId: id, status, createdAtMs } of present) {
      const known = this.#keys.get(id);
      if (!known) {
        this.#keys.create({ id, userId, createdBy: by, createdAtMs, status }, clock.nowMs());
        changes.push({ kind: 'create', id });
      } else if (known.status !== status) {
        this.#keys.setStatus(id, status, by, clock.nowMs());
        changes.push({ kind: status === 'Active' ? 'activate' : 'deactivate', id });
      }
    }
    for (const { id } of this.#keys.keysOf(userId)) {
      if (present.some(({ accessKeyId }) => accessKeyId === id)) continue;
      this.#keys.delete(id);
      changes.push({ kind: 'delete', id });
    }
    return changes;
  }
}
