/**
 * What sends mail: what it is given, and what it may answer.
 */

/** A mail without its sender, who is the same for all and the mailer's to know. */
export interface Mail {
  /** A checked address: it holds no CR, LF or angle bracket. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * A mailer's answer is one of four, because each calls for another step:
 * - `accepted`: the mail is the mail server's responsibility now;
 * - `not-now`: nothing was delivered, the same mail may be tried again (throttled, SMTP 4xx, quota);
 * - `refused`: nothing was delivered and never will be (SMTP 5xx to the recipient, rejected address);
 * - `unknown`: it may have arrived (time-out, lost connection, HTTP 5xx): undo nothing.
 */
export type MailAnswer =
  | { readonly kind: 'accepted'; readonly messageId?: string }
  | { readonly kind: 'not-now'; readonly reason: string; readonly quotaSpent?: boolean }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What `verify()` learns before the first key is created. */
export interface Verification {
  /** `accepted` means: mails can be sent now. Any other kind: create nothing in this run. */
  readonly kind: MailAnswer['kind'];
  /** Why not, in a sentence that says what to do; empty when accepted. */
  readonly reason: string;
  /** Mails that the quota leaves for now; undefined where the service does not tell. */
  readonly remaining?: number;
  /** The service's sending rate; undefined where it does not tell. */
  readonly perSecond?: number;
  /** What looks odd but does not stop a mail. */
  readonly warnings: readonly string[];
}

export interface Mailer {
  readonly name: string;
  /** Asks whether mails can be sent now, without sending one. */
  verify(): Promise<Verification>;
  /** Hands one mail over, in one attempt. Never throws: what it cannot tell is `unknown`. */
  send(mail: Mail): Promise<MailAnswer>;
  /** Releases connections. */
  close(): Promise<void>;
}
