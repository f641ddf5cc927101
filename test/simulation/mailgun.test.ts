import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { type LocalMailgun, startMailgun } from '../../simulation/aws/mailgun.ts';

let account: LocalAccount;
let mailgun: LocalMailgun;

beforeAll(async () => {
  account = await startLocalAccount();
  mailgun = await startMailgun(account);
});
afterAll(async () => {
  await mailgun.close();
  await account.close();
});
beforeEach(() => {
  account.mails.length = 0;
  mailgun.knobs.sendStatus = undefined;
  mailgun.knobs.isSendingKey = false;
});

const MAIL = {
  from: 'Key Rotator <keys@example.com>',
  to: 'jane@example.org',
  subject: 'Schlüssel',
  text: 'one + two',
  html: '<p>&amp;</p>',
};

async function ask(
  path: string,
  form?: Record<string, string>,
  key = mailgun.knobs.apiKey,
): Promise<{ status: number; text: string }> {
  const body = form && new FormData();
  for (const [name, value] of Object.entries(form ?? {})) body?.set(name, value);
  const authorization = `Basic ${Buffer.from(`api:${key}`).toString('base64')}`;
  const response = await fetch(`${mailgun.url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization },
    ...(body && { body }),
  });
  return { status: response.status, text: await response.text() };
}

const send = (form: Record<string, string> = MAIL, key?: string) =>
  ask('/v3/mg.example.com/messages', form, key);
const domain = (name = 'mg.example.com', version = 'v4') => ask(`/${version}/domains/${name}`);

describe('the stand-in of Mailgun', () => {
  it('keeps a mail that is sent', async () => {
    const { status, text } = await send();
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      id: expect.stringMatching(/^<.+@mg\.example\.com>$/),
      message: 'Queued. Thank you.',
    });
    expect(account.mails).toEqual([
      {
        via: 'mailgun',
        from: 'Key Rotator <keys@example.com>',
        to: ['jane@example.org'],
        replyTo: [],
        subject: 'Schlüssel',
        text: 'one + two',
        html: '<p>&amp;</p>',
        atMs: expect.any(Number),
      },
    ]);
  });

  it('takes a mail in test mode without delivering it', async () => {
    expect((await send({ ...MAIL, 'o:testmode': 'yes' })).status).toBe(200);
    expect(account.mails).toEqual([]);
  });

  it.each(['v3', 'v4'])('tells the state of its domain in %s', async (version) => {
    const { text } = await domain('mg.example.com', version);
    expect(JSON.parse(text)).toMatchObject({ domain: { state: 'active' } });
  });

  it('knows no other domain', async () => {
    expect((await domain('example.net')).status).toBe(404);
  });

  it('lets nobody in with another key', async () => {
    expect(await send(MAIL, 'key-of-another')).toEqual({ status: 401, text: 'Forbidden' });
    expect(account.mails).toEqual([]);
  });

  it('hides the domain from a sending key, but takes its mails', async () => {
    mailgun.knobs.isSendingKey = true;
    expect((await domain()).status).toBe(401);
    expect((await send()).status).toBe(200);
  });

  it.each([
    ['without a sender', { to: 'jane@example.org' }],
    ['without a recipient', { from: 'keys@example.com' }],
    ['to a refused recipient', { ...MAIL, to: 'nobody@example.org' }],
  ])('refuses a mail %s', async (_, form) => {
    mailgun.knobs.refused.add('nobody@example.org');
    expect((await send(form)).status).toBe(400);
    expect(account.mails).toEqual([]);
  });

  it.each([402, 429, 503])('answers a sending with %i when told to', async (status) => {
    mailgun.knobs.sendStatus = status;
    expect((await send()).status).toBe(status);
    expect(account.mails).toEqual([]);
  });

  it('logs its calls with those of the account', async () => {
    account.calls.reset();
    await domain();
    await send(MAIL, 'key-of-another');
    expect(account.calls.log).toMatchObject([
      { service: 'mailgun', action: 'GetDomain', outcome: 'ok' },
      { service: 'mailgun', action: 'SendMessage', outcome: '401' },
    ]);
  });

  it.each([
    ['reset-before', 0],
    ['reset-after', 1],
  ] as const)('loses the connection with the fault %s, and keeps %i mail', async (kind, mails) => {
    account.faults.add({ match: { service: 'mailgun', action: 'SendMessage' }, kind });
    await expect(send()).rejects.toThrow('fetch failed');
    expect(account.mails).toHaveLength(mails);
  });
});
