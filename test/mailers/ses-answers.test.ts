import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import type { MailAnswer, Mailer } from '../../src/ports/mailer.ts';
import { mailTo, until } from './contract.ts';
import { begins, cutsOff, type ScriptedHttp, says, serveHttp } from './scripted-http.ts';
import { createSesMailer } from './ses-world.ts';

const CREDENTIALS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLEEXAMPLE23',
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
};

/** An error as SES writes it. */
function error(status: number, code: string, message: string) {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const inner = `<Type>${type}</Type><Code>${code}</Code><Message>${message}</Message>`;
  const xmlns = 'http://ses.amazonaws.com/doc/2010-12-01/';
  return says(status, `<ErrorResponse xmlns="${xmlns}"><Error>${inner}</Error></ErrorResponse>`);
}

describe('An SES mailer', () => {
  let server: ScriptedHttp;
  let mailer: Mailer;

  beforeAll(async () => {
    server = await serveHttp();
    mailer = createSesMailer({ ...CREDENTIALS, AWS_ENDPOINT_URL: server.url });
  });
  afterAll(async () => {
    await mailer.close();
    await server.close();
  });

  const sendFor = (answer: ScriptedHttp['answer'], by = mailer): Promise<MailAnswer> => {
    server.answer = answer;
    return by.send(mailTo('zoe@example.com'));
  };
  const unverified = (...identities: string[]) =>
    `Email address is not verified. The following identities failed the check in region US-EAST-1: ${identities.join(', ')}`;

  it.each([
    ['Throttling', 'Maximum sending rate exceeded.', 'not-now'],
    ['ThrottlingException', 'Rate exceeded', 'not-now'],
    ['LimitExceeded', 'Too much', 'not-now'],
    ['MessageRejected', 'Address is on the suppression list.', 'refused'],
    ['MessageRejected', unverified('zoe@example.com'), 'refused'],
    ['MessageRejected', unverified('mailer@example.com'), 'not-now'],
    ['MessageRejected', unverified('zoe@example.com', 'Mailer@Example.com'), 'not-now'],
    ['MessageRejected', 'Sending suspended for this account.', 'not-now'],
    ['InvalidParameterValue', 'Domain ends with dot.', 'refused'],
    ['InvalidParameterValue', 'Invalid ARN', 'not-now'],
    ['AccountSendingPausedException', 'Sending is paused for this account.', 'not-now'],
    ['ConfigurationSetSendingPausedException', 'Paused', 'not-now'],
    ['MailFromDomainNotVerifiedException', 'MAIL FROM not verified', 'not-now'],
    ['AccessDenied', 'not authorized to perform ses:SendEmail', 'not-now'],
    ['InvalidClientTokenId', 'The security token is invalid.', 'not-now'],
    ['SomethingNew', 'Never heard of it.', 'not-now'],
  ])('reads %s (“%s”) as %s', async (code, message, kind) => {
    const answer = await sendFor(error(400, code, message));
    expect(answer).toMatchObject({ kind, reason: expect.stringContaining(message.slice(0, 60)) });
    expect(answer).not.toHaveProperty('quotaSpent');
  });

  it('tells a spent quota from a rate', async () => {
    const answer = await sendFor(error(400, 'Throttling', 'Daily message quota exceeded.'));
    expect(answer).toMatchObject({ kind: 'not-now', quotaSpent: true });
  });

  it.each([
    ['an internal error', error(500, 'InternalFailure', 'Sorry.')],
    ['a throttling with the status of a broken server', error(503, 'Throttling', 'Slow down.')],
    ['an unavailable service', says(503, 'busy')],
    ["somebody else's page", says(403, '<html><body>Forbidden</body></html>')],
    ['an empty refusal', says(400)],
    ['a refusal that is no XML', says(400, 'no')],
    ['a redirect', says(302, '', { location: 'https://example.com' })],
    ['a success that is no XML', says(200, 'fine')],
    ['a success without content', says(200)],
    ['a success that is cut off', cutsOff('<SendEmailResponse>')],
  ])('reads %s as unknown, and asks once', async (_, answer) => {
    const before = server.requests.length;
    expect((await sendFor(answer)).kind).toBe('unknown');
    expect(server.requests).toHaveLength(before + 1);
  });

  it('reads a success that never ends as unknown', async () => {
    const time = new AbortController();
    const overrides = { wire: { deadline: () => time.signal } };
    const impatient = createSesMailer({ AWS_ENDPOINT_URL: server.url }, overrides);
    const answer = await sendFor((response) => {
      begins('<SendEmailResponse>')(response);
      setImmediate(() => time.abort());
    }, impatient);
    await impatient.close();
    expect(answer.kind).toBe('unknown');
  });

  it('tells a mail that waits for a connection from those that are under way', async () => {
    const time = new AbortController();
    const overrides = { wire: { connectMs: 1_000, deadline: () => time.signal } };
    const busy = createSesMailer({ AWS_ENDPOINT_URL: server.url }, overrides);
    const before = server.requests.length;
    server.answer = () => {};
    const send = () => busy.send(mailTo('zoe@example.com'));

    // The SDK opens fifty connections at most.
    const underWay = Array.from({ length: 50 }, send);
    await until(() => server.requests.length === before + 50);
    expect((await send()).kind).toBe('not-now');
    time.abort();
    const answers = await Promise.all(underWay);
    await busy.close();

    expect(answers.map(({ kind }) => kind)).toEqual(underWay.map(() => 'unknown'));
    expect(server.requests).toHaveLength(before + 50);
  });

  it('has sent nothing where there are no credentials', async () => {
    const { AWS_ACCESS_KEY_ID: id = '' } = process.env;
    const none = createSesMailer({
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
      AWS_CONFIG_FILE: '/nonexistent',
    });
    const before = server.requests.length;
    const answer = await none.send(mailTo('zoe@example.com'));
    await none.close();
    Object.assign(process.env, { ...CREDENTIALS, AWS_ACCESS_KEY_ID: id });
    expect(answer.kind).toBe('not-now');
    expect(server.requests).toHaveLength(before);
  });
});

describe('An SES mailer of the local account', () => {
  let account: LocalAccount;
  let mailer: Mailer;

  beforeAll(async () => {
    account = await startLocalAccount();
  });
  afterAll(() => account.close());
  beforeEach(() => {
    mailer = createSesMailer(account.env);
    Object.assign(account.ses.knobs, {
      sendingPaused: false,
      sandbox: false,
      verified: undefined,
      max24HourSend: 50_000,
    });
  });

  const send = () => mailer.send(mailTo('zoe@example.com'));

  it('says not now while sending is paused', async () => {
    account.ses.knobs.sendingPaused = true;
    expect((await send()).kind).toBe('not-now');
  });

  it('says not now when the sender is not verified, as that concerns everybody', async () => {
    account.ses.knobs.verified = new Set(['elsewhere.example']);
    expect((await send()).kind).toBe('not-now');
  });

  it('says refused when the sandbox does not let this recipient have mail', async () => {
    account.ses.knobs.verified = new Set(['mailer@example.com']);
    account.ses.knobs.sandbox = true;
    expect((await send()).kind).toBe('refused');
  });

  it('says that the quota is spent', async () => {
    account.ses.knobs.max24HourSend = 0;
    expect(await send()).toMatchObject({ kind: 'not-now', quotaSpent: true });
  });
});
