/**
 * Sees what is done to access keys, and by whom. A change that a call over the wire explains is
 * the program's; any other is a person's, who works past the wire.
 */
import type { Call, KeyLife, LocalAccount } from '../aws/index.ts';
import type { Effect, Key, UserView } from './model.ts';

const KEY_ACTIONS = ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'];

/** What happened since the last look. */
export interface Look {
  /** In the order in which they happened. */
  readonly effects: readonly Effect[];
  readonly calls: readonly Call[];
}

export class Witness {
  readonly users = new Map<string, UserView>();
  readonly #account: LocalAccount;
  readonly #keys = new Map<string, Key>();
  #log: readonly Call[];
  #cursor: number;
  /** Calls whose outcome was not known at the last look. */
  #pending: Call[] = [];

  constructor(account: LocalAccount) {
    this.#account = account;
    this.#log = account.calls.log;
    this.#cursor = this.#log.length;
    // What is there before the program has done anything is the users' own.
    this.look();
  }

  key(id: string): Key | undefined {
    return this.#keys.get(id);
  }

  look(): Look {
    const calls = this.#newCalls();
    const keyCalls = new KeyCalls(calls.filter(isKeyCall));
    const present = this.#account.hands.users();
    const effects: Effect[] = [];
    for (const { userId, userName, tags, keys } of present) {
      const known = this.users.get(userId);
      const view = known ?? {
        userId,
        userName,
        addresses: new Set<string>(),
        keys: [],
        gone: false,
      };
      this.users.set(userId, view);
      const names = [userName, view.userName];
      view.userName = userName;
      const address = tags.find(({ key }) => key.toUpperCase() === 'IKR:EMAIL')?.value;
      if (address !== undefined) view.addresses.add(address.toLowerCase());
      for (const life of keys) effects.push(...this.#follow(view, names, life, keyCalls));
    }
    effects.push(...this.#bury(new Set(present.map(({ userId }) => userId)), keyCalls));
    return { effects: effects.sort((a, b) => a.atMs - b.atMs), calls };
  }

  #newCalls(): Call[] {
    const { log } = this.#account.calls;
    if (log !== this.#log) [this.#log, this.#cursor] = [log, 0];
    const calls = [...this.#pending, ...log.slice(this.#cursor)];
    this.#cursor = log.length;
    this.#pending = calls.filter((call) => call.outcome === 'pending' && isKeyCall(call));
    return calls;
  }

  /** Takes in what became of one key. */
  #follow(view: UserView, names: string[], life: KeyLife, calls: KeyCalls): Effect[] {
    const effects: Effect[] = [];
    let key = this.#keys.get(life.accessKeyId);
    if (!key) {
      const { createdAtMs } = life;
      const made = calls.take('CreateAccessKey', createdAtMs, ({ UserName = '' }) =>
        names.includes(UserName),
      );
      key = {
        id: life.accessKeyId,
        userId: view.userId,
        secret: life.secretAccessKey,
        createdAtMs,
        madeBy: made ? 'program' : 'person',
        ...(!made && { ownedSinceMs: createdAtMs }),
        usedBefore: false,
        statuses: life.statuses.slice(0, 1),
      };
      this.#keys.set(key.id, key);
      view.keys.push(key);
      effects.push({
        kind: 'create',
        by: key.madeBy,
        key,
        atMs: createdAtMs,
        wasActive: false,
      });
    }
    const { id } = key;
    for (const [index, { sinceMs, status }] of life.statuses.entries()) {
      if (index < key.statuses.length) continue;
      const called = calls.take(
        'UpdateAccessKey',
        sinceMs,
        ({ AccessKeyId, Status }) => AccessKeyId === id && Status === status,
      );
      effects.push({
        kind: status === 'Active' ? 'activate' : 'deactivate',
        by: called ? 'program' : 'person',
        key,
        atMs: sinceMs,
        wasActive: life.statuses[index - 1]?.status === 'Active',
      });
    }
    key.statuses = [...life.statuses];
    if (life.lastUsedAtMs !== undefined) key.usedAtMs ??= life.lastUsedAtMs;
    if (life.deletedAtMs !== undefined && key.deletedAtMs === undefined) {
      effects.push(this.#delete(key, life.deletedAtMs, calls));
    }
    return effects;
  }

  #delete(key: Key, atMs: number, calls: KeyCalls): Effect {
    const wasActive = key.statuses.at(-1)?.status === 'Active';
    key.deletedAtMs = atMs;
    const called = calls.take('DeleteAccessKey', atMs, ({ AccessKeyId }) => AccessKeyId === key.id);
    return { kind: 'delete', by: called ? 'program' : 'person', key, atMs, wasActive };
  }

  /** Users who are not there any more: their keys went with them. */
  #bury(present: ReadonlySet<string>, calls: KeyCalls): Effect[] {
    const nowMs = this.#account.clock.nowMs();
    const effects: Effect[] = [];
    for (const view of this.users.values()) {
      if (view.gone || present.has(view.userId)) continue;
      view.gone = true;
      for (const key of view.keys) {
        if (key.deletedAtMs === undefined) effects.push(this.#delete(key, nowMs, calls));
      }
    }
    return effects;
  }
}

function isKeyCall({ service, action }: Call): boolean {
  return service === 'iam' && KEY_ACTIONS.includes(action);
}

/** The calls that may have changed a key, each of which explains one change. */
class KeyCalls {
  readonly #calls: Call[];

  constructor(calls: readonly Call[]) {
    // A sure effect explains a change before one that may not have happened.
    const sure = calls.filter(({ outcome }) => outcome === 'ok');
    const maybe = calls.filter(({ outcome }) => outcome === 'pending' || /-after$/.test(outcome));
    this.#calls = [...sure, ...maybe];
  }

  /** Takes the call that explains a change at a moment, if there is one. */
  take(action: string, atMs: number, isAbout: (resource: Call['resource']) => boolean): boolean {
    const index = this.#calls.findIndex(
      (call) => call.action === action && call.atMs <= atMs && isAbout(call.resource),
    );
    if (index >= 0) this.#calls.splice(index, 1);
    return index >= 0;
  }
}
