/** What a mailer is made of. */
import type { SettingsOf, SettingsTable } from '../config/setting.ts';
import type { Sender } from '../domain/address.ts';
import type { Secret } from '../domain/secret.ts';
import type { Log } from '../ports/log.ts';
import type { Mailer } from '../ports/mailer.ts';

/** What every mailer gets besides its own settings. */
export interface MailerServices {
  readonly sender: Sender;
  readonly log: Log;
  /** Reads an SSM SecureString; throws an error that names the parameter. */
  readonly readSecret: (parameterName: string) => Promise<Secret>;
  /** Each mailer has defaults that suit it; tests have others. */
  readonly wire?: Partial<Wire>;
}

/** How a mailer behaves on the wire. */
export interface Wire {
  /** How long it waits for a connection. */
  readonly connectMs: number;
  /**
   * A new signal for each mail and each verification, which ends them, everything included. By
   * default it comes well within the minute that is left before every step of a rotation.
   */
  readonly deadline: () => AbortSignal;
  /** A certificate authority (PEM) to trust in place of the usual ones. */
  readonly ca: string | undefined;
}

/** A way to send mail: its settings and how to make one from them. */
export interface MailerPlugin<Table extends SettingsTable = SettingsTable> {
  readonly settings: Table;
  create(settings: SettingsOf<Table>, services: MailerServices): Mailer;
}
