import type { TurnableClock } from './clock.ts';
import type { Caller } from './wire.ts';

/** What every service of the account knows about the account. */
export interface AccountContext {
  clock: TurnableClock;
  accountId: string;
  alias: string;
  region: string;
  /** Who calls with temporary credentials. */
  role: Caller;
}
