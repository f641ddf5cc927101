import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTransport, type Transporter } from 'nodemailer';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { type LocalSmtp, startSmtp } from '../../simulation/aws/smtp.ts';

let account: LocalAccount;
let smtp: LocalSmtp;
let transport: Transporter;

const MAIL = {
  from: 'Key Rotator <keys@example.com>',
  to: 'jane@example.org',
  replyTo: 'help@example.com',
  subject: 'Schlüssel',
  text: 'Grüße',
  html: '<p>Grüße</p>',
};

beforeAll(async () => {
  account = await startLocalAccount();
  smtp = await startSmtp(account);
});
afterAll(async () => {
  await smtp.close();
  await account.close();
});
beforeEach(() => {
  account.mails.length = 0;
  account.faults.clear();
  transport = connect();
});
afterEach(() => transport.close());

function connect(pass = smtp.knobs.password, host = smtp.host, server = smtp): Transporter {
  return createTransport({
    host,
    port: server.port,
    requireTLS: true,
    tls: { ca: server.ca },
    auth: { user: server.knobs.user, pass },
  });
}

describe('the local SMTP server', () => {
  it('takes mails over STARTTLS and keeps them parsed and raw', async () => {
    await transport.sendMail(MAIL);
    expect(account.mails).toEqual([
      {
        via: 'smtp',
        from: 'keys@example.com',
        to: ['jane@example.org'],
        replyTo: ['help@example.com'],
        subject: 'Schlüssel',
        text: 'Grüße\n',
        html: '<p>Grüße</p>\n',
        atMs: expect.any(Number),
        raw: expect.stringContaining('Subject: =?UTF-8?'),
      },
    ]);
  });

  it.each(['127.0.0.1', 'localhost'])('has a certificate for %s', async (host) => {
    transport = connect(smtp.knobs.password, host);
    expect(await transport.verify()).toBe(true);
  });

  it('is not trusted by who does not know its certificate', async () => {
    transport = createTransport({ host: smtp.host, port: smtp.port, requireTLS: true });
    await expect(transport.verify()).rejects.toThrow(/self.signed/);
  });

  it('writes the certificate to a file for other processes', async () => {
    const certificate = new X509Certificate(await readFile(smtp.caFile));
    expect(certificate.ca).toBe(true);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
  });

  it('speaks TLS from the start when told to', async () => {
    const implicit = await startSmtp(account, { implicitTls: true });
    transport = createTransport({
      host: implicit.host,
      port: implicit.port,
      secure: true,
      tls: { ca: implicit.ca },
      auth: { user: implicit.knobs.user, pass: implicit.knobs.password },
    });
    await transport.sendMail(MAIL);
    transport.close();
    await implicit.close();
    expect(account.mails).toHaveLength(1);
  });

  it('offers no STARTTLS when told not to', async () => {
    const plain = await startSmtp(account, { startTls: false });
    transport = connect(undefined, plain.host, plain);
    await expect(transport.verify()).rejects.toMatchObject({ code: 'ETLS' });
    transport.close();
    await plain.close();
  });

  it('refuses a wrong password', async () => {
    transport = connect('wrong');
    await expect(transport.verify()).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 });
  });

  it.each([
    ['refuses', 'refused', 550],
    ['puts off', 'deferred', 451],
  ] as const)('%s recipients it is told to', async (_, knob, responseCode) => {
    smtp.knobs[knob].add('jane@example.org');
    await expect(transport.sendMail(MAIL)).rejects.toMatchObject({ responseCode });
    smtp.knobs[knob].clear();
    expect(account.mails).toEqual([]);
  });

  it('logs each command without what is secret', async () => {
    account.calls.reset();
    await transport.sendMail(MAIL);
    expect(account.calls.counts()).toEqual({
      'smtp:CONNECT': 1,
      'smtp:AUTH': 1,
      'smtp:MAIL': 1,
      'smtp:RCPT': 1,
      'smtp:DATA': 1,
    });
    expect(JSON.stringify(account.calls.log)).not.toContain(smtp.knobs.password);
  });

  it.each([
    ['reset-before', 0],
    ['reset-after', 1],
    ['die-before', 0],
    ['die-after', 1],
  ] as const)('drops the connection with the fault %s, and keeps %i mail', async (kind, mails) => {
    account.faults.add({ match: { service: 'smtp', action: 'DATA' }, kind });
    await expect(transport.sendMail(MAIL)).rejects.toThrow();
    expect(account.mails).toHaveLength(mails);
  });

  it('never answers with the fault timeout-after, and keeps the mail', async () => {
    transport = createTransport({
      host: smtp.host,
      port: smtp.port,
      requireTLS: true,
      tls: { ca: smtp.ca },
      auth: { user: smtp.knobs.user, pass: smtp.knobs.password },
      socketTimeout: 200,
    });
    account.faults.add({ match: { service: 'smtp', action: 'DATA' }, kind: 'timeout-after' });
    await expect(transport.sendMail(MAIL)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(account.mails).toHaveLength(1);
  });

  it.each([
    ['CONNECT', 'error500', 421],
    ['AUTH', 'throttle', 451],
    ['MAIL', 'deny', 554],
    ['DATA', 'throttle', 451],
  ] as const)('answers %s with the fault %s by %i', async (action, kind, responseCode) => {
    account.faults.add({ match: { service: 'smtp', action }, kind });
    await expect(transport.sendMail(MAIL)).rejects.toMatchObject({ responseCode });
    expect(account.mails).toEqual([]);
  });

  it('goes on after a client that went away', async () => {
    account.faults.add({ match: { service: 'smtp', action: 'DATA' }, kind: 'reset-before' });
    await expect(transport.sendMail(MAIL)).rejects.toThrow();
    await transport.sendMail(MAIL);
    expect(account.mails).toHaveLength(1);
  });
});
