/** What owners, users and administrators do by hand. */

import type { StreamRecord } from '../../../simulation/memory/table.ts';
import { type Item, recordKey } from '../../../src/aws/items.ts';
import { DAY_MS, SECOND_MS } from '../../../src/domain/time.ts';
import { resend } from '../../../src/rotation/resend.ts';
import type { Run } from '../../../src/rotation/run-context.ts';
import { veto } from '../../../src/rotation/veto.ts';
import { type Command, NAMES } from './history.ts';
import { type KeyFacts, type Ledger, userOf } from './ledger.ts';
import type { Entry, Rules } from './rules.ts';
import type { Scenery } from './scenery.ts';

type ByHand = Exclude<Command, { do: 'rotate' | 'destruct' | 'both' | 'live' }>;

export class People {
  readonly #world: Scenery;
  readonly #ledger: Ledger;
  readonly #rules: Rules;
  /** Every user there ever was, gone ones too. */
  readonly ids: string[] = [];

  constructor(world: Scenery, ledger: Ledger, rules: Rules) {
    this.#world = world;
    this.#ledger = ledger;
    this.#rules = rules;
  }

  /** A new user with one key. */
  hire(userName: string, keyAgeDays: number): string {
    const { userId } = this.#world.hire(userName, { email: addressOf(userName), keyAgeDays });
    this.ids.push(userId);
    this.#ledger.follow(userId, 'person');
    this.#ledger.address(userId);
    this.#rules.afterHand();
    return userId;
  }

  who(number: number): string {
    return this.ids[number % this.ids.length] ?? '';
  }

  /** A stream record was lost, and with it the veto that it told of. */
  forget(keys: StreamRecord['dynamodb']['Keys']): void {
    const userId = userOf(keys);
    if (this.#rules.entry(userId)?.state !== 'CANCELLED') this.#forgetRemoval(userId);
  }

  #forgetRemoval(userId: string): void {
    const { how } = this.#ledger.vetoes.get(userId) ?? {};
    if (how === TIMER_REMOVED) this.#ledger.vetoes.delete(userId);
  }

  /** Opens every mail and uses every key that works. */
  act(userId: string): void {
    this.#ledger.open(userId);
    for (const key of this.#working(userId)) this.#use(key);
  }

  /** @returns what came of it, for the story; `undefined` when it was not possible */
  async do(command: ByHand, run: Run): Promise<string | undefined> {
    if (command.do === 'create user') return this.#createUser(command.name);
    const userId = this.who(command.who);
    const { iam, table, parameters } = this.#world;
    const user = iam.user(userId);
    const entry = this.#rules.entry(userId);
    const timerKey = { user: userId, ak: entry?.oldKeyId ?? '' };
    const timer = table.get(timerKey);
    const touch = <T>(result: T): T => {
      this.#ledger.hand(userId);
      if (user) this.#ledger.follow(userId, 'person');
      this.#rules.afterHand();
      return result;
    };

    switch (command.do) {
      case 'open mail': {
        this.#ledger.open(userId);
        return this.#ledger.keysOf(userId).some(({ known }) => known) ? '' : undefined;
      }
      case 'use newest key':
      case 'use all keys': {
        const keys = this.#working(userId);
        const used = command.do === 'use all keys' ? keys : keys.slice(-1);
        for (const key of used) this.#use(key);
        return used.map(({ id }) => short(id)).join(', ') || undefined;
      }
      case 'create key':
        if (!user || this.#ledger.keysOf(userId).length > 1) return undefined;
        return touch(short(this.#world.createKey(userId)));
      case 'deactivate key':
      case 'activate key': {
        const key = this.#pick(userId, command.which);
        const status = command.do === 'activate key' ? 'Active' : 'Inactive';
        if (!key || key.status === status) return undefined;
        iam.setStatus(key.id, status);
        this.#noticeActivation(key, status, entry);
        return touch(short(key.id));
      }
      case 'delete key': {
        const key = this.#pick(userId, command.which);
        if (!key) return undefined;
        iam.deleteKey(key.id);
        return touch(short(key.id));
      }
      case 'ikr cancel': {
        const record = this.#world.record(userId);
        if (!record) return undefined;
        const { kind } = await veto(record, 'ikr cancel', run);
        if (kind === 'cancelled') this.#veto(userId, entry, 'it was cancelled', 0);
        return touch(kind);
      }
      case 'ikr resend': {
        if (!user) return undefined;
        return (await resend(this.#world.record(userId), user, run)).kind;
      }
      case 'remove timer': {
        if (!timer) return undefined;
        await table.remove(timerKey);
        const isOfRotation = (timer.rotationId ?? entry?.rotationId) === entry?.rotationId;
        if (isOfRotation && IN_FORCE.includes(entry?.state ?? '')) {
          this.#veto(userId, entry, TIMER_REMOVED);
        }
        return touch('');
      }
      case 'move timer': {
        if (!timer) return undefined;
        await table.put({
          ...timer,
          delete_on: Number(timer.delete_on) + (command.days * DAY_MS) / SECOND_MS,
        });
        return touch(`by ${command.days} days`);
      }
      case 'forge timer': {
        const key = this.#pick(userId, command.which);
        if (!key) return undefined;
        await table.put({
          user: userId,
          ak: key.id,
          delete_on: Math.floor(this.#ledger.nowMs / SECOND_MS),
          ...(command.named && entry?.rotationId && { rotationId: entry.rotationId }),
        });
        // Who sets the timer again takes back its removal, and nothing else.
        if (entry?.state !== 'CANCELLED') this.#forgetRemoval(userId);
        return touch(short(key.id));
      }
      case 'remove record':
        if (!entry) return undefined;
        await table.remove(recordKey(userId));
        this.#loseTrack(userId, entry);
        return touch('');
      case 'break record': {
        const item = table.get(recordKey(userId));
        if (!item) return undefined;
        const { oldKeyId: _, ...broken } = item;
        await table.put(broken as Item);
        this.#loseTrack(userId, entry);
        return touch('');
      }
      case 'move dates': {
        const item = table.get(recordKey(userId));
        if (entry?.deleteOnMs === undefined) return undefined;
        const { deactivateOnMs, deleteOnMs } = entry;
        const byMs = command.days * DAY_MS;
        await table.put({
          ...item,
          deleteOnMs: deleteOnMs + byMs,
          ...(deactivateOnMs !== undefined && { deactivateOnMs: deactivateOnMs + byMs }),
        });
        return touch(`by ${command.days} days`);
      }
      case 'remove history': {
        const items = table
          .items()
          .filter(({ user: of, ak }) => of === userId && String(ak).startsWith('history#'));
        for (const { user: of, ak } of items)
          await table.remove({ user: String(of), ak: String(ak) });
        return items.length > 0 ? '' : undefined;
      }
      case 'delete parameter':
      case 'overwrite parameter': {
        const name = entry?.parameterName;
        if (!name || !parameters.names().includes(name)) return undefined;
        const rotationId = parameters.rotationIn(name);
        if (rotationId !== undefined) this.#ledger.spoiled.add(rotationId);
        if (command.do === 'delete parameter') parameters.delete(name);
        else parameters.overwrite(name);
        return touch('');
      }
      case 'rename': {
        const name = NAMES[command.to % NAMES.length] ?? '';
        if (!user || this.#isTaken(name)) return undefined;
        iam.renameUser(userId, name);
        return touch(`to ${name}`);
      }
      case 'delete user':
        if (!user) return undefined;
        iam.deleteUser(userId);
        this.#ledger.follow(userId, 'person');
        return touch('');
      case 'retag':
        if (!user) return undefined;
        iam.retag(userId, TAGS[command.tags](user.userName));
        this.#ledger.address(userId);
        return touch(command.tags);
    }
  }

  /** A closed record says nothing of the keys that are there. */
  #loseTrack(userId: string, entry: Entry | undefined): void {
    if (entry?.state !== 'CLOSED') this.#ledger.recordless.add(userId);
  }

  #createUser(number: number): string | undefined {
    const name = NAMES[number % NAMES.length] ?? '';
    if (this.#isTaken(name)) return undefined;
    this.hire(name, 0);
    return name;
  }

  #isTaken(name: string): boolean {
    return this.#world.iam.userIds().some((id) => this.#world.iam.user(id)?.userName === name);
  }

  #pick(userId: string, which: 'oldest' | 'newest'): KeyFacts | undefined {
    const keys = this.#ledger.keysOf(userId);
    return which === 'oldest' ? keys[0] : keys.at(-1);
  }

  #working(userId: string): KeyFacts[] {
    return this.#ledger.keysOf(userId).filter(({ status, known }) => known && status === 'Active');
  }

  #use(key: KeyFacts): void {
    this.#world.iam.useKey(key.id);
    this.#ledger.used(key.id);
  }

  /** Who activates a key that this program put to sleep wants to keep it. */
  #noticeActivation(key: KeyFacts, status: string, entry: Entry | undefined): void {
    const { userId, id } = key;
    if (entry?.state === 'DEACTIVATED' && entry.oldKeyId === id) {
      if (status === 'Active') this.#veto(userId, entry, 'a person activated it again', 0);
      else this.#ledger.vetoes.delete(userId);
    }
  }

  #veto(userId: string, entry: Entry | undefined, how: string, knownSince?: number): void {
    const { rotationId, oldKeyId, newKeyId } = entry ?? {};
    if (rotationId === undefined || oldKeyId === undefined || newKeyId === undefined) return;
    const standing = this.#ledger.vetoes.get(userId);
    if (standing?.rotationId === rotationId && standing.knownSince !== undefined) return;
    this.#ledger.vetoes.set(userId, {
      rotationId,
      keyIds: [oldKeyId, newKeyId],
      how,
      ...(knownSince !== undefined && { knownSince }),
    });
  }
}

const TIMER_REMOVED = 'a person removed the timer';
const IN_FORCE = ['DELIVERING', 'SCHEDULED', 'DEACTIVATED'];

type Tagging = Extract<Command, { do: 'retag' }>['tags'];

const TAGS: Readonly<Record<Tagging, (userName: string) => Record<string, string>>> = {
  plain: (userName) => ({ 'IKR:EMAIL': addressOf(userName) }),
  none: () => ({}),
  invalid: () => ({ 'IKR:EMAIL': 'nobody' }),
  elsewhere: () => ({ 'IKR:EMAIL': 'team@example.com' }),
  outside: () => ({ 'IKR:EMAIL': 'someone@evil.test' }),
  slow: (userName) => ({ 'IKR:EMAIL': addressOf(userName), 'IKR:DELETE_AFTER_DAYS': '12' }),
  staged: (userName) => ({
    'IKR:EMAIL': addressOf(userName),
    'IKR:DELETE_AFTER_DAYS': '4',
    'IKR:DEACTIVATE_AFTER_DAYS': '2',
  }),
};

function addressOf(userName: string): string {
  return `${userName.replaceAll(/\W/g, '_')}@example.com`;
}

/** An access key ID as a story tells it. */
export function short(accessKeyId: string): string {
  return accessKeyId.replace(/^AKIA0*/, 'K');
}
