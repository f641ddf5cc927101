import type { MailerServices } from '../../src/mailers/index.ts';
import { smtp } from '../../src/mailers/smtp.ts';
import { startSmtp } from '../support/account/smtp.ts';
import {
  describeMailer,
  describePassword,
  type MailerWorld,
  SENDER,
  services,
} from './contract.ts';
import { createWorld, NOBODYS_PORT, settingsOf } from './world.ts';

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
