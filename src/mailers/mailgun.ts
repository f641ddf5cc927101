/**
 * Mails through Mailgun's HTTP API, in the US or the EU.
 */
import * as z from 'zod/mini';
import { parse, type SettingsOf, type SettingsTable } from '../config/setting.ts';
import type { Mail, MailAnswer, Mailer, Verification } from '../ports/mailer.ts';
import { answerOf, failureOf, type Reply } from './mailgun-answers.ts';
import { ask, type MailgunClient } from './mailgun-client.ts';
import { formsOf, type Problem, readPassword } from './password.ts';
import type { MailerPlugin, MailerServices, Wire } from './plugin.ts';
import { formatSender } from './sender.ts';
import { attempt, quote } from './words.ts';

const settings = {
  MAILGUN_API_URL: {
    doc: 'Mailgun API: https://api.mailgun.net, or https://api.eu.mailgun.net for domains in the EU.',
    allowed: 'an https URL (or http to this machine)',
    schema: z.pipe(
      z.string().check(z.refine((text) => parseApiUrl(text) !== undefined)),
      z.transform((text) => parseApiUrl(text) as string),
    ),
    fallback: 'https://api.mailgun.net',
  },
  MAILGUN_DOMAIN: {
    doc: 'Domain at Mailgun that the mails are sent from.',
    allowed: 'a domain',
    schema: parse.hostName,
    required: true,
  },
  MAILGUN_API_KEY_NAME: {
    doc: 'Name of the SSM parameter (a SecureString) with the API key; a sending key of the domain suffices.',
    allowed: 'the name of an SSM parameter',
    schema: parse.text,
    required: true,
  },
} as const satisfies SettingsTable;

const WIRE: Pick<Wire, 'deadline' | 'ca'> = {
  deadline: () => AbortSignal.timeout(20_000),
  ca: undefined,
};

export const mailgun = {
  settings,
  create: (values, services) => new MailgunMailer(values, services),
} satisfies MailerPlugin<typeof settings>;

class MailgunMailer implements Mailer {
  readonly name = 'mailgun';
  readonly #settings: SettingsOf<typeof settings>;
  readonly #services: MailerServices;
  readonly #wire: typeof WIRE;
  #key: ReturnType<typeof readPassword> | undefined;

  constructor(values: SettingsOf<typeof settings>, services: MailerServices) {
    this.#settings = values;
    this.#services = services;
    this.#wire = { ...WIRE, ...services.wire };
  }

  async verify(): Promise<Verification> {
    const access = await this.#access();
    if ('problem' in access) return { kind: 'not-now', reason: access.problem, warnings: [] };
    const { MAILGUN_DOMAIN } = this.#settings;
    const reply = await access.ask(({ domains }) => domains.get(MAILGUN_DOMAIN));
    if ('failure' in reply) return { ...failureOf(reply, access.secrets), warnings: [] };

    const state = reply.body?.domain?.state;
    if (reply.status === 200 && state === 'active') return accepted();
    if (reply.status === 200 && typeof state === 'string') {
      const reason = `the domain ${MAILGUN_DOMAIN} is ${quote(state)} at Mailgun; verify or enable it there`;
      return { kind: 'refused', reason, warnings: [] };
    }
    if (reply.status === 401 || reply.status === 403) return this.#verifySendingKey(access);
    return { ...failureOf(reply, access.secrets), warnings: [] };
  }

  /**
   * A sending key, the least privilege there is, may not read its domain and gets the same answer
   * there as a wrong key. A mail without sender and recipient tells them apart, and goes nowhere.
   */
  async #verifySendingKey({ ask, secrets }: Access): Promise<Verification> {
    const { MAILGUN_DOMAIN } = this.#settings;
    const mail = { text: 'To nobody', 'o:testmode': 'yes' } as const;
    const reply = await ask(({ messages }) => messages.create(MAILGUN_DOMAIN, mail));
    const failure = failureOf(reply, secrets);
    if (failure.kind !== 'refused') return { ...failure, warnings: [] };
    return accepted(
      `the Mailgun key may not read the domain ${MAILGUN_DOMAIN}, so whether it is active was not checked`,
    );
  }

  send(mail: Mail): Promise<MailAnswer> {
    return attempt(mail, async () => {
      const access = await this.#access();
      if ('problem' in access) return { kind: 'not-now', reason: access.problem };
      const message = {
        from: formatSender(this.#services.sender),
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        // No rewritten links and no tracking pixel in a mail with a key pair.
        'o:tracking': 'no',
      } as const;
      const { MAILGUN_DOMAIN } = this.#settings;
      const reply = await access.ask(({ messages }) => messages.create(MAILGUN_DOMAIN, message));
      return answerOf(reply, access.secrets);
    });
  }

  async close(): Promise<void> {
    // Every request has a connection of its own, which ends with it.
  }

  /** The API, once the key is known; asked for again only if it could not be read. */
  async #access(): Promise<Access | Problem> {
    this.#key ??= readPassword(this.#services, this.#settings.MAILGUN_API_KEY_NAME);
    const key = await this.#key;
    if ('problem' in key) {
      this.#key = undefined;
      return key;
    }
    const { password } = key;
    const { deadline, ca } = this.#wire;
    const access = { url: this.#settings.MAILGUN_API_URL, key: password, signal: deadline(), ca };
    return { ask: (request) => ask(access, request), secrets: formsOf('api', password) };
  }
}

/** The API as it is for one mail or one verification. */
interface Access {
  ask(request: (client: MailgunClient) => Promise<unknown>): Promise<Reply>;
  /** The key as it may be echoed. */
  readonly secrets: readonly string[];
}

function accepted(...warnings: string[]): Verification {
  return { kind: 'accepted', reason: '', warnings };
}

/** The origin of an API URL; undefined when it would send the key in clear or to a strange place. */
function parseApiUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname, origin, username, password, search, hash } = new URL(text);
  if (username || password || search || hash) return undefined;
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) return undefined;
  // Mailgun's own examples write the API's version into the URL.
  return /^\/(v\d\/?)?$/.test(pathname) ? origin : undefined;
}
