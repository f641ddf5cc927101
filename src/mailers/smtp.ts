/**
 * Mails through any SMTP server, with TLS and a login.
 */
import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { parse, type SettingsOf, type SettingsTable } from '../config/setting.ts';
import type { Mail, MailAnswer, Mailer, Verification } from '../ports/mailer.ts';
import { expiry } from './network.ts';
import { formsOf, type Problem, readPassword } from './password.ts';
import type { MailerPlugin, MailerServices, Wire } from './plugin.ts';
import { answerOf, hintOf } from './smtp-answers.ts';
import { attempt } from './words.ts';

const settings = {
  SMTP_SERVER: {
    doc: 'Host name of the SMTP server.',
    allowed: 'a host name',
    schema: parse.hostName,
    required: true,
  },
  SMTP_PORT: {
    doc: 'Port of the SMTP server; 587 for the protocol `tls` and 465 for `ssl` when it is not set.',
    allowed: 'a whole number from 1 to 65535',
    schema: parse.wholeNumber(65_535),
  },
  SMTP_PROTOCOL: {
    doc: 'How the connection is encrypted: `tls` begins in plaintext and must switch to TLS (STARTTLS) before anything else, `ssl` is TLS from the first byte.',
    allowed: 'tls or ssl',
    schema: parse.oneOf(['tls', 'ssl']),
    fallback: 'tls',
  },
  SMTP_USER: {
    doc: 'User to log in as; the address in MAIL_FROM when it is not set.',
    allowed: 'a text without control characters',
    schema: parse.text,
  },
  SMTP_PASSWORD_PARAMETER: {
    doc: 'Name of the SSM parameter (a SecureString) with the password.',
    allowed: 'the name of an SSM parameter',
    schema: parse.text,
    required: true,
  },
} as const satisfies SettingsTable;

/** A server may scan a mail before it answers: it gets more time than to connect. */
const WIRE: Wire = {
  connectMs: 10_000,
  deadline: () => AbortSignal.timeout(40_000),
  ca: undefined,
};
/** A connection on which nothing moves for so long is given up; mails have given up before. */
const SILENCE_MS = 60_000;
const MAX_CONNECTIONS = 3;

export const smtp = {
  settings,
  create: (values, services) => new SmtpMailer(values, services),
} satisfies MailerPlugin<typeof settings>;

/** A pool of connections, made once the password is known. */
interface Pool {
  readonly transport: ReturnType<typeof createPool>;
  /** The password as it may be echoed. */
  readonly secrets: readonly string[];
}

class SmtpMailer implements Mailer {
  readonly name = 'smtp';
  readonly #settings: SettingsOf<typeof settings>;
  readonly #services: MailerServices;
  readonly #user: string;
  readonly #wire: Wire;
  /** The message streams of each mail under way, told apart by their signals. */
  readonly #streams = new WeakMap<AbortSignal, Readable[]>();
  #pool: Promise<Pool | Problem> | undefined;

  constructor(values: SettingsOf<typeof settings>, services: MailerServices) {
    this.#settings = values;
    this.#services = services;
    this.#user = values.SMTP_USER ?? services.sender.address;
    this.#wire = { ...WIRE, ...services.wire };
  }

  async verify(): Promise<Verification> {
    const pool = await this.#open();
    if ('problem' in pool) return { kind: 'not-now', reason: pool.problem, warnings: [] };
    try {
      await Promise.race([pool.transport.verify(), expiry(this.#wire.deadline())]);
      return { kind: 'accepted', reason: '', warnings: [] };
    } catch (error) {
      const { kind, reason } = this.#answer(error, false, pool.secrets);
      return { kind, reason, warnings: [] };
    }
  }

  send(mail: Mail): Promise<MailAnswer> {
    return attempt(mail, async () => {
      const pool = await this.#open();
      if ('problem' in pool) return { kind: 'not-now', reason: pool.problem };
      const signal = this.#wire.deadline();
      const streams: Readable[] = [];
      this.#streams.set(signal, streams);
      try {
        const { messageId } = await pool.transport.sendMail({ ...this.#compose(mail), signal });
        return { kind: 'accepted', messageId };
      } catch (error) {
        // Nodemailer reads a message only once the server has accepted the DATA command.
        const handedOver = streams.some(({ readableDidRead }) => readableDidRead);
        return this.#answer(error, handedOver, pool.secrets);
      }
    });
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    const opened = await pool;
    if (opened && 'transport' in opened) opened.transport.close();
  }

  #compose({ to, subject, text, html }: Mail) {
    const { name = '', address } = this.#services.sender;
    return {
      from: { name, address },
      // As an object, the address is taken as it is, not parsed for names, groups and comments.
      to: { name: '', address: to },
      envelope: { from: address, to: [to] },
      subject,
      text,
      html,
      xMailer: false as const,
    };
  }

  #answer(error: unknown, handedOver: boolean, secrets: readonly string[]) {
    const { SMTP_SERVER, SMTP_PASSWORD_PARAMETER } = this.#settings;
    const { reason, ...answer } = answerOf(error, handedOver, secrets);
    const hint = hintOf(error, { user: this.#user, parameter: SMTP_PASSWORD_PARAMETER });
    const server = `SMTP server ${SMTP_SERVER}:${portOf(this.#settings)}`;
    return { ...answer, reason: `${server}: ${hint ? `${hint}: ` : ''}${reason}` };
  }

  /** The one pool; made anew only if the password could not be read. */
  async #open(): Promise<Pool | Problem> {
    this.#pool ??= this.#create();
    const pool = await this.#pool;
    if ('problem' in pool) this.#pool = undefined;
    return pool;
  }

  async #create(): Promise<Pool | Problem> {
    const read = await readPassword(this.#services, this.#settings.SMTP_PASSWORD_PARAMETER);
    if ('problem' in read) return read;
    const { password } = read;
    const transport = createPool(this.#settings, this.#user, password, this.#wire);
    transport.use('stream', (mail, done) => {
      const streams = mail.data.signal && this.#streams.get(mail.data.signal);
      mail.message.processFunc((message) => {
        streams?.push(message as Readable);
        return message;
      });
      done();
    });
    return { transport, secrets: formsOf(this.#user, password) };
  }
}

function portOf({ SMTP_PORT, SMTP_PROTOCOL }: SettingsOf<typeof settings>): number {
  return SMTP_PORT ?? (SMTP_PROTOCOL === 'ssl' ? 465 : 587);
}

function createPool(
  values: SettingsOf<typeof settings>,
  user: string,
  pass: string,
  { connectMs, ca }: Wire,
) {
  const implicitTls = values.SMTP_PROTOCOL === 'ssl';
  return createTransport({
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    // A mail goes to another connection only if its own was gone before the mail was begun.
    maxRequeues: 1,
    host: values.SMTP_SERVER,
    port: portOf(values),
    secure: implicitTls,
    requireTLS: !implicitTls,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca && { ca }) },
    auth: { user, pass },
    // A server that offers no login is not the one the administrator has in mind.
    forceAuth: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
