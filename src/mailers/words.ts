/**
 * What all mailers share: words that may stand in an answer, and the frame around an attempt.
 */
import type { Mail, MailAnswer } from '../domain/delivery.ts';

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
  return error instanceof Object && 'message' in error ? String(error.message) : String(error);
}

/**
 * Makes an attempt to send a mail, and keeps two promises of the port for it: it never throws, and
 * a mail whose header fields could break the header is refused.
 */
export async function attempt(mail: Mail, send: () => Promise<MailAnswer>): Promise<MailAnswer> {
  const broken = (['to', 'subject'] as const).find((field) => /\p{Cc}/u.test(mail[field]));
  if (broken) {
    return { kind: 'refused', reason: `the mail's field “${broken}” has a control character` };
  }
  try {
    return await send();
  } catch (error) {
    return { kind: 'unknown', reason: `unexpected: ${quote(messageOf(error))}` };
  }
}
