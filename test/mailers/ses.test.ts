import '../support/one-realm.ts';
import type { MailerServices } from '../../src/mailers/index.ts';
import { ses } from '../../src/mailers/ses.ts';
import { startLocalAccount } from '../support/account/index.ts';
import { describeMailer, type MailerWorld, services } from './contract.ts';
import { NOBODYS_PORT, settingsOf } from './world.ts';

async function start(): Promise<MailerWorld> {
  const account = await startLocalAccount();
  Object.assign(process.env, account.env);
  const create = (overrides: Partial<MailerServices> = {}) =>
    ses.create(settingsOf(ses.settings, {}), services('', overrides));
  return {
    local: account,
    sending: { service: 'ses', action: 'SendEmail' },
    verifying: { service: 'ses', action: 'GetSendQuota' },
    mailer: (overrides) => {
      process.env.AWS_ENDPOINT_URL = account.endpoint;
      return create(overrides);
    },
    stranger: () => {
      account.faults.add({ match: { service: 'ses' }, kind: 'deny' });
      return create();
    },
    lost: () => {
      process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${NOBODYS_PORT}`;
      return create();
    },
    refuse: (address) => void account.ses.knobs.rejected.add(address),
    secrets: [account.env.AWS_SECRET_ACCESS_KEY ?? ''],
    close: account.close,
  };
}

describeMailer('SES', start);
