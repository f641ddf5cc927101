/** How a life ended, and whether it ended well. */
import type { LocalAccount } from '../../test/support/account/index.ts';
import type { Violation } from '../../test/support/invariants.ts';

/** How one rotation was closed. */
export interface Closing {
  readonly outcome: string;
  readonly reason: string;
}

export interface Ending {
  /** What must not be; empty if all is well. */
  readonly problems: readonly string[];
  /** Every rotation of the life, in order. */
  readonly closings: readonly Closing[];
  /** Mails with a key. */
  readonly keyMails: number;
  readonly days: number;
}

/** The rotation as it stands in the account. */
export class RotationView {
  readonly account: LocalAccount;
  readonly userName: string;
  readonly oldKeyId: string;
  readonly #table: string;
  readonly #userId: string;

  constructor(
    account: LocalAccount,
    table: string,
    userName: string,
    userId: string,
    oldKeyId: string,
  ) {
    this.account = account;
    this.userName = userName;
    this.oldKeyId = oldKeyId;
    this.#table = table;
    this.#userId = userId;
  }

  /** The state of the record, or `none`. */
  async state(): Promise<string> {
    const items = await this.account.hands.items(this.#table);
    const record = items.find(({ user, ak }) => user?.S === this.#userId && ak?.S === 'rotation');
    return record?.state?.S ?? 'none';
  }

  async closings(): Promise<Closing[]> {
    const items = await this.account.hands.items(this.#table);
    return items
      .filter(({ ak }) => ak?.S?.startsWith('history#'))
      .sort((a, b) => Number(a.closedAtMs?.N) - Number(b.closedAtMs?.N))
      .map(({ outcome, reason }) => ({ outcome: outcome?.S ?? '', reason: reason?.S ?? '' }));
  }

  async timers(): Promise<number> {
    const items = await this.account.hands.items(this.#table);
    return items.filter((item) => item.delete_on !== undefined).length;
  }

  /** Whether nothing is left to do. */
  async isOver(): Promise<boolean> {
    const isClosed = (await this.state()) === 'CLOSED';
    const oldKey = this.account.hands
      .keys(this.userName)
      .some(({ accessKeyId }) => accessKeyId === this.oldKeyId);
    return isClosed && !oldKey && (await this.timers()) === 0;
  }
}

/** Judges a life that is over, or was given up. */
export async function judge(
  view: RotationView,
  violations: readonly Violation[],
): Promise<Omit<Ending, 'days'>> {
  const { account, oldKeyId } = view;
  const problems = violations.map(({ invariant, what }) => `invariant ${invariant}: ${what}`);
  const keys = account.hands.keys(view.userName);
  const closings = await view.closings();
  const state = await view.state();
  const timers = await view.timers();
  const parameters = account.hands.parameterNames().filter((name) => name.startsWith('/ikr/'));
  const [key] = keys;

  if (state !== 'CLOSED') problems.push(`the rotation is still ${state}`);
  else if (closings.at(-1)?.outcome !== 'completed') {
    problems.push(`the last rotation ended ${closings.at(-1)?.outcome}`);
  }
  if (closings.some(({ reason }) => reason === '')) problems.push('no reason is given for an end');
  if (keys.some(({ accessKeyId }) => accessKeyId === oldKeyId)) {
    problems.push('the old key is still there');
  }
  if (keys.length !== 1) problems.push(`the user has ${keys.length} keys`);
  if (key?.status !== 'Active') problems.push('the user has no active key');
  if (key?.lastUsedAtMs === undefined) problems.push('the owner does not use the new key');
  if (timers > 0) problems.push(`${timers} timers are left`);
  if (parameters.length > 0) problems.push(`a parameter is left: ${parameters.join(', ')}`);
  problems.push(...account.violations);

  const keyMails = account.mails.filter(({ subject }) => /new access key/i.test(subject)).length;
  return { problems, closings, keyMails };
}
