/**
 * What one run of the rotator or the destructor works with.
 */

import type { DestructionPolicy } from '../domain/destruction.ts';
import type { AccountIdentity } from '../domain/identity.ts';
import type { RotationDefaults } from '../domain/policy.ts';
import type { Postman } from '../mailers/paced-mailer.ts';
import type { ContentKeys, Inventory, Keys } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Sealer } from '../ports/sealer.ts';

export interface Run {
  readonly clock: Clock;
  readonly keys: Keys;
  readonly journal: Journal;
  readonly parameters: ContentKeys;
  readonly sealer: Sealer;
  readonly inventory: Inventory;
  readonly postman: Postman;
  readonly log: Log;
  /** The account as mails name it; asked for once a run. */
  readonly account: () => Promise<AccountIdentity>;
  readonly region: string;
  readonly rotation: RotationDefaults;
  readonly destruction: DestructionPolicy;
  readonly encryptKeyPair: boolean;
  readonly maxRotationsPerRun?: number;
  readonly dryRun: boolean;
  /** When the function is stopped from outside; infinity where nobody does that. */
  readonly deadlineAtMs: number;
}
