import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { smtp } from '../../src/mailers/smtp.ts';
import type { MailAnswer, Mailer } from '../../src/ports/mailer.ts';
import { mailTo, services, until } from './contract.ts';
import {
  CUT_SHORT,
  DROP,
  type Script,
  type ScriptedSmtp,
  SILENCE,
  type Step,
  serveSmtp,
} from './scripted-smtp.ts';
import { settingsOf } from './world.ts';

const PASSWORD = 'correct horse battery';
const PIPELINING = '250-mail.example.com\r\n250-PIPELINING\r\n250 AUTH PLAIN';
const STEPS: Step[] = ['GREETING', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'BODY', 'END'];
/** At these the server has the mail, or some of it. */
const AFTER_DATA: Step[] = ['BODY', 'END'];

describe('An SMTP mailer', () => {
  let server: ScriptedSmtp;
  let mailer: Mailer;
  let time: AbortController;

  beforeAll(async () => {
    server = await serveSmtp();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.reset();
    time = new AbortController();
    const environment = {
      SMTP_SERVER: '127.0.0.1',
      SMTP_PORT: String(server.port),
      SMTP_PROTOCOL: 'ssl',
      SMTP_PASSWORD_PARAMETER: '/ikr/mail-password',
    };
    const wire = { deadline: () => AbortSignal.any([time.signal]), ca: server.ca };
    const settings = settingsOf(smtp.settings, environment);
    mailer = smtp.create(settings, services(PASSWORD, { wire }));
  });
  afterEach(() => mailer.close());

  const send = (): Promise<MailAnswer> => mailer.send(mailTo('zoe@example.com'));
  const sendBy = (script: Script): Promise<MailAnswer> => {
    server.script = script;
    return send();
  };
  const times = (step: Step) => server.steps.filter((other) => other === step).length;

  describe.each([
    ['one command at a time', {}],
    ['with pipelining', { EHLO: PIPELINING }],
  ] as [string, Script][])('%s', (_, script) => {
    it('delivers when nothing goes wrong', async () => {
      expect((await sendBy(script)).kind).toBe('accepted');
    });

    it.each(STEPS)('tells a connection that is cut at %s', async (step) => {
      const { kind } = await sendBy({ ...script, [step]: DROP });
      expect(kind).toBe(AFTER_DATA.includes(step) ? 'unknown' : 'not-now');
      expect(times('BODY')).toBe(AFTER_DATA.includes(step) ? 1 : 0);
    });

    it.each(STEPS)('tells a server that falls silent at %s', async (step) => {
      const answer = sendBy({ ...script, [step]: SILENCE, END: SILENCE });
      await until(() => server.steps.includes(step));
      time.abort();
      expect((await answer).kind).toBe(AFTER_DATA.includes(step) ? 'unknown' : 'not-now');
    });

    it.each([
      ['GREETING', '421 too busy', 'not-now'],
      ['GREETING', '554 no service', 'not-now'],
      ['EHLO', '421 too busy', 'not-now'],
      ['AUTH', '454 try later', 'not-now'],
      ['AUTH', '535 wrong password', 'not-now'],
      ['MAIL', '421 closing', 'not-now'],
      ['MAIL', '450 slow down', 'not-now'],
      ['MAIL', '530 log in first', 'not-now'],
      ['MAIL', '503 what?', 'not-now'],
      ['MAIL', '550 not you', 'not-now'],
      ['MAIL', '553 no such domain', 'not-now'],
      ['MAIL', '554 you are blocked', 'not-now'],
      ['RCPT', '421 closing', 'not-now'],
      ['RCPT', '450 greylisted', 'not-now'],
      ['RCPT', '452 mailbox full', 'not-now'],
      ['RCPT', '550 no such user', 'refused'],
      ['RCPT', '553 bad address', 'refused'],
      ['DATA', '451 try later', 'not-now'],
      ['DATA', '554 no', 'refused'],
      ['END', '421 closing', 'not-now'],
      ['END', '451 try later', 'not-now'],
      ['END', '452 disk full', 'not-now'],
      ['END', '552 too large', 'refused'],
      ['END', '554 spam', 'refused'],
      ['END', '354 go on', 'unknown'],
      ['END', 'hello', 'unknown'],
    ] as [Step, string, string][])('at %s reads “%s” as %s', async (step, reply, kind) => {
      const answer = await sendBy({ ...script, [step]: reply });
      expect(answer).toMatchObject({ kind, reason: expect.stringContaining(reply.slice(4)) });
    });
  });

  it('takes half a reply for none', async () => {
    expect((await sendBy({ END: CUT_SHORT })).kind).toBe('unknown');
  });

  it('knows the daily quota of Amazon SES, whose SMTP interface says so with a 454', async () => {
    const answer = await sendBy({ END: '454 Throttling failure: Daily message quota exceeded.' });
    expect(answer).toMatchObject({ kind: 'not-now', quotaSpent: true });
    const slow = await sendBy({ END: '454 Throttling failure: Maximum sending rate exceeded.' });
    expect(slow).not.toHaveProperty('quotaSpent');
  });

  it('sends over a new connection when the server ended an idle one, each mail once', async () => {
    await sendBy({});
    const answer = await sendBy({ MAIL: (nth) => (nth === 2 ? DROP : '250 sender ok') });
    expect(answer.kind).toBe('accepted');
    expect([times('GREETING'), times('END')]).toEqual([2, 2]);
  });

  it('logs in or sends nothing, also where the server asks for no login', async () => {
    const { kind } = await sendBy({ EHLO: '250 mail.example.com', AUTH: '502 not here' });
    expect(kind).toBe('not-now');
    expect(times('MAIL')).toBe(0);
    expect((await mailer.verify()).kind).toBe('not-now');
  });

  it.each(['GREETING', 'AUTH'])(
    'finds when it verifies that %s fails, and says so',
    async (step) => {
      server.script = { [step]: '454 not today' };
      expect(await mailer.verify()).toMatchObject({
        kind: 'not-now',
        reason: expect.stringContaining('not today'),
      });
    },
  );

  it('says what to check when the login fails', async () => {
    server.script = { AUTH: '535 no' };
    const { reason } = await mailer.verify();
    expect(reason).toMatch(/mailer@example\.com.*SMTP_USER.*\/ikr\/mail-password/);
  });

  it.each([
    [
      '550 5.7.1 not your address',
      /the sender was refused; check MAIL_FROM.*mailer@example\.com.*550/,
    ],
    ['450 slow down', /^SMTP server \S+: 450 slow down$/],
    ['530 log in first', /^SMTP server \S+: 530 log in first$/],
  ])('says what to check when the server answers “%s” to the sender', async (reply, reason) => {
    const answer = await sendBy({ MAIL: reply });
    expect(answer).toMatchObject({ reason: expect.stringMatching(reason) });
  });

  it('never repeats a password that the server echoes', async () => {
    const login = Buffer.from(`\0mailer@example.com\0${PASSWORD}`).toString('base64');
    const encoded = Buffer.from(PASSWORD).toString('base64');
    server.script = { AUTH: `535 no: ${PASSWORD} / ${encoded} / ${login}` };
    for (const { reason } of [await mailer.verify(), await send()] as { reason: string }[]) {
      expect(reason).toContain('535 no: […]');
      for (const secret of [PASSWORD, encoded, login]) expect(reason).not.toContain(secret);
    }
  });

  it('repeats nothing of the mail that a server quotes, and keeps its words short', async () => {
    const key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const answer = await sendBy({ END: `554 spam: ${key} \u0007${'blah '.repeat(200)}` });
    const { reason } = answer as { reason: string };
    expect(reason).toContain('554 spam');
    expect(reason).not.toContain(key);
    expect(reason).not.toMatch(/\p{Cc}/u);
    expect(reason.length).toBeLessThan(300);
  });
});
