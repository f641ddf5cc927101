import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LocalWorld } from '../../simulation/aws/index.ts';
import { type LocalMailgun, startMailgun } from '../../simulation/aws/mailgun.ts';
import { mailgun } from '../../src/mailers/mailgun.ts';
import type { MailerServices } from '../../src/mailers/plugin.ts';
import type { MailAnswer, Mailer } from '../../src/ports/mailer.ts';
import {
  describeMailer,
  describePassword,
  type MailerWorld,
  mailTo,
  services,
} from './contract.ts';
import { begins, cutsOff, type ScriptedHttp, says, serveHttp } from './scripted-http.ts';
import { createWorld, NOBODYS_PORT, problemsOf, settingsOf } from './world.ts';

const KEY = 'key-0123456789abcdef';
const DOMAIN = 'mg.example.com';

function create(url: string, key: string, overrides: Partial<MailerServices> = {}): Mailer {
  const environment = {
    MAILGUN_API_URL: url,
    MAILGUN_DOMAIN: DOMAIN,
    MAILGUN_API_KEY_NAME: '/ikr/mail-password',
  };
  return mailgun.create(settingsOf(mailgun.settings, environment), services(key, overrides));
}

async function start(): Promise<MailerWorld> {
  const local = createWorld();
  const server = await startMailgun(local, { apiKey: KEY, domain: DOMAIN });
  return {
    local,
    sending: { service: 'mailgun', action: 'SendMessage' },
    verifying: { service: 'mailgun', action: 'GetDomain' },
    mailer: (overrides) => create(server.url, KEY, overrides),
    stranger: () => create(server.url, 'wrong-key-0123456789'),
    lost: () => create(`http://127.0.0.1:${NOBODYS_PORT}`, KEY),
    refuse: (address) => void server.knobs.refused.add(address),
    secrets: [KEY, 'wrong-key-0123456789'],
    close: server.close,
  };
}

describeMailer('Mailgun', start);
describePassword('Mailgun', start);

describe('Mailgun, when it verifies,', () => {
  let local: LocalWorld;
  let server: LocalMailgun;
  let mailer: Mailer;

  beforeAll(async () => {
    local = createWorld();
    server = await startMailgun(local, { apiKey: KEY, domain: DOMAIN });
    mailer = create(server.url, KEY);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    local.traffic.faults.clear();
    local.mails.length = 0;
    server.knobs.state = 'active';
    server.knobs.domain = DOMAIN;
  });

  it.each(['unverified', 'disabled'] as const)('says that the domain is %s', async (state) => {
    server.knobs.state = state;
    expect(await mailer.verify()).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(`${DOMAIN} is ${state}`),
    });
  });

  it('says that the domain is not there, and that the EU has an API of its own', async () => {
    server.knobs.domain = 'other.example.com';
    expect(await mailer.verify()).toMatchObject({
      kind: 'not-now',
      reason: expect.stringMatching(/MAILGUN_DOMAIN and MAILGUN_API_URL.*EU/),
    });
  });

  it('accepts a sending key, which may not read the domain, and warns', async () => {
    local.traffic.faults.add({ match: { service: 'mailgun', action: 'GetDomain' }, kind: 'deny' });
    expect(await mailer.verify()).toEqual({
      kind: 'accepted',
      reason: '',
      warnings: [expect.stringContaining(`may not read the domain ${DOMAIN}`)],
    });
    expect(local.mails).toEqual([]);
  });

  it('accepts no wrong key', async () => {
    expect(await create(server.url, 'wrong').verify()).toMatchObject({
      kind: 'not-now',
      reason: expect.stringContaining('check the key'),
    });
  });
});

describe('Mailgun, by its reply,', () => {
  let server: ScriptedHttp;
  let mailer: Mailer;

  beforeAll(async () => {
    server = await serveHttp();
    mailer = create(server.url, KEY);
  });
  afterAll(() => server.close());

  const json = (status: number, body: unknown) => says(status, JSON.stringify(body));
  const sendFor = (answer: ScriptedHttp['answer'], by = mailer): Promise<MailAnswer> => {
    server.answer = answer;
    return by.send(mailTo('zoe@example.com'));
  };

  it.each([
    [200, { id: '<1@mg>' }, 'accepted'],
    [200, { message: 'Queued' }, 'unknown'],
    [200, [], 'unknown'],
    [200, null, 'unknown'],
    [202, { id: '<1@mg>' }, 'unknown'],
    [400, { message: 'to parameter is not a valid address' }, 'refused'],
    [400, {}, 'unknown'],
    [401, 'Forbidden', 'not-now'],
    [402, {}, 'not-now'],
    [403, { message: 'Domain is not allowed to send' }, 'not-now'],
    [404, { message: 'Domain not found' }, 'not-now'],
    [408, {}, 'unknown'],
    [418, { message: 'teapot' }, 'unknown'],
    [429, { message: 'slow down' }, 'not-now'],
    [500, { message: 'oops' }, 'unknown'],
    [502, {}, 'unknown'],
    [503, { message: 'busy' }, 'unknown'],
  ])('a %i with %j means %s', async (status, body, kind) => {
    expect((await sendFor(json(status, body))).kind).toBe(kind);
  });

  it.each([
    [200, '<html>Welcome</html>', 'unknown'],
    [200, '', 'unknown'],
    [400, '<html>Bad Request</html>', 'unknown'],
    [401, 'Forbidden', 'not-now'],
    [502, '<html>Bad Gateway</html>', 'unknown'],
  ])('a %i with the text “%s” means %s', async (status, body, kind) => {
    expect((await sendFor(says(status, body))).kind).toBe(kind);
  });

  it('an answer that is cut off means unknown', async () => {
    expect((await sendFor(cutsOff('{"id":"<1@mg>"'))).kind).toBe('unknown');
  });

  it('an answer that never ends means unknown', async () => {
    const time = new AbortController();
    const impatient = create(server.url, KEY, { wire: { deadline: () => time.signal } });
    const answer = sendFor((response) => {
      begins('{"id":"<1@mg>"')(response);
      setImmediate(() => time.abort());
    }, impatient);
    expect((await answer).kind).toBe('unknown');
  });

  it('a redirect is not followed, as the key is for this server', async () => {
    const before = server.requests.length;
    const answer = await sendFor(says(302, '', { location: `${server.url}/elsewhere` }));
    expect(answer.kind).toBe('unknown');
    expect(server.requests).toHaveLength(before + 1);
  });

  it('a key that is echoed is not repeated', async () => {
    const encoded = Buffer.from('api:swordfish').toString('base64');
    const answer = await sendFor(
      json(401, { message: `no: swordfish, Basic ${encoded}` }),
      create(server.url, 'swordfish'),
    );
    expect((answer as { reason: string }).reason).toContain('no: […], Basic […]');
  });

  it('no tracking is asked for, and the sender is named', async () => {
    await sendFor(json(200, { id: '<1@mg>' }));
    const { body, headers } = server.requests.at(-1) ?? {};
    const type = { 'content-type': String(headers?.['content-type']) };
    const form = await new Response(new Uint8Array(body ?? []), { headers: type }).formData();
    expect(form.get('o:tracking')).toBe('no');
    expect(form.get('from')).toBe('"Key Rötator, Ops" <mailer@example.com>');
  });
});

describe('The settings of Mailgun', () => {
  const others = { MAILGUN_DOMAIN: DOMAIN, MAILGUN_API_KEY_NAME: '/ikr/mail-password' };

  it.each([
    [undefined, 'https://api.mailgun.net'],
    ['https://api.eu.mailgun.net', 'https://api.eu.mailgun.net'],
    ['https://api.eu.mailgun.net/v3', 'https://api.eu.mailgun.net'],
    ['https://api.mailgun.net/', 'https://api.mailgun.net'],
    ['http://127.0.0.1:8025', 'http://127.0.0.1:8025'],
    ['http://localhost:8025', 'http://localhost:8025'],
  ])('read the API URL %s as %s', (url, origin) => {
    const environment = { ...others, MAILGUN_API_URL: url };
    expect(settingsOf(mailgun.settings, environment).MAILGUN_API_URL).toBe(origin);
  });

  it.each([
    'http://api.mailgun.net',
    'http://127.0.0.1.example.com',
    'http://localhost@example.com',
    'https://user:password@api.mailgun.net',
    'https://api.mailgun.net/v3/mg.example.com/messages',
    'https://api.mailgun.net?x=y',
    'ftp://api.mailgun.net',
    'api.mailgun.net',
  ])('refuse the API URL %s', (url) => {
    const problems = problemsOf(mailgun.settings, { ...others, MAILGUN_API_URL: url });
    expect(problems).toEqual([
      expect.stringMatching(/^MAILGUN_API_URL is .*allowed: an https URL/),
    ]);
  });

  it.each(['mg.example.com/../x', 'mg example', '%2e', ''])('refuse the domain “%s”', (domain) => {
    const problems = problemsOf(mailgun.settings, { ...others, MAILGUN_DOMAIN: domain });
    expect(problems).toEqual([expect.stringMatching(/^MAILGUN_DOMAIN is /)]);
  });
});
