/** How a life ended, and whether it ended well. */
import type { Item, LocalAccount } from '../../../simulation/aws/index.ts';
import type { Violation } from '../../../simulation/invariants/index.ts';

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

/** The rotation as it stood in the account at the last look. */
export class RotationView {
  readonly account: LocalAccount;
  readonly userName: string;
  readonly oldKeyId: string;
  readonly #table: string;
  readonly #userId: string;
  #items: readonly Item[] = [];

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

  /** The state of the record at the last look, or `none`. */
  get state(): string {
    return this.#record()?.state?.S ?? 'none';
  }

  /** How many timers there were at the last look. */
  get timers(): number {
    return this.#items.filter((item) => item.delete_on !== undefined).length;
  }

  /** How every rotation was closed until the last look. */
  get closings(): Closing[] {
    return this.#items
      .filter(({ ak }) => ak?.S?.startsWith('history#'))
      .sort((a, b) => Number(a.closedAtMs?.N) - Number(b.closedAtMs?.N))
      .map(({ outcome, reason }) => ({ outcome: outcome?.S ?? '', reason: reason?.S ?? '' }));
  }

  /** Reads the table. */
  async look(): Promise<void> {
    this.#items = await this.account.hands.items(this.#table);
  }

  /** Whether nothing was left to do at the last look. */
  isOver(): boolean {
    const oldKey = this.account.hands
      .keys(this.userName)
      .some(({ accessKeyId }) => accessKeyId === this.oldKeyId);
    return this.state === 'CLOSED' && !oldKey && this.timers === 0;
  }

  #record(): Item | undefined {
    return this.#items.find(({ user, ak }) => user?.S === this.#userId && ak?.S === 'rotation');
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
  await view.look();
  const { closings, state, timers } = view;
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
  if (!keys.some(({ status }) => status === 'Active')) problems.push('the user has no active key');
  if (key?.lastUsedAtMs === undefined) problems.push('the owner does not use the new key');
  if (timers > 0) problems.push(`${timers} timers are left`);
  if (parameters.length > 0) problems.push(`a parameter is left: ${parameters.join(', ')}`);
  problems.push(...account.violations);

  const keyMails = account.mails.filter(({ subject }) => /new access key/i.test(subject)).length;
  return { problems, closings, keyMails };
}
