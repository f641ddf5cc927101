/**
 * What an error of nodemailer means for a mail.
 */
import type { MailAnswer } from '../ports/mailer.ts';
import { networkMessage } from './network.ts';
import { quote } from './words.ts';

/** What nodemailer tells of an error; see its `errors.ts` and `smtp-connection`. */
interface SmtpError {
  /** `EENVELOPE` and `EMESSAGE`: the server answered a command; others: the session failed. */
  readonly code?: string;
  /** The command that failed. */
  readonly command?: string;
  /** The reply to the command, and its code. */
  readonly response?: string;
  readonly responseCode?: number;
}

/**
 * Replies that refuse the session, not the mail (RFC 4954 §6, RFC 5321 §4.2.2): a login is missing,
 * too weak or wrong, or commands came in the wrong order.
 */
const REFUSES_SESSION = new Set([503, 530, 534, 535, 538]);

/** The command at which a refusal is about the sender, who is the same for all mails. */
const REFUSES_SENDER = 'MAIL FROM';

/**
 * Reads an error.
 * @param handedOver whether any of the message was sent after the server had accepted DATA. The
 *   error alone does not tell: a lost connection looks the same at every command.
 */
export function answerOf(
  error: unknown,
  handedOver: boolean,
  secrets: readonly string[],
): Exclude<MailAnswer, { kind: 'accepted' }> {
  const { code, command, response, responseCode = 0 } = error as SmtpError;
  const reason = quote(response ?? networkMessage(error), secrets);
  const answered = code === 'EENVELOPE' || code === 'EMESSAGE';

  if (answered && responseCode >= 400 && responseCode < 500) {
    // Amazon SES says so on its SMTP interface too.
    const quotaSpent = /daily .*quota exceeded/i.test(response ?? '');
    return { kind: 'not-now', reason, ...(quotaSpent && { quotaSpent }) };
  }
  if (answered && responseCode >= 500 && responseCode < 600) {
    // Who may not send may send to nobody: that is for the administrators to mend, and no reason to
    // put every user's rotation off for days.
    const concernsAll = command === REFUSES_SENDER || REFUSES_SESSION.has(responseCode);
    return { kind: concernsAll ? 'not-now' : 'refused', reason };
  }
  if (handedOver) {
    return { kind: 'unknown', reason: `the mail was sent but not answered: ${reason}` };
  }
  return { kind: 'not-now', reason };
}

/** What an administrator should look at. */
export function hintOf(
  error: unknown,
  { user, parameter }: { user: string; parameter: string },
): string {
  const { code, command, responseCode = 0 } = error as SmtpError;
  if (command === REFUSES_SENDER && responseCode >= 500 && !REFUSES_SESSION.has(responseCode)) {
    return `the sender was refused; check MAIL_FROM, and whether ${user} may send as that address`;
  }
  switch (code) {
    case 'EAUTH':
      return `the login as ${user} failed; check SMTP_USER and the password in ${parameter}`;
    case 'EDNS':
    case 'ETLS':
    case 'ESOCKET':
    case 'ECONNECTION':
    case 'ETIMEDOUT':
      return "the connection failed; check SMTP_SERVER, SMTP_PORT, SMTP_PROTOCOL and the server's certificate";
    default:
      return '';
  }
}
