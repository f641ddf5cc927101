/**
 * Sees what is done to access keys, and by whom. A change that a call over the wire explains is
 * the program's; any other is a person's, who works past the wire.
 */
import type { Call, KeyHistory, LocalAccount } from '../../aws/index.ts';
import type { Actor, KeyFacts } from '../rules/facts.ts';

interface Event {
  readonly atMs: number;
  readonly userId: string;
  readonly keyId: string;
}

export type KeyEvent =
  | (Event & {
      readonly kind: 'create' | 'activate' | 'deactivate' | 'delete';
      readonly by: Actor;
    })
  | (Event & { readonly kind: 'use' });

/** A user of the account. */
export interface SeenUser {
  readonly userId: string;
  readonly userName: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** What happened since the last look. */
export interface Look {
  readonly users: readonly SeenUser[];
  /** In the order in which they happened. */
  readonly events: readonly KeyEvent[];
  readonly calls: readonly Call[];
}

/** As much of a key's history as was seen. */
interface SeenKey {
  readonly userId: string;
  statuses: number;
  lastUsedAtMs: number | undefined;
  isDeleted: boolean;
}

const KEY_ACTIONS = ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'];
/** What happens at the same time happens in this order. */
const ORDER: readonly KeyEvent['kind'][] = ['create', 'use', 'activate', 'deactivate', 'delete'];

export class KeyEvents {
  readonly #account: LocalAccount;
  readonly #seen = new Map<string, SeenKey>();
  readonly #names = new Map<string, string>();
  #log: readonly Call[];
  #cursor: number;
  /** Calls whose outcome was not known at the last look. */
  #pending: Call[] = [];

  constructor(account: LocalAccount) {
    this.#account = account;
    this.#log = account.calls.log;
    this.#cursor = this.#log.length;
  }

  look(): Look {
    const calls = this.#newCalls();
    const keyCalls = new KeyCalls(calls.filter(isKeyCall));
    const users = this.#account.userActions.users();
    const events: KeyEvent[] = [];
    for (const { userId, userName, keys } of users) {
      const names = [userName, this.#names.get(userId) ?? userName];
      this.#names.set(userId, userName);
      for (const history of keys) {
        events.push(...this.#follow(userId, names, history, keyCalls));
      }
    }
    events.push(
      ...this.#deletedWithTheirUser(new Set(users.map(({ userId }) => userId)), keyCalls),
    );
    const order = (a: KeyEvent, b: KeyEvent) =>
      a.atMs - b.atMs || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
    return { users, events: events.sort(order), calls };
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
  #follow(userId: string, names: string[], history: KeyHistory, calls: KeyCalls): KeyEvent[] {
    const { accessKeyId: keyId, createdAtMs, statuses, deletedAtMs, lastUsedAtMs } = history;
    const events: KeyEvent[] = [];
    let seen = this.#seen.get(keyId);
    if (!seen) {
      seen = { userId, statuses: 1, lastUsedAtMs: undefined, isDeleted: false };
      this.#seen.set(keyId, seen);
      const by = calls.take('CreateAccessKey', createdAtMs, ({ UserName = '' }) =>
        names.includes(UserName),
      );
      events.push({ kind: 'create', by, userId, keyId, atMs: createdAtMs });
    }
    for (const { sinceMs, status } of statuses.slice(seen.statuses)) {
      const isAbout = (resource: Call['resource']) =>
        resource.AccessKeyId === keyId && resource.Status === status;
      const by = calls.take('UpdateAccessKey', sinceMs, isAbout);
      events.push({ kind: kindOf(status), by, userId, keyId, atMs: sinceMs });
    }
    seen.statuses = statuses.length;
    if (lastUsedAtMs !== undefined && lastUsedAtMs !== seen.lastUsedAtMs) {
      seen.lastUsedAtMs = lastUsedAtMs;
      events.push({ kind: 'use', userId, keyId, atMs: lastUsedAtMs });
    }
    if (deletedAtMs !== undefined && !seen.isDeleted) {
      events.push(deletionOf(keyId, seen, deletedAtMs, calls));
    }
    return events;
  }

  /** Users who are not there any more: their keys went with them. */
  #deletedWithTheirUser(present: ReadonlySet<string>, calls: KeyCalls): KeyEvent[] {
    const nowMs = this.#account.clock.nowMs();
    return [...this.#seen]
      .filter(([, { userId, isDeleted }]) => !isDeleted && !present.has(userId))
      .map(([keyId, seen]) => deletionOf(keyId, seen, nowMs, calls));
  }
}

function kindOf(status: KeyFacts['status']): 'activate' | 'deactivate' {
  return status === 'Active' ? 'activate' : 'deactivate';
}

function deletionOf(keyId: string, seen: SeenKey, atMs: number, calls: KeyCalls): KeyEvent {
  seen.isDeleted = true;
  const by = calls.take('DeleteAccessKey', atMs, ({ AccessKeyId }) => AccessKeyId === keyId);
  return { kind: 'delete', by, userId: seen.userId, keyId, atMs };
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

  /** Takes the call that explains a change at a moment. @returns whose change it is */
  take(action: string, atMs: number, isAbout: (resource: Call['resource']) => boolean): Actor {
    const index = this.#calls.findIndex(
      (call) => call.action === action && call.atMs <= atMs && isAbout(call.resource),
    );
    if (index < 0) return 'person';
    this.#calls.splice(index, 1);
    return 'program';
  }
}
