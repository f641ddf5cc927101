/**
 * What all mailers share: words that may stand in an answer, and the frame around an attempt.
 */
import { isAddress } from '../domain/address.ts';
import type { Mail, MailAnswer } from '../ports/mailer.ts';

const MAX_QUOTE = 200;

/**
 * A run that looks like a key, a token or a line of an encoded mail: servers like to quote what
 * they refuse, and a mail holds a key pair.
 */
const KEY_LIKE = /[\w+/=-]{40,}|(?=[A-Za-z+/=_-]*\d)[\w+/=-]{20,}/g;

/**
 * A server's own words as they may stand in an answer: on one line, at most 200 characters long,
 * without control characters, without the given secrets and whatever else looks like a key.
 */
export function quote(words: unknown, secrets: readonly string[] = []): string {
  let text = String(words ?? '');
  for (const secret of secrets) if (secret) text = text.replaceAll(secret, '[…]');
  text = text
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(KEY_LIKE, '[…]')
    .trim();
  const characters = [...text];
  return characters.length > MAX_QUOTE ? `${characters.slice(0, MAX_QUOTE).join('')}…` : text;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return String(message ?? error);
}

/**
 * Makes an attempt to send a mail, and keeps two promises of the port for it: it never throws, and
 * a mail that would go to a strange place, or break its header, is refused. Address and subject
 * were checked before; but libraries take addresses apart in ways of their own.
 */
export async function attempt(mail: Mail, send: () => Promise<MailAnswer>): Promise<MailAnswer> {
  if (!isAddress(mail.to)) return { kind: 'refused', reason: 'the recipient is no mail address' };
  if (/\p{Cc}/u.test(mail.subject)) {
    return { kind: 'refused', reason: 'the subject has a control character' };
  }
  try {
    return await send();
  } catch (error) {
    return { kind: 'unknown', reason: `unexpected: ${quote(messageOf(error))}` };
  }
}
