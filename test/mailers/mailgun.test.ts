import type { MailerServices } from '../../src/mailers/index.ts';
import { mailgun } from '../../src/mailers/mailgun.ts';
import { startMailgun } from '../support/account/mailgun.ts';
import { describeMailer, describePassword, type MailerWorld, services } from './contract.ts';
import { createWorld, NOBODYS_PORT, settingsOf } from './world.ts';

const KEY = 'key-0123456789abcdef';
const DOMAIN = 'mg.example.com';

async function start(): Promise<MailerWorld> {
  const local = createWorld();
  const server = await startMailgun(local, { apiKey: KEY, domain: DOMAIN });
  const create = (url: string, key: string, overrides: Partial<MailerServices> = {}) => {
    const environment = {
      MAILGUN_API_URL: url,
      MAILGUN_DOMAIN: DOMAIN,
      MAILGUN_API_KEY_NAME: '/ikr/mail-password',
    };
    return mailgun.create(settingsOf(mailgun.settings, environment), services(key, overrides));
  };
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
