/**
 * Mails through Mailgun's HTTP API, in the US or the EU.
 *
 * The API is two requests, made with `fetch`: what became of a request must be known exactly, and
 * a client library that reports a time-out as “400 Bad Request” would have a key withdrawn whose
 * mail arrived.
 */
import * as z from 'zod/mini';
import type { Mail, MailAnswer, Verification } from '../domain/delivery.ts';
import type { Mailer } from '../ports.ts';
import { parse, type SettingsOf, type SettingsTable } from '../settings.ts';
import type { MailerPlugin, MailerServices, Wire } from './index.ts';
import { answerOf, failureOf, type Reply, type ReplyBody } from './mailgun-answers.ts';
import { formsOf, type Problem, readPassword } from './password.ts';
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

/** Node itself gives up on connecting after ten seconds. */
const WIRE: Pick<Wire, 'deadline'> = { deadline: () => AbortSignal.timeout(20_000) };

export const mailgun = {
  settings,
  create: (values, services) => new MailgunMailer(values, services),
} satisfies MailerPlugin<typeof settings>;

class MailgunMailer implements Mailer {
  readonly name = 'mailgun';
  readonly #settings: SettingsOf<typeof settings>;
  readonly #services: MailerServices;
  readonly #deadline: Wire['deadline'];
  #key: ReturnType<typeof readPassword> | undefined;

  constructor(values: SettingsOf<typeof settings>, services: MailerServices) {
    this.#settings = values;
    this.#services = services;
    this.#deadline = services.wire?.deadline ?? WIRE.deadline;
  }

  async verify(): Promise<Verification> {
    const access = await this.#access();
    if ('problem' in access) return { kind: 'not-now', reason: access.problem, warnings: [] };
    const { MAILGUN_DOMAIN } = this.#settings;
    const reply = await access.ask('GET', `/v4/domains/${MAILGUN_DOMAIN}`);
    if ('error' in reply) return { ...failureOf(reply, access.secrets), warnings: [] };

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
    const form = new FormData();
    form.set('o:testmode', 'yes');
    const reply = await ask('POST', `/v3/${MAILGUN_DOMAIN}/messages`, form);
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
      const form = new FormData();
      form.set('from', formatSender(this.#services.sender));
      form.set('to', mail.to);
      form.set('subject', mail.subject);
      form.set('text', mail.text);
      form.set('html', mail.html);
      // No rewritten links and no tracking pixel in a mail with a key pair.
      form.set('o:tracking', 'no');
      const path = `/v3/${this.#settings.MAILGUN_DOMAIN}/messages`;
      return answerOf(await access.ask('POST', path, form), access.secrets);
    });
  }

  async close(): Promise<void> {
    // Node itself drops the idle connections of `fetch`.
  }

  /** The API, once the key is known; asked for again only if it could not be read. */
  async #access(): Promise<Access | Problem> {
    this.#key ??= readPassword(this.#services, this.#settings.MAILGUN_API_KEY_NAME);
    const key = await this.#key;
    if ('problem' in key) {
      this.#key = undefined;
      return key;
    }
    const { MAILGUN_API_URL } = this.#settings;
    const credentials = Buffer.from(`api:${key.password}`).toString('base64');
    const ask: Access['ask'] = (method, path, form) =>
      request(`${MAILGUN_API_URL}${path}`, {
        method,
        headers: { authorization: `Basic ${credentials}` },
        // A redirected mail is not known to be taken, and the key is for no other server.
        redirect: 'manual',
        signal: this.#deadline(),
        ...(form && { body: form }),
      });
    return { ask, secrets: formsOf('api', key.password) };
  }
}

interface Access {
  ask(method: 'GET' | 'POST', path: string, form?: FormData): Promise<Reply>;
  /** The key as it may be echoed. */
  readonly secrets: readonly string[];
}

/** Makes one request, in one attempt. */
async function request(url: string, init: RequestInit): Promise<Reply> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, body: parseObject(text) };
  } catch (error) {
    return { error };
  }
}

function parseObject(text: string): ReplyBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
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
