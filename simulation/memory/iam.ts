import type { AccessKey, AccountIdentity, IamUser } from '../../src/domain/identity.ts';
import { Secret } from '../../src/domain/secret.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import type { Inventory, Keys } from '../../src/ports/account.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { KeyNotCreated } from '../../src/ports/errors.ts';
import { MemoryCredentialReport } from './credential-report.ts';
import {
  ACCOUNT_ID,
  arnOf,
  described,
  type StoredKey,
  type StoredUser,
  toTags,
  visible,
  wholeSeconds,
} from './iam-users.ts';

export { ACCOUNT_ID };

export interface IamOptions {
  /** `list` tells what was true this long ago; 0 unless told. */
  readonly listLagMs?: number;
  /** For this long after its creation nobody but its creator knows a key; 0 unless told. */
  readonly settleMs?: number;
  /** A use of a key is told this much later; up to 15 minutes in reality, 0 unless told. */
  readonly lastUsedLagMs?: number;
  /** Whether there is a credential report; true unless told. */
  readonly report?: boolean;
  /** How long a credential report is handed out before another is made; 0 unless told. */
  readonly reportMaxAgeMs?: number;
  /** How far IAM's own clock is ahead of ours. */
  readonly clockSkewMs?: number;
}

/** How an administrator describes a new user. */
export interface NewUser {
  /** `<name>@example.com` unless told; none when null. */
  readonly email?: string | null;
  readonly tags?: Readonly<Record<string, string>>;
  readonly path?: string;
}

const MAX_KEYS = 2;

/** IAM's users and access keys: the two ports on it, and what people do to it. */
export class MemoryIam {
  readonly #clock: Clock;
  readonly #options: IamOptions;
  readonly #report: MemoryCredentialReport;
  readonly #users = new Map<string, StoredUser>();
  /** Whether the program lacks the permission to ask for owner and last use of a key. */
  hidden = false;
  /** IDs of users whom the inventory leaves out although they exist. */
  readonly unlisted = new Set<string>();
  #created = 0;

  constructor(clock: Clock, options: IamOptions) {
    this.#clock = clock;
    this.#options = options;
    const { reportMaxAgeMs: maxAgeMs = 0, lastUsedLagMs = 0 } = options;
    this.#report = new MemoryCredentialReport(clock, { maxAgeMs, lastUsedLagMs });
  }

  // --- the ports ---

  readonly inventory: Inventory = {
    users: async () => {
      const listed = [...this.#users.values()].filter(({ userId }) => !this.unlisted.has(userId));
      return { users: listed.map(described), notes: [] };
    },
    reportRows: async () => {
      if (this.#options.report === false) {
        return { rows: new Map(), notes: ['there is no credential report'] };
      }
      const users = () => [...this.#users.values()];
      const rows = this.#report.rows(() => new Map(users().map((one) => [arnOf(one), one.keys])));
      return { rows, notes: [] };
    },
  };

  readonly describe = async (): Promise<AccountIdentity> => ({
    accountId: ACCOUNT_ID,
    alias: 'example-prod',
  });

  readonly keys: Keys = {
    list: async (userName) => {
      const user = this.#named(userName);
      if (!user) return undefined;
      const asOfMs = this.#clock.nowMs() - (this.#options.listLagMs ?? 0);
      const listed = user.listed.findLast(({ sinceMs }) => sinceMs <= asOfMs)?.keys ?? [];
      return listed.filter(({ accessKeyId }) => !this.#isUnsettled(user, accessKeyId));
    },
    create: async (userName) => {
      const user = this.#named(userName);
      if (!user) throw new KeyNotCreated('NoSuchEntity', false, undefined);
      if (user.keys.length >= MAX_KEYS) throw new KeyNotCreated('LimitExceeded', false, undefined);
      const { accessKeyId, secretAccessKey, createdAtMs } = this.#addKey(user);
      return { accessKeyId, secretAccessKey: new Secret(secretAccessKey), createdAtMs };
    },
    activate: async (userName, id) => this.#change(userName, id, (key) => this.#set(key, 'Active')),
    deactivate: async (userName, id) =>
      this.#change(userName, id, (key) => this.#set(key, 'Inactive')),
    delete: async (userName, id) => this.#change(userName, id, ({ key }) => this.deleteKey(key)),
    owner: async (accessKeyId) => {
      if (this.hidden) return { kind: 'hidden' };
      const found = this.#find(accessKeyId);
      if (!found || this.#isUnsettled(found.user, accessKeyId)) return { kind: 'gone' };
      const knownAtMs = this.#clock.nowMs() - (this.#options.lastUsedLagMs ?? 0);
      const lastUsedAtMs = found.stored.usedAtMs.findLast((atMs) => atMs <= knownAtMs);
      return {
        kind: 'found',
        userName: found.user.userName,
        ...(lastUsedAtMs !== undefined && { lastUsedAtMs }),
      };
    },
    userId: async (userName) => this.#named(userName)?.userId,
  };

  // --- user actions ---

  createUser(userName: string, { email, tags = {}, path = '/' }: NewUser = {}): string {
    if (this.#named(userName)) throw new Error(`there is a user ${userName} already`);
    const userId = `AIDA${String(++this.#created).padStart(17, '0')}`;
    const all = {
      ...(email !== null && { 'IKR:EMAIL': email ?? `${userName}@example.com` }),
      ...tags,
    };
    this.#users.set(userId, { userId, userName, path, tags: toTags(all), keys: [], listed: [] });
    return userId;
  }

  deleteUser(userId: string): void {
    this.#users.delete(userId);
  }

  renameUser(userId: string, userName: string): void {
    if (this.#named(userName)) throw new Error(`there is a user ${userName} already`);
    this.#user(userId).userName = userName;
  }

  /** Replaces all tags of a user. */
  retag(userId: string, tags: Readonly<Record<string, string>>): void {
    this.#user(userId).tags = toTags(tags);
  }

  /** A key of the user's own; `ageMs` may be negative, for a key that IAM's clock dates ahead. */
  createKey(userId: string, { ageMs = 0 }: { readonly ageMs?: number } = {}): string {
    const user = this.#user(userId);
    if (user.keys.length >= MAX_KEYS) throw new Error(`${userId} has two keys already`);
    return this.#addKey(user, ageMs).accessKeyId;
  }

  deleteKey(accessKeyId: string): void {
    const found = this.#find(accessKeyId);
    if (!found) return;
    found.user.keys = found.user.keys.filter((key) => key !== found.stored);
    this.#list(found.user);
  }

  setStatus(accessKeyId: string, status: AccessKey['status']): void {
    this.#set({ key: accessKeyId }, status);
  }

  /** Signs a request with the key, as its owner does. Throws when IAM would refuse it. */
  useKey(accessKeyId: string, secretAccessKey?: string): void {
    const key = this.#find(accessKeyId)?.stored;
    if (key?.status !== 'Active') throw new Error(`${accessKeyId} does not work`);
    if (secretAccessKey !== undefined && secretAccessKey !== key.secretAccessKey) {
      throw new Error(`this is not the secret of ${accessKeyId}`);
    }
    key.usedAtMs.push(this.#clock.nowMs());
  }

  // --- what is really so, whatever lists lag ---

  user(userId: string): IamUser | undefined {
    const user = this.#users.get(userId);
    return user && described(user);
  }

  userIds(): string[] {
    return [...this.#users.keys()];
  }

  keysOf(userId: string): (AccessKey & { readonly used: boolean })[] {
    return (this.#users.get(userId)?.keys ?? []).map((key) => ({
      ...visible(key),
      used: key.usedAtMs.length > 0,
    }));
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.#find(accessKeyId)?.stored.secretAccessKey;
  }

  snapshot(): unknown {
    return structuredClone([...this.#users.values()]);
  }

  // --- inside ---

  #named(userName: string): StoredUser | undefined {
    return [...this.#users.values()].find((user) => user.userName === userName);
  }

  #user(userId: string): StoredUser {
    const user = this.#users.get(userId);
    if (!user) throw new Error(`there is no user ${userId}`);
    return user;
  }

  #find(accessKeyId: string): { user: StoredUser; stored: StoredKey } | undefined {
    for (const user of this.#users.values()) {
      const stored = user.keys.find((key) => key.accessKeyId === accessKeyId);
      if (stored) return { user, stored };
    }
    return undefined;
  }

  #isUnsettled(user: StoredUser, accessKeyId: string): boolean {
    const key = user.keys.find((candidate) => candidate.accessKeyId === accessKeyId);
    const settleMs = this.#options.settleMs ?? 0;
    return key !== undefined && key.appearedAtMs + settleMs > this.#clock.nowMs();
  }

  #iamNowMs(): number {
    return this.#clock.nowMs() + (this.#options.clockSkewMs ?? 0);
  }

  #addKey(user: StoredUser, ageMs = 0): StoredKey {
    const nowMs = this.#clock.nowMs();
    const iamNowMs = this.#iamNowMs();
    const number = ++this.#created;
    const createdAtMs = wholeSeconds(iamNowMs - ageMs);
    const key: StoredKey = {
      accessKeyId: `AKIA${String(number).padStart(16, '0')}`,
      secretAccessKey: `Secret${String(number).padStart(34, '/')}`,
      createdAtMs,
      changedAtMs: createdAtMs,
      appearedAtMs: ageMs > DAY_MS ? nowMs - ageMs : nowMs,
      status: 'Active',
      usedAtMs: [],
    };
    user.keys.push(key);
    this.#list(user, ageMs > DAY_MS ? nowMs - ageMs : nowMs);
    return key;
  }

  #change(
    userName: string,
    key: string,
    change: (target: { readonly key: string }) => void,
  ): 'done' | 'gone' {
    const user = this.#named(userName);
    const has = user?.keys.some(({ accessKeyId }) => accessKeyId === key);
    if (!user || !has || this.#isUnsettled(user, key)) return 'gone';
    change({ key });
    return 'done';
  }

  #set({ key }: { readonly key: string }, status: AccessKey['status']): void {
    const found = this.#find(key);
    if (!found) throw new Error(`there is no key ${key}`);
    if (found.stored.status !== status) found.stored.changedAtMs = wholeSeconds(this.#iamNowMs());
    found.stored.status = status;
    this.#list(found.user);
  }

  #list(user: StoredUser, sinceMs = this.#clock.nowMs()): void {
    user.listed.push({ sinceMs, keys: user.keys.map(visible) });
  }
}
