/** The settings of the functions, read once from the environment. */
import {
  accountPolicyOf,
  type CoreSettings,
  contradictions,
  coreSettings,
} from '../config/core.ts';
import { type Environment, readSettings, SettingsError } from '../config/setting.ts';
import { deliveries } from '../deliveries/index.ts';
import type { MailSettings } from '../deliveries/mail/index.ts';
import type { DeliveryServices } from '../deliveries/plugin.ts';
import type { AccountPolicy } from '../domain/policy.ts';
import { mailers } from '../mailers/index.ts';
import type { MailerPlugin, MailerServices } from '../mailers/plugin.ts';
import type { Delivery } from '../ports/delivery.ts';
import type { Mailer } from '../ports/mailer.ts';

export interface Settings {
  readonly core: CoreSettings;
  readonly policy: AccountPolicy;
  readonly mail: MailSettings;
  /** Makes the chosen mailer, with its own settings already read and checked. */
  readonly createMailer: (services: Omit<MailerServices, 'sender'>) => Mailer;
  readonly createDelivery: (services: DeliveryServices) => Delivery;
}

/**
 * Reads the settings.
 * @throws SettingsError that lists every mistake, those of delivery and mailer included.
 */
export async function loadSettings(environment: Environment): Promise<Settings> {
  const core = readSettings(coreSettings, environment);
  const delivery = await deliveries.mail();
  const mail = readSettings(delivery.settings, environment);
  const plugin = (await mailers[mail.values.MAIL_CLIENT ?? 'ses']()) as MailerPlugin;
  const own = readSettings(plugin.settings, environment);
  const problems = [
    ...core.problems,
    ...contradictions(core.values),
    ...mail.problems,
    ...own.problems,
  ];
  if (problems.length > 0) throw new SettingsError(problems);

  return {
    core: core.values,
    policy: accountPolicyOf(core.values),
    mail: mail.values,
    createMailer: (services) =>
      plugin.create(own.values, { ...services, sender: mail.values.MAIL_FROM }),
    createDelivery: (services) => delivery.create(mail.values, services),
  };
}
