/**
 * The settings of the Lambdas, read once from the environment. A mailer's own settings stand in
 * its own file; together they are everything that the functions read.
 */
import type { Sender } from '../domain/address.ts';
import type { DestructionPolicy } from '../domain/destruction.ts';
import type { RotationDefaults } from '../domain/policy.ts';
import {
  type MailerName,
  type MailerPlugin,
  type MailerServices,
  mailers,
} from '../mailers/index.ts';
import { SettingsError } from '../ports/errors.ts';
import type { Mailer } from '../ports/index.ts';
import { LOG_LEVELS, type LogLevel } from '../runtime/log.ts';
import { type Environment, parse, readSettings, type SettingsOf } from './setting.ts';

const DAYS = 'a whole number of days from 1 on';

export const coreSettings = {
  IAM_KEY_ROTATOR_TABLE: {
    doc: 'Name of the DynamoDB table with the timers, the rotation records and the history.',
    allowed: '3 to 255 letters, digits, dots, hyphens and underscores',
    schema: parse.tableName,
    required: true,
  },
  MAIL_FROM: {
    doc: 'Sender of the mails, as an address or as Name <address>.',
    allowed: 'user@example.com or Name <user@example.com>',
    schema: parse.sender,
    required: true,
  },
  ROTATE_AFTER_DAYS: {
    doc: 'Age in full days at which an access key is replaced.',
    allowed: DAYS,
    schema: parse.wholeNumber(),
    fallback: '80',
  },
  DELETE_AFTER_DAYS: {
    doc: 'Days from the delivery of the new key until the old key is deleted.',
    allowed: DAYS,
    schema: parse.wholeNumber(),
    fallback: '7',
  },
  DEACTIVATE_AFTER_DAYS: {
    doc: 'Days from the delivery until the old key is deactivated, a stage before its deletion.',
    allowed: `${DAYS}, less than DELETE_AFTER_DAYS`,
    schema: parse.wholeNumber(),
  },
  REQUIRE_NEW_KEY_USED: {
    doc: 'Whether the old key is kept until the new one was used.',
    allowed: 'true or false',
    schema: parse.boolean,
    fallback: 'true',
  },
  MAX_KEY_AGE_DAYS: {
    doc: 'Age at which an old key that is due is deactivated even if the new one was never used.',
    allowed: DAYS,
    schema: parse.wholeNumber(),
    fallback: '90',
  },
  RETRY_AFTER_MINS: {
    doc: 'Minutes until a destruction that failed is tried again.',
    allowed: 'a whole number of minutes from 1 on',
    schema: parse.wholeNumber(),
    fallback: '5',
  },
  ENCRYPT_KEY_PAIR: {
    doc: 'Mail the key pair sealed; with false it is mailed in clear.',
    allowed: 'true or false',
    schema: parse.boolean,
    fallback: 'true',
  },
  SSM_KMS_KEY_ID: {
    doc: "KMS key (ID, ARN or alias) for the parameters; AWS's own key when it is not set.",
    allowed: 'a KMS key ID, key ARN, or alias',
    schema: parse.text,
  },
  MAIL_CLIENT: {
    doc: 'What sends the mails.',
    allowed: Object.keys(mailers).join(', '),
    schema: parse.oneOf(Object.keys(mailers) as [MailerName, ...MailerName[]]),
    fallback: 'ses',
  },
  ALLOWED_MAIL_DOMAINS: {
    doc: 'Mail domains that a key may be sent to; any when it is not set. A subdomain must be named itself.',
    allowed: 'domains, separated by commas, such as example.com,example.org',
    schema: parse.domains,
  },
  MAX_ROTATIONS_PER_RUN: {
    doc: 'How many rotations one run may begin, longest due first; as many as are due when it is not set.',
    allowed: 'a whole number from 1 on',
    schema: parse.wholeNumber(),
  },
  DRY_RUN: {
    doc: 'Only report what would be done.',
    allowed: 'true or false',
    schema: parse.boolean,
    fallback: 'false',
  },
  LOG_LEVEL: {
    doc: 'The least severe level that is logged.',
    allowed: LOG_LEVELS.join(', '),
    schema: parse.oneOf([...LOG_LEVELS] as [LogLevel, ...LogLevel[]]),
    fallback: 'info',
  },
} as const;

export interface Settings {
  readonly table: string;
  readonly sender: Sender;
  readonly rotation: RotationDefaults;
  readonly destruction: DestructionPolicy;
  readonly encryptKeyPair: boolean;
  readonly ssmKmsKeyId?: string;
  readonly maxRotationsPerRun?: number;
  readonly dryRun: boolean;
  readonly logLevel: LogLevel;
  readonly mailClient: MailerName;
  /** Makes the chosen mailer, with its own settings already read and checked. */
  readonly createMailer: (services: Omit<MailerServices, 'sender'>) => Mailer;
}

/**
 * Reads the settings.
 * @throws SettingsError that lists every mistake, those of the chosen mailer included.
 */
export async function loadSettings(environment: Environment): Promise<Settings> {
  const { values, problems } = readSettings(coreSettings, environment);
  problems.push(...contradictions(values));

  const plugin = (await mailers[values.MAIL_CLIENT ?? 'ses']()) as MailerPlugin;
  const own = readSettings(plugin.settings, environment);
  problems.push(...own.problems);
  if (problems.length > 0) throw new SettingsError(problems);

  return {
    table: values.IAM_KEY_ROTATOR_TABLE,
    sender: values.MAIL_FROM,
    ...policiesOf(values),
    encryptKeyPair: values.ENCRYPT_KEY_PAIR,
    ...(values.SSM_KMS_KEY_ID && { ssmKmsKeyId: values.SSM_KMS_KEY_ID }),
    ...(values.MAX_ROTATIONS_PER_RUN && { maxRotationsPerRun: values.MAX_ROTATIONS_PER_RUN }),
    dryRun: values.DRY_RUN,
    logLevel: values.LOG_LEVEL,
    mailClient: values.MAIL_CLIENT,
    createMailer: (services) =>
      plugin.create(own.values, { ...services, sender: values.MAIL_FROM }),
  };
}

type PolicyNames =
  | 'ROTATE_AFTER_DAYS'
  | 'DELETE_AFTER_DAYS'
  | 'DEACTIVATE_AFTER_DAYS'
  | 'ALLOWED_MAIL_DOMAINS'
  | 'REQUIRE_NEW_KEY_USED'
  | 'MAX_KEY_AGE_DAYS'
  | 'RETRY_AFTER_MINS';

/** What holds for every user who has no tag that says otherwise. */
function policiesOf(
  values: Pick<SettingsOf<typeof coreSettings>, PolicyNames>,
): Pick<Settings, 'rotation' | 'destruction'> {
  return {
    rotation: {
      rotateAfterDays: values.ROTATE_AFTER_DAYS,
      deleteAfterDays: values.DELETE_AFTER_DAYS,
      ...(values.DEACTIVATE_AFTER_DAYS && { deactivateAfterDays: values.DEACTIVATE_AFTER_DAYS }),
      ...(values.ALLOWED_MAIL_DOMAINS && { allowedMailDomains: values.ALLOWED_MAIL_DOMAINS }),
    },
    destruction: {
      requireNewKeyUsed: values.REQUIRE_NEW_KEY_USED,
      maxKeyAgeDays: values.MAX_KEY_AGE_DAYS,
      retryAfterMinutes: values.RETRY_AFTER_MINS,
    },
  };
}

function contradictions(values: SettingsOf<typeof coreSettings>): string[] {
  const deactivate = values.DEACTIVATE_AFTER_DAYS;
  const remove = values.DELETE_AFTER_DAYS;
  return deactivate !== undefined && remove !== undefined && deactivate >= remove
    ? [
        `DEACTIVATE_AFTER_DAYS is "${deactivate}"; allowed: less than DELETE_AFTER_DAYS, which is ${remove}`,
      ]
    : [];
}
