/**
 * What every mailer owes, whichever way it sends: the same sentences for all, over real sockets.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import type { LocalWorld } from '../../simulation/aws/index.ts';
import type { ReceivedMail } from '../../simulation/aws/mail.ts';
import { parseSender, type Sender } from '../../src/domain/address.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { MailerServices } from '../../src/mailers/plugin.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Mail, MailAnswer, Mailer } from '../../src/ports/mailer.ts';
import { FACTS, MAILS } from '../deliveries/mail/templates/samples.ts';
import { hostileAddress, hostileText } from '../support/hostile.ts';

/** A mailer's server, and ways to reach it. */
export interface MailerWorld {
  readonly local: LocalWorld;
  /** The actions that carry the mail's content, and the first that a verification makes. */
  readonly sending: { readonly service: string; readonly action: string };
  readonly verifying: { readonly service: string; readonly action: string };
  /** A mailer as it should be set up. */
  mailer(overrides?: Partial<MailerServices>): Mailer;
  /** One that may not log in, and one whose server does not listen. */
  stranger(): Mailer;
  lost(): Mailer;
  /** Has the server refuse a recipient. */
  refuse(address: string): void;
  /** What must never be seen in an answer. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

export const SENDER: Sender = { name: 'Key Rötator, Ops', address: 'mailer@example.com' };
const TOKEN = 'k3Y-_'.repeat(140);

/** Services with a password that is always there. */
export function services(
  password: string,
  overrides: Partial<MailerServices> = {},
): MailerServices {
  const silence = () => {};
  const log: Log = { debug: silence, info: silence, warn: silence, error: silence };
  return {
    sender: SENDER,
    log,
    readSecret: async () => new Secret(password),
    ...overrides,
  };
}

export function mailTo(to: string, parts: Partial<Mail> = {}): Mail {
  return {
    to,
    subject: 'Your new access key — ключ 🔑',
    text: `Hello Zoë,\n\n.a line with a dot\n..and another\n${TOKEN}\nצבע = färg = 色\n`,
    html: `<p>Hello <b>Zoë</b> &amp; “friends”</p>\n<pre>${TOKEN}</pre>\n<p>色 🔑</p>\n`,
    ...parts,
  };
}

/** Any address of the form that the product accepts. */
const anyAddress = fc
  .tuple(
    fc.stringMatching(/^[a-zA-Z0-9.!#$%&'*+/^_`{|}~-]{1,64}$/),
    fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?$/),
    fc.constantFrom('example', 'test'),
  )
  .map(([local, host, top]) => `${local}@${host}.${top}`);

/**
 * One form for what names one mailbox: the case of a domain means nothing, nor do quotes around a
 * local part that needs none (RFC 5321 §2.4, §4.1.2), and some libraries change them.
 */
function sameMailbox(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).replace(/^"([^"\\\s]*)"$/, '$1');
  return local + address.slice(at).toLowerCase();
}

/** The headers of a message as another program reads them: ours, each once, and no other. */
async function expectPlainHeaders(raw: string, mail: Mail, { address }: Sender): Promise<void> {
  const parsed = await PostalMime.parse(raw);
  expect(parsed.headers.map(({ key }) => key).sort()).toEqual([
    'content-type',
    'date',
    'from',
    'message-id',
    'mime-version',
    'subject',
    'to',
  ]);
  expect(parsed).toMatchObject({ subject: mail.subject, from: { address }, attachments: [] });
  expect(parsed.to?.map((to) => ({ ...to, address: sameMailbox(to.address ?? '') }))).toEqual([
    { address: sameMailbox(mail.to), name: '' },
  ]);
  expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^X-Injected/m);
}

/** Waits for what a server does, without a clock; Jest ends a test that waits in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Mail servers end lines with CRLF, and mails with a line. */
const lines = (text: string | undefined) => text?.replaceAll('\r\n', '\n').trimEnd();

export function describeMailer(name: string, start: () => Promise<MailerWorld>): void {
  describe(`${name}, as a mailer`, () => {
    let world: MailerWorld;
    let mailer: Mailer;
    const opened: Mailer[] = [];
    const open = (made: Mailer) => {
      opened.push(made);
      return made;
    };
    const received = (): ReceivedMail[] => world.local.mails;
    const attempts = () =>
      world.local.traffic.calls.count(`${world.sending.service}:${world.sending.action}`);

    /** Sends a mail; whatever the answer is, it must be fit to be logged. */
    const send = async (mail: Mail, by: Mailer = mailer): Promise<MailAnswer> => {
      const answer = await by.send(mail);
      if (answer.kind !== 'accepted') expectPresentable(answer.reason);
      return answer;
    };
    const expectPresentable = (reason: string) => {
      expect(reason).not.toBe('');
      expect(reason.length).toBeLessThan(600);
      expect(reason).not.toMatch(/\p{Cc}/u);
      for (const secret of [...world.secrets, TOKEN]) expect(reason).not.toContain(secret);
    };

    beforeAll(async () => {
      world = await start();
    });
    afterAll(() => world.close());
    beforeEach(() => {
      world.local.traffic.faults.clear();
      world.local.traffic.calls.reset();
      world.local.mails.length = 0;
      mailer = open(world.mailer());
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((made) => made.close()));
    });

    it('delivers text and HTML with every character intact', async () => {
      const mail = mailTo('zoe@example.com');

      const answer = await send(mail);

      expect(answer).toEqual({ kind: 'accepted', messageId: expect.stringMatching(/\S{10,}/) });
      expect(received()).toHaveLength(1);
      const [arrived] = received();
      expect(arrived?.subject).toBe(mail.subject);
      expect(lines(arrived?.text)).toBe(lines(mail.text));
      expect(lines(arrived?.html)).toBe(lines(mail.html));
    });

    it.each([
      'alice+ci@example.com',
      'o.b_r-i=e{n}@example.com',
      "!#$%&'*+/?=^_`{|}~@example.com",
      'x@sub.domain.example.co',
      'UPPER@example.com',
    ])('delivers to %s and to nobody else', async (address) => {
      expect(await send(mailTo(address))).toMatchObject({ kind: 'accepted' });
      expect(received().map(({ to }) => to)).toEqual([[address]]);
    });

    it('sends from the address of the sender', async () => {
      await send(mailTo('zoe@example.com'));
      expect(received()[0]?.from).toContain(SENDER.address);
    });

    it('says not now when it is throttled, and delivers the same mail later', async () => {
      world.local.traffic.faults.add({ match: { ...world.sending }, kind: 'throttle' });
      const mail = mailTo('zoe@example.com');

      expect(await send(mail)).toMatchObject({ kind: 'not-now' });
      expect(received()).toEqual([]);
      expect(attempts()).toBe(1);

      expect(await send(mail)).toMatchObject({ kind: 'accepted' });
      expect(received()).toHaveLength(1);
    });

    it('says refused when the server refuses the recipient', async () => {
      world.refuse('nobody@example.com');

      expect(await send(mailTo('nobody@example.com'))).toMatchObject({ kind: 'refused' });
      expect(received()).toEqual([]);

      expect(await send(mailTo('zoe@example.com'))).toMatchObject({ kind: 'accepted' });
    });

    it('says not now when nothing listens', async () => {
      const lost = open(world.lost());
      expect(await send(mailTo('zoe@example.com'), lost)).toMatchObject({ kind: 'not-now' });
    });

    it('says not now when it may not log in, as nothing is wrong with the mail', async () => {
      const stranger = open(world.stranger());
      expect(await send(mailTo('zoe@example.com'), stranger)).toMatchObject({ kind: 'not-now' });
      expect(received()).toEqual([]);
    });

    it('says unknown when the connection is lost after the mail was sent, and does not repeat it', async () => {
      world.local.traffic.faults.add({ match: { ...world.sending }, kind: 'reset-after' });

      expect(await send(mailTo('zoe@example.com'))).toMatchObject({ kind: 'unknown' });
      expect(received()).toHaveLength(1);
      expect(attempts()).toBe(1);
    });

    it('says unknown when no answer comes in time', async () => {
      world.local.traffic.faults.add({ match: { ...world.sending }, kind: 'timeout-after' });
      const time = new AbortController();
      const impatient = open(world.mailer({ wire: { deadline: () => time.signal } }));

      const answer = send(mailTo('zoe@example.com'), impatient);
      await until(() => received().length > 0);
      time.abort();

      expect(await answer).toMatchObject({ kind: 'unknown' });
      expect(attempts()).toBe(1);
    });

    it.each([
      ['to', 'a@example.com\nBcc: eve@example.com'],
      ['to', 'zoe<eve@example.com>@example.com'],
      ['to', 'zoe@example.com, eve@example.com'],
      ['to', ''],
      ['subject', 'Hello\r\nBcc: eve@example.com'],
      ['subject', 'Hello\u0000'],
    ])('refuses a mail whose field %s is %j', async (field, value) => {
      const mail = mailTo('zoe@example.com', { [field]: value });

      expect(await send(mail)).toMatchObject({ kind: 'refused' });
      expect(attempts()).toBe(0);
    });

    it('delivers what is said about hostile names and tags to the one address, and adds no header', async () => {
      const facts = fc
        .tuple(hostileText, hostileText, hostileText)
        .map(([userName, alias, instructions]) => ({
          ...FACTS,
          account: { accountId: '123456789012', alias },
          userName,
          instructions,
        }));
      const address = fc
        .oneof(hostileAddress('example.com'), anyAddress)
        // The local server reads it as Unicode, whatever came over the wire.
        .filter((to) => !/@xn--/.test(to));
      const kind = fc.constantFrom(...Object.values(MAILS));
      const sender = hostileText.map(
        (name) => parseSender(`${name} <${SENDER.address}>`) ?? SENDER,
      );
      await fc.assert(
        fc.asyncProperty(address, facts, kind, sender, async (to, about, make, from) => {
          world.local.mails.length = 0;
          const mail = { to, ...make(about) };
          const by = open(world.mailer({ sender: from }));
          const answer = await send(mail, by);
          if (answer.kind !== 'accepted') {
            expect(answer).toMatchObject({
              kind: 'refused',
              reason: expect.stringContaining('address'),
            });
            expect(to).not.toMatch(/^[a-z0-9.+_-]{1,64}@[a-z]+\.(example|test)$/);
            expect(received()).toEqual([]);
            return;
          }
          expect(to).toMatch(/^[!-?A-~]{1,64}@[a-zA-Z0-9.-]+$/);
          expect(received()).toMatchObject([{ replyTo: [], subject: mail.subject }]);
          expect(received()[0]?.to.map(sameMailbox)).toEqual([sameMailbox(to)]);
          const [{ raw, text, html } = { raw: undefined, text: '', html: '' }] = received();
          expect(lines(text)).toBe(lines(mail.text));
          expect(lines(html)).toBe(lines(mail.html));
          if (raw !== undefined) await expectPlainHeaders(raw, mail, from);
        }),
        { numRuns: 15 },
      );
    });

    it('delivers fifty mails that are sent at once, each once', async () => {
      const addresses = Array.from({ length: 50 }, (_, i) => `user${i}@example.com`);

      const answers = await Promise.all(addresses.map((address) => send(mailTo(address))));

      expect(answers.map(({ kind }) => kind)).toEqual(addresses.map(() => 'accepted'));
      expect(
        received()
          .map(({ to }) => to[0])
          .sort(),
      ).toEqual([...addresses].sort());
    });

    it('verifies that mails can be sent, without sending one', async () => {
      expect(await mailer.verify()).toMatchObject({ kind: 'accepted', reason: '', warnings: [] });
      expect(attempts()).toBe(0);
    });

    it('verifies before and after sending alike', async () => {
      await send(mailTo('zoe@example.com'));
      expect(await mailer.verify()).toMatchObject({ kind: 'accepted' });
      expect(await send(mailTo('zoe@example.com'))).toMatchObject({ kind: 'accepted' });
    });

    it('finds when it verifies that nothing listens', async () => {
      const { kind, reason } = await open(world.lost()).verify();
      expect(kind).toBe('not-now');
      expectPresentable(reason);
    });

    it('finds when it verifies that no answer comes', async () => {
      const { service, action } = world.verifying;
      world.local.traffic.faults.add({ match: { service, action }, kind: 'timeout-before' });
      const time = new AbortController();
      const impatient = open(world.mailer({ wire: { deadline: () => time.signal } }));

      const verification = impatient.verify();
      await until(() => world.local.traffic.calls.count(`${service}:${action}`) > 0);
      time.abort();

      const { kind, reason } = await verification;
      expect(kind).not.toBe('accepted');
      expectPresentable(reason);
    });

    it('answers when it is closed and asked again', async () => {
      await mailer.close();
      expect(['accepted', 'not-now']).toContain((await send(mailTo('zoe@example.com'))).kind);
    });
  });
}

/** What a mailer owes that logs in with a password from a parameter. */
export function describePassword(name: string, start: () => Promise<MailerWorld>): void {
  describe(`${name}, with a password from a parameter`, () => {
    let world: MailerWorld;
    beforeAll(async () => {
      world = await start();
    });
    afterAll(() => world.close());

    const missing: MailerServices['readSecret'] = async (parameter) => {
      throw new Error(`There is no parameter ${parameter}.`);
    };

    it('finds when it verifies that the login is wrong', async () => {
      const stranger = world.stranger();
      const { kind, reason } = await stranger.verify();
      await stranger.close();
      expect(kind).not.toBe('accepted');
      for (const secret of world.secrets) expect(reason).not.toContain(secret);
    });

    it('says which parameter is missing, and has sent nothing', async () => {
      const mailer = world.mailer({ readSecret: missing });
      expect(await mailer.verify()).toMatchObject({
        kind: 'not-now',
        reason: expect.stringMatching(/parameter \/ikr\/mail-password/),
      });
      expect(await mailer.send(mailTo('zoe@example.com'))).toMatchObject({
        kind: 'not-now',
        reason: expect.stringMatching(/parameter \/ikr\/mail-password/),
      });
      await mailer.close();
    });

    it('says that the parameter is empty', async () => {
      const mailer = world.mailer({ readSecret: async () => new Secret('') });
      expect((await mailer.verify()).reason).toBe('the parameter /ikr/mail-password is empty');
      await mailer.close();
    });

    it('reads the password once, and again only if that failed', async () => {
      let reads = 0;
      const password = world.secrets[0] ?? '';
      const readSecret = async (parameter: string) => {
        reads += 1;
        if (reads === 1) return missing(parameter);
        return new Secret(password);
      };
      const mailer = world.mailer({ readSecret });

      expect((await mailer.send(mailTo('zoe@example.com'))).kind).toBe('not-now');
      await Promise.all(Array.from({ length: 5 }, () => mailer.send(mailTo('zoe@example.com'))));
      expect((await mailer.verify()).kind).toBe('accepted');
      await mailer.close();

      expect(reads).toBe(2);
    });
  });
}
