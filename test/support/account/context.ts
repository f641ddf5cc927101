import type { TurnableClock } from './clock.ts';

/** What every service of the account knows about the account. */
export interface AccountContext {
  clock: TurnableClock;
  accountId: string;
  alias: string | undefined;
  region: string;
  /** ARN of the role that calls. */
  caller: string;
}
