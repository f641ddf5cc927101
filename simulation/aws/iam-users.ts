import { randomBytes } from 'node:crypto';
import type { TurnableClock } from './clock.ts';
import { checkPath, checkTags, checkUserName, type Tag } from './iam-rules.ts';
import { ServiceError } from './wire.ts';

export type KeyStatus = 'Active' | 'Inactive';

/** An access key with its past: a list that lags shows keys as they were. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly createdAtMs: number;
  /** The status since each moment, oldest first. */
  readonly statuses: { sinceMs: number; status: KeyStatus }[];
  deletedAtMs?: number;
  lastUsed?: { atMs: number; service: string; region: string };
  /** Column of the credential report. */
  readonly slot: 1 | 2;
}

export interface User {
  readonly id: string;
  name: string;
  path: string;
  readonly createdAtMs: number;
  /** By lower-cased key: IAM tells no case apart there. */
  readonly tags: Map<string, Tag>;
  /** Deleted keys too, in the order of creation. */
  readonly keys: AccessKey[];
  readonly groups: string[];
  readonly policies: { name: string; arn: string }[];
}

const KEYS_PER_USER = 2;

/** The users of the account and their keys, in memory. */
export class Users {
  /** Every secret access key ever made, for leak tests. */
  readonly secrets = new Set<string>();
  /** By lower-cased name: two names may not differ in case alone. */
  readonly #byName = new Map<string, User>();
  readonly #keys = new Map<string, { user: User; key: AccessKey }>();
  readonly #clock: TurnableClock;
  readonly #arnPrefix: string;
  #sorted: User[] | undefined;

  constructor(clock: TurnableClock, arnPrefix: string) {
    this.#clock = clock;
    this.#arnPrefix = arnPrefix;
  }

  /** All users in the order IAM lists them. */
  all(): readonly User[] {
    this.#sorted ??= [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#sorted;
  }

  find(name: string): User | undefined {
    const user = this.#byName.get(name.toLowerCase());
    return user?.name === name ? user : undefined;
  }

  get(name: string): User {
    const user = this.find(name);
    if (!user) {
      throw new ServiceError('NoSuchEntity', `The user with name ${name} cannot be found.`, 404);
    }
    return user;
  }

  arn(user: Pick<User, 'path' | 'name'>): string {
    return `${this.#arnPrefix}user${user.path}${user.name}`;
  }

  create(
    name: string,
    options: {
      path?: string;
      tags?: readonly Tag[];
      groups?: readonly string[];
      policies?: User['policies'];
      createdAtMs?: number;
    } = {},
  ): User {
    checkUserName(name, 64);
    checkPath(options.path ?? '/');
    this.#checkFree(name);
    const user: User = {
      id: `AIDA${uniqueId(17)}`,
      name,
      path: options.path ?? '/',
      createdAtMs: options.createdAtMs ?? this.#clock.nowMs(),
      tags: new Map(),
      keys: [],
      groups: [...(options.groups ?? [])],
      policies: [...(options.policies ?? [])],
    };
    this.tag(user, options.tags ?? []);
    this.#byName.set(name.toLowerCase(), user);
    this.#sorted = undefined;
    return user;
  }

  rename(name: string, newName: string): void {
    const user = this.get(name);
    checkUserName(newName, 64);
    if (newName.toLowerCase() !== name.toLowerCase()) this.#checkFree(newName);
    this.#byName.delete(name.toLowerCase());
    user.name = newName;
    this.#byName.set(newName.toLowerCase(), user);
    this.#sorted = undefined;
  }

  /** Deletes a user with all keys, as the console does. */
  delete(name: string): void {
    const user = this.get(name);
    for (const key of this.keys(user)) this.deleteKey(user, key.id);
    this.#byName.delete(name.toLowerCase());
    this.#sorted = undefined;
  }

  tag(user: User, tags: readonly Tag[]): void {
    checkTags(user.tags, tags);
    for (const tag of tags) user.tags.set(tag.key.toLowerCase(), tag);
  }

  untag(user: User, keys: readonly string[]): void {
    for (const key of keys) user.tags.delete(key.toLowerCase());
  }

  /** The keys a user had at a moment. */
  keys(user: User, atMs = Number.POSITIVE_INFINITY): AccessKey[] {
    return user.keys.filter(
      (key) => key.createdAtMs <= atMs && (key.deletedAtMs === undefined || key.deletedAtMs > atMs),
    );
  }

  status(key: AccessKey, atMs = Number.POSITIVE_INFINITY): KeyStatus {
    return key.statuses.findLast(({ sinceMs }) => sinceMs <= atMs)?.status ?? 'Active';
  }

  createKey(user: User, createdAtMs = this.#clock.nowMs()): AccessKey {
    const keys = this.keys(user);
    if (keys.length >= KEYS_PER_USER) {
      const quota = `Cannot exceed quota for AccessKeysPerUser: ${KEYS_PER_USER}`;
      throw new ServiceError('LimitExceeded', quota, 409);
    }
    const key: AccessKey = {
      id: `AKIA${uniqueId(16)}`,
      secret: randomBytes(30).toString('base64'),
      createdAtMs,
      statuses: [{ sinceMs: createdAtMs, status: 'Active' }],
      slot: keys.some(({ slot }) => slot === 1) ? 2 : 1,
    };
    user.keys.push(key);
    this.#keys.set(key.id, { user, key });
    this.secrets.add(key.secret);
    return key;
  }

  /** Finds a key that still exists by its ID alone. */
  findKey(id: string): { user: User; key: AccessKey } | undefined {
    const found = this.#keys.get(id);
    return found?.key.deletedAtMs === undefined ? found : undefined;
  }

  getKey(user: User, id: string): AccessKey {
    const found = this.findKey(id);
    if (found?.user !== user) {
      const message = `The Access Key with id ${id} cannot be found.`;
      throw new ServiceError('NoSuchEntity', message, 404);
    }
    return found.key;
  }

  deleteKey(user: User, id: string): void {
    this.getKey(user, id).deletedAtMs = this.#clock.nowMs();
  }

  setStatus(user: User, id: string, status: KeyStatus): void {
    this.getKey(user, id).statuses.push({ sinceMs: this.#clock.nowMs(), status });
  }

  #checkFree(name: string): void {
    if (!this.#byName.has(name.toLowerCase())) return;
    throw new ServiceError('EntityAlreadyExists', `User with name ${name} already exists.`, 409);
  }
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function uniqueId(length: number): string {
  return Array.from(randomBytes(length), (byte) => BASE32[byte % BASE32.length]).join('');
}
