/**
 * The registry of mailers: one line a mailer. A mailer is loaded only when it is chosen.
 */
import type { Sender } from '../domain/address.ts';
import type { Secret } from '../domain/secret.ts';
import type { Log, Mailer } from '../ports.ts';
import type { SettingsOf, SettingsTable } from '../settings.ts';

/** What every mailer gets besides its own settings. */
export interface MailerServices {
  readonly sender: Sender;
  readonly log: Log;
  /** Reads an SSM SecureString; throws an error that names the parameter. */
  readonly readSecret: (parameterName: string) => Promise<Secret>;
  /** Each mailer has defaults that suit it; tests shorten the waits. */
  readonly wire?: Partial<Wire>;
}

/** How a mailer behaves on the wire. Connecting and answering together stay far below a minute. */
export interface Wire {
  /** Until a connection stands. */
  readonly connectMs: number;
  /** Until a mail is answered, everything included. */
  readonly answerMs: number;
  /** A certificate authority (PEM) to trust in place of the usual ones. */
  readonly ca: string | undefined;
}

/** A way to send mail: its settings and how to make one from them. */
export interface MailerPlugin<Table extends SettingsTable = SettingsTable> {
  readonly settings: Table;
  create(settings: SettingsOf<Table>, services: MailerServices): Mailer;
}

export const mailers = {
  ses: async () => (await import('./ses.ts')).ses,
  smtp: async () => (await import('./smtp.ts')).smtp,
  mailgun: async () => (await import('./mailgun.ts')).mailgun,
} satisfies Record<string, () => Promise<unknown>>;

export type MailerName = keyof typeof mailers;
