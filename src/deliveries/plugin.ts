/** What a delivery is made of. */
import type { SettingsOf, SettingsTable } from '../config/setting.ts';
import type { PacedMailer } from '../mailers/paced-mailer.ts';
import type { Account } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery } from '../ports/delivery.ts';

/** What a delivery of one run works with, besides its own settings. */
export interface DeliveryServices {
  /** The account whose users it delivers to. */
  readonly account: Pick<Account, 'id' | 'region' | 'describe'>;
  /** Every delivery also tells the owner where the pair is. */
  readonly mailer: PacedMailer;
  readonly clock: Clock;
}

/** A way to hand key pairs over: its settings, and how to make one from them for each run. */
export interface DeliveryPlugin<Table extends SettingsTable = SettingsTable> {
  readonly settings: Table;
  create(settings: SettingsOf<Table>, services: DeliveryServices): Delivery;
}
