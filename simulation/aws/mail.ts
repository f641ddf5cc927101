/** A mail as it was received, whichever way it came. */
export interface ReceivedMail {
  via: 'ses' | 'smtp' | 'mailgun';
  from: string;
  to: string[];
  replyTo: string[];
  subject: string;
  text: string;
  html: string;
  /** When it was accepted, on the account's clock. */
  atMs: number;
  /** The message as it came over the wire; SMTP only. */
  raw?: string;
}
