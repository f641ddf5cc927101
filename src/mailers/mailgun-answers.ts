/**
 * What a reply of Mailgun's API means for a mail.
 */
import type { MailAnswer } from '../ports/mailer.ts';
import { quote } from './words.ts';

/** The fields of Mailgun's replies that are read here; a stranger may have filled them. */
export interface ReplyBody {
  readonly id?: unknown;
  readonly message?: unknown;
  readonly domain?: { readonly state?: unknown } | null;
}

/** A reply, or what went wrong instead of one, and whether a connection had come about until then. */
export type Reply =
  | { readonly status: number; readonly body: ReplyBody | undefined }
  | { readonly failure: string; readonly connected: boolean };

/** What an administrator should look at. A mail that is answered so was not taken. */
const HINTS: Readonly<Record<number, string>> = {
  401: 'the API key was not accepted; check the key and MAILGUN_API_URL',
  402: 'the account is not paid for',
  403: 'sending is not allowed; check the domain and the account',
  404: 'the domain is not known there; check MAILGUN_DOMAIN and MAILGUN_API_URL, as domains in the EU have an API of their own',
  429: 'too many mails',
};

/** Reads the reply to a mail. */
export function answerOf(reply: Reply, secrets: readonly string[]): MailAnswer {
  const { status, body } = 'failure' in reply ? { status: 0, body: undefined } : reply;
  if (status === 200 && typeof body?.id === 'string') {
    return { kind: 'accepted', messageId: body.id };
  }
  return failureOf(reply, secrets);
}

/** Reads a reply that is not the one hoped for. */
export function failureOf(
  reply: Reply,
  secrets: readonly string[],
): Exclude<MailAnswer, { kind: 'accepted' }> {
  if ('failure' in reply) {
    const reason = `Mailgun did not answer: ${quote(reply.failure, secrets)}`;
    return { kind: reply.connected ? 'unknown' : 'not-now', reason };
  }
  const { status, body } = reply;
  const message = typeof body?.message === 'string' ? body.message : undefined;
  const said = message === undefined ? '' : `: ${quote(message, secrets)}`;
  const hint = HINTS[status];
  if (hint) return { kind: 'not-now', reason: `Mailgun answered ${status}, ${hint}${said}` };
  // Only Mailgun itself says what is wrong with a mail; a 400 without that may be a proxy's.
  const kind = status === 400 && message !== undefined ? 'refused' : 'unknown';
  return { kind, reason: `Mailgun answered ${status}${said}` };
}
