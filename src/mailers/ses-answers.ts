/**
 * What an error of SES means for a mail.
 *
 * SES answers a client error only if it did not take the mail. Whether that is *refused* or
 * *not now* depends on whom it concerns. A refusal of this mail or its recipient will stay one.
 * What concerns the sender or the whole account (paused, unverified, no permission) is for the
 * administrators to mend and hits everybody: as *not now*, the keys wait and the next run delivers
 * them, while as *refused* every user would be put off for days although nothing is wrong with
 * theirs. Nobody is locked out either way, as the old keys stay.
 */
import { domainOf, type Sender } from '../domain/address.ts';
import type { MailAnswer } from '../ports/mailer.ts';
import { networkMessage, neverConnected } from './network.ts';
import { messageOf, quote } from './words.ts';

/** What the SDK tells of an error. `Code` stands there only if SES's own answer was understood. */
interface SesError {
  readonly name?: string;
  readonly message?: string;
  readonly Code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Errors about this one mail. */
const ABOUT_THE_MAIL = new Set(['MessageRejected', 'InvalidParameterValue']);

/** Reads an error of the SES client. */
export function answerOf(
  error: unknown,
  sender: Sender,
): Exclude<MailAnswer, { kind: 'accepted' }> {
  const { name = '', Code: code, $metadata } = error as SesError;
  const status = $metadata?.httpStatusCode ?? 0;
  if (typeof code === 'string' && status >= 400 && status < 500) {
    const message = messageOf(error);
    const reason = `SES answered ${quote(code)}: ${quote(message)}`;
    // “Daily message quota exceeded.”, as opposed to “Maximum sending rate exceeded.”
    if (/daily .*quota exceeded/i.test(message))
      return { kind: 'not-now', reason, quotaSpent: true };
    const refused = ABOUT_THE_MAIL.has(code) && !concernsSender(message, sender);
    return { kind: refused ? 'refused' : 'not-now', reason };
  }
  if (status > 0) {
    const understood = typeof code === 'string' ? quote(code) : 'in a way that cannot be read';
    return { kind: 'unknown', reason: `SES answered ${status}, ${understood}` };
  }
  const reason = `SES did not answer: ${quote(networkMessage(error))}`;
  return { kind: wasNeverSent(error, name) ? 'not-now' : 'unknown', reason };
}

/**
 * “Email address is not verified. The following identities failed the check in region …” names the
 * sender, or in the sandbox the recipient; “Sending suspended for this account.” names nobody.
 */
function concernsSender(message: string, sender: Sender): boolean {
  if (/\b(suspended|paused|ARN)\b/i.test(message)) return true;
  const words = message.toLowerCase().split(/[\s,;:<>]+/);
  return [sender.address.toLowerCase(), domainOf(sender.address)].some((identity) =>
    words.includes(identity),
  );
}

/** The SDK's own words for a connection that did not come about carry no code. */
function wasNeverSent(error: unknown, name: string): boolean {
  if (name === 'CredentialsProviderError' || neverConnected(error)) return true;
  return name === 'TimeoutError' && /did not establish a connection/.test(messageOf(error));
}
