import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LocalWorld } from '../../simulation/aws/index.ts';
import { type LocalSmtp, startSmtp } from '../../simulation/aws/smtp.ts';
import type { MailerServices } from '../../src/mailers/plugin.ts';
import { smtp } from '../../src/mailers/smtp.ts';
import {
  describeMailer,
  describePassword,
  type MailerWorld,
  mailTo,
  SENDER,
  services,
} from './contract.ts';
import { createWorld, NOBODYS_PORT, problemsOf, settingsOf } from './world.ts';

const PASSWORD = 'correct horse battery';

function start(protocol: 'ssl' | 'tls'): () => Promise<MailerWorld> {
  return async () => {
    const local = createWorld();
    const server = await startSmtp(local, {
      user: SENDER.address,
      password: PASSWORD,
      implicitTls: protocol === 'ssl',
    });
    const create = (port: number, password: string, overrides: Partial<MailerServices> = {}) => {
      const given = services(password, overrides);
      const environment = {
        SMTP_SERVER: server.host,
        SMTP_PORT: String(port),
        SMTP_PROTOCOL: protocol,
        SMTP_PASSWORD_PARAMETER: '/ikr/mail-password',
      };
      return smtp.create(settingsOf(smtp.settings, environment), {
        ...given,
        wire: { ...given.wire, ca: server.ca },
      });
    };
    return {
      local,
      sending: { service: 'smtp', action: 'DATA' },
      verifying: { service: 'smtp', action: 'AUTH' },
      mailer: (overrides) => create(server.port, PASSWORD, overrides),
      stranger: () => create(server.port, 'wrong horse battery'),
      lost: () => create(NOBODYS_PORT, PASSWORD),
      refuse: (address) => void server.knobs.refused.add(address),
      secrets: [PASSWORD, 'wrong horse battery'],
      close: server.close,
    };
  };
}

describeMailer('SMTP with STARTTLS', start('tls'));
describeMailer('SMTP with implicit TLS', start('ssl'));
describePassword('SMTP', start('tls'));

describe('SMTP', () => {
  let local: LocalWorld;
  let server: LocalSmtp;
  let insecure: LocalSmtp;

  beforeAll(async () => {
    local = createWorld();
    const login = { user: 'relay', password: PASSWORD };
    server = await startSmtp(local, login);
    insecure = await startSmtp(local, { ...login, startTls: false });
  });
  afterAll(async () => {
    await server.close();
    await insecure.close();
  });
  beforeEach(() => {
    local.traffic.calls.reset();
    local.mails.length = 0;
  });

  const create = (environment: Record<string, string>, ca?: string) => {
    const all = {
      SMTP_SERVER: '127.0.0.1',
      SMTP_PASSWORD_PARAMETER: '/ikr/mail-password',
      SMTP_USER: 'relay',
      ...environment,
    };
    return smtp.create(settingsOf(smtp.settings, all), services(PASSWORD, { wire: { ca } }));
  };

  it('logs in as SMTP_USER and sends as the sender', async () => {
    const mailer = create({ SMTP_PORT: String(server.port) }, server.ca);
    await mailer.send(mailTo('zoe@example.com'));
    await mailer.close();
    expect(local.traffic.calls.log).toContainEqual(
      expect.objectContaining({ action: 'AUTH', resource: { user: 'relay' } }),
    );
    const raw = local.mails[0]?.raw ?? '';
    expect(raw).toMatch(/^From: =\?UTF-8\?.* <mailer@example\.com>\r\n/m);
    expect(raw).toMatch(/^To: zoe@example\.com\r\n/m);
    expect(raw).toMatch(/^Content-Type: multipart\/alternative;/m);
  });

  it('needs no more than three connections for many mails', async () => {
    const mailer = create({ SMTP_PORT: String(server.port) }, server.ca);
    const mails = Array.from({ length: 30 }, (_, i) => mailTo(`user${i}@example.com`));
    await Promise.all(mails.map((mail) => mailer.send(mail)));
    await mailer.close();
    expect(local.mails).toHaveLength(30);
    expect(local.traffic.calls.count('smtp:CONNECT')).toBe(3);
  });

  it('says nothing secret to a server that offers no encryption', async () => {
    const mailer = create({ SMTP_PORT: String(insecure.port) }, insecure.ca);
    expect((await mailer.verify()).kind).toBe('not-now');
    expect((await mailer.send(mailTo('zoe@example.com'))).kind).toBe('not-now');
    await mailer.close();
    expect(local.traffic.calls.counts()).not.toHaveProperty('smtp:AUTH');
    expect(local.traffic.calls.counts()).not.toHaveProperty('smtp:MAIL');
  });

  it('says nothing secret to a server whose certificate it cannot trust', async () => {
    const mailer = create({ SMTP_PORT: String(server.port) });
    const { kind, reason } = await mailer.verify();
    expect(kind).toBe('not-now');
    expect(reason).toMatch(/check .*certificate: self-signed/);
    expect((await mailer.send(mailTo('zoe@example.com'))).kind).toBe('not-now');
    await mailer.close();
    expect(local.traffic.calls.counts()).not.toHaveProperty('smtp:AUTH');
  });

  it.each([
    ['tls', '587'],
    ['ssl', '465'],
    [undefined, '587'],
  ])('connects for the protocol %s to port %s unless told another', async (protocol, port) => {
    const mailer = create(protocol ? { SMTP_PROTOCOL: protocol } : {});
    // Nothing that listens there has a certificate to trust: what was tried is in the answer.
    expect((await mailer.verify()).reason).toContain(`SMTP server 127.0.0.1:${port}: `);
    await mailer.close();
  });

  it('names every mistake in its settings', () => {
    expect(
      problemsOf(smtp.settings, { SMTP_PORT: '70000', SMTP_PROTOCOL: 'plain', SMTP_USER: 'a\nb' }),
    ).toEqual([
      'SMTP_SERVER is not set; allowed: a host name',
      'SMTP_PORT is "70000"; allowed: a whole number from 1 to 65535',
      'SMTP_PROTOCOL is "plain"; allowed: tls or ssl',
      'SMTP_USER is "a\\nb"; allowed: a text without control characters',
      'SMTP_PASSWORD_PARAMETER is not set; allowed: the name of an SSM parameter',
    ]);
  });
});
