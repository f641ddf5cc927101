/**
 * What the product works in: what is really there, and what owners, users and administrators do to
 * it without the product. In memory it is a `World`, over HTTP an `accountEnvironment`.
 */
import type { Item, ItemKey } from '../../src/aws/items.ts';
import type { IamUser } from '../../src/domain/identity.ts';
import type { RotationRecord } from '../../src/domain/record.ts';
import type { Secret } from '../../src/domain/secret.ts';
import type { StreamRecord } from '../memory/table.ts';

export interface Environment {
  readonly accountId: string;
  readonly clock: { nowMs(): number; advance(ms: number): void };
  readonly iam: {
    userIds(): string[];
    user(userId: string): IamUser | undefined;
    keysOf(userId: string): readonly {
      readonly accessKeyId: string;
      readonly status: 'Active' | 'Inactive';
      readonly createdAtMs: number;
    }[];
    secretOf(accessKeyId: string): string | undefined;
    setStatus(accessKeyId: string, status: 'Active' | 'Inactive'): void;
    useKey(accessKeyId: string): void;
    deleteKey(accessKeyId: string): void;
    deleteUser(userId: string): void;
    renameUser(userId: string, userName: string): void;
    /** Replaces all tags of a user. */
    retag(userId: string, tags: Readonly<Record<string, string>>): void;
  };
  readonly table: {
    get(key: ItemKey): Item | undefined;
    items(): Item[];
    put(item: Item): void | Promise<void>;
    remove(key: ItemKey): void | Promise<void>;
    /** Removals that wait for the destructor. */
    readonly stream: readonly StreamRecord[];
    shift(count: number): void;
  };
  readonly parameters: {
    /** What a user reads whose policy allows their own parameters only. */
    readAs(userId: string, name: string): { readonly key: Secret } | undefined;
    /** The rotation whose content key is there. */
    rotationIn(name: string): string | undefined;
    names(): string[];
    delete(name: string): void;
    overwrite(name: string): void;
  };
  /** Every change that the program made, in order, such as `create key` or `write SCHEDULED`. */
  readonly effects: readonly string[];
  record(userId: string): RotationRecord | undefined;
  /** A managed user with one key, known to its owner. */
  hire(
    userName: string,
    details: { readonly email: string; readonly keyAgeDays: number },
  ): { readonly userId: string };
  /** A key of the user's own. */
  createKey(userId: string): string;
}
