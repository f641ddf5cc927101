/**
 * Mails through Amazon SES.
 */
import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import * as z from 'zod/mini';
import type { SettingsOf, SettingsTable } from '../config/setting.ts';
import type { Mail, MailAnswer, Mailer, Verification } from '../ports/mailer.ts';
import type { MailerPlugin, MailerServices, Wire } from './plugin.ts';
import { encodeSender } from './sender.ts';
import { answerOf } from './ses-answers.ts';
import { verifySes } from './ses-verification.ts';
import { attempt } from './words.ts';

const settings = {
  SES_REGION: {
    doc: "Region of SES to send from; the function's own Region when it is not set.",
    allowed: 'an AWS Region such as eu-west-1',
    schema: z.string().check(z.regex(/^[a-z]{2,3}(-[a-z]+)+-\d{1,2}$/)),
  },
  MAIL_SOURCE_ARN: {
    doc: "ARN of another account's SES identity that this account may send from.",
    allowed: 'the ARN of an SES identity, arn:aws:ses:eu-west-1:111122223333:identity/example.com',
    schema: z
      .string()
      .check(z.regex(/^arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity\/[^\p{Cc}\s]+$/u)),
  },
} as const satisfies SettingsTable;

const WIRE: Pick<Wire, 'connectMs' | 'deadline'> = {
  connectMs: 5_000,
  deadline: () => AbortSignal.timeout(10_000),
};
/** Reading the quota has no effect, so it may be repeated. */
const ATTEMPTS_TO_READ = 3;

export const ses = {
  settings,
  create: (values, services) => new SesMailer(values, services),
} satisfies MailerPlugin<typeof settings>;

/** As many as the SDK itself would open. */
const MAX_CONNECTIONS = 50;

class SesMailer implements Mailer {
  readonly name = 'ses';
  readonly #settings: SettingsOf<typeof settings>;
  readonly #services: MailerServices;
  readonly #deadline: Wire['deadline'];
  readonly #sender: SESClient;
  readonly #reader: SESClient;

  constructor(values: SettingsOf<typeof settings>, services: MailerServices) {
    const { connectMs, deadline } = { ...WIRE, ...services.wire };
    this.#settings = values;
    this.#services = services;
    this.#deadline = deadline;
    const client = (maxAttempts: number, keepAlive: boolean) =>
      new SESClient({
        ...(values.SES_REGION && { region: values.SES_REGION }),
        maxAttempts,
        requestHandler: {
          connectionTimeout: connectMs,
          httpAgent: { keepAlive, maxSockets: MAX_CONNECTIONS },
          httpsAgent: { keepAlive, maxSockets: MAX_CONNECTIONS },
        },
      });
    // Repeated by the client after a lost answer, a mail might come twice. A kept connection may be
    // closed by SES in the moment in which it is used again, and then the mail is in doubt.
    this.#sender = client(1, false);
    this.#reader = client(ATTEMPTS_TO_READ, true);
  }

  verify(): Promise<Verification> {
    const { sender } = this.#services;
    const ses = { client: this.#reader, abortSignal: this.#deadline() };
    return verifySes(ses, sender, this.#settings.MAIL_SOURCE_ARN);
  }

  send(mail: Mail): Promise<MailAnswer> {
    return attempt(mail, async () => {
      const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
      const command = new SendEmailCommand({
        Source: encodeSender(this.#services.sender),
        Destination: { ToAddresses: [mail.to] },
        Message: {
          Subject: utf8(mail.subject),
          Body: { Text: utf8(mail.text), Html: utf8(mail.html) },
        },
        ...(this.#settings.MAIL_SOURCE_ARN && { SourceArn: this.#settings.MAIL_SOURCE_ARN }),
      });
      try {
        const { MessageId } = await this.#sender.send(command, {
          abortSignal: this.#deadline(),
        });
        if (MessageId) return { kind: 'accepted', messageId: MessageId };
        return { kind: 'unknown', reason: 'SES answered without a message ID' };
      } catch (error) {
        return answerOf(error, this.#services.sender);
      }
    });
  }

  async close(): Promise<void> {
    this.#sender.destroy();
    this.#reader.destroy();
  }
}
