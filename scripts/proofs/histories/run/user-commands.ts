/** What owners, users and administrators do in a history. */
import type { CallObserver } from '../../../../simulation/invariants/calls/call-observer.ts';
import type { KeyFacts } from '../../../../simulation/invariants/rules/facts.ts';
import type { Environment } from '../../../../simulation/scenario/environment.ts';
import type { UserAction } from '../../../../simulation/scenario/user-actions.ts';
import { nameNumber, type Tagging, type UserCommand } from '../model/history.ts';
import type { SystemUnderTest } from '../model/system.ts';

export class Users {
  readonly #system: SystemUnderTest;
  readonly #environment: Environment;
  readonly #observer: CallObserver;
  /** Every user there ever was, gone ones too. */
  readonly ids: string[] = [];

  constructor(system: SystemUnderTest, observer: CallObserver) {
    this.#system = system;
    this.#environment = system.environment;
    this.#observer = observer;
  }

  /** Creates a user with one key. */
  create(userName: string, keyAgeDays: number): void {
    const email = addressOf(userName);
    const { userId } = this.#environment.hire(userName, { email, keyAgeDays });
    this.ids.push(userId);
    this.#observer.userCreated(userId);
  }

  who(number: number): string {
    return this.ids[number % this.ids.length] ?? '';
  }

  /** All owners open their mail and use what works. */
  actAll(): void {
    for (const userId of this.#environment.iam.userIds()) {
      this.#observer.opensMail(userId);
      for (const { id } of this.#working(userId)) this.#observer.usesKey(id);
    }
  }

  /** @returns what came of it, for the log; `undefined` when it was not possible */
  async do(command: UserCommand): Promise<string | undefined> {
    if (command.do === 'create user') return this.#create(nameNumber(command.name));
    const userId = this.who(command.who);
    switch (command.do) {
      case 'open mail': {
        this.#observer.opensMail(userId);
        return this.#observer.keys.keysOf(userId).some(({ isKnown }) => isKnown) ? '' : undefined;
      }
      case 'use newest key':
      case 'use all keys': {
        const working = this.#working(userId).map(({ id }) => id);
        const used = command.do === 'use all keys' ? working : working.slice(-1);
        for (const id of used) this.#observer.usesKey(id);
        return used.map(short).join(', ') || undefined;
      }
      case 'ikr cancel': {
        const record = this.#observer.record(userId);
        const kind = await this.#system.cancel(command.run, userId);
        if (kind !== undefined) this.#observer.cancelAsked(userId, record, kind === 'cancelled');
        return kind;
      }
      case 'ikr resend':
        return this.#system.resend(command.run, userId);
      default: {
        const { who: _, ...action } = command;
        const result = await this.#observer.userActs(this.#toAction(action, userId), userId);
        return result === undefined ? undefined : short(result);
      }
    }
  }

  #toAction(command: Numbered, userId: string): UserAction {
    if (command.do === 'rename user') return { do: 'rename user', to: nameNumber(command.to) };
    if (command.do !== 'set tags') return command;
    const userName = this.#environment.iam.user(userId)?.userName ?? '';
    return { do: 'set tags', tags: TAGS[command.tags](userName) };
  }

  #create(userName: string): string | undefined {
    const { iam } = this.#environment;
    if (iam.userIds().some((id) => iam.user(id)?.userName === userName)) return undefined;
    this.create(userName, 0);
    return userName;
  }

  #working(userId: string): KeyFacts[] {
    return this.#observer.keys
      .keysOf(userId)
      .filter(({ status, isKnown }) => isKnown && status === 'Active');
  }
}

/** A user action in which names and tags are told by numbers and words. */
type Numbered =
  | Exclude<UserAction, { readonly do: 'rename user' | 'set tags' }>
  | { readonly do: 'rename user'; readonly to: number }
  | { readonly do: 'set tags'; readonly tags: Tagging };

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

/** An access key ID as a log tells it. */
export function short(accessKeyId: string): string {
  return accessKeyId.replace(/^AKIA0*/, 'K');
}
