import type { Environment } from '../../src/config/setting.ts';
import type { MailerServices } from '../../src/mailers/plugin.ts';
import { ses } from '../../src/mailers/ses.ts';
import type { Mailer } from '../../src/ports/mailer.ts';
import { services } from './contract.ts';
import { settingsOf } from './world.ts';

/** A mailer that finds SES the way every SDK client does: by its environment. */
export function createSesMailer(
  variables: Readonly<Record<string, string>>,
  overrides: Partial<MailerServices> = {},
  environment: Environment = {},
): Mailer {
  Object.assign(process.env, variables);
  return ses.create(settingsOf(ses.settings, environment), services('', overrides));
}
