/**
 * The settings that hold whatever is delivered and however. Each delivery and each mailer declares its
 * own beside its code; `runtime/settings.ts` reads them all.
 */
import { ALLOWED_DAYS, MAX_DAYS } from '../domain/limits.ts';
import type { AccountPolicy } from '../domain/policy.ts';
import { parse, type SettingsOf, type SettingsTable } from './setting.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A day in minutes: a retry that comes later is the next run's. */
const MAX_RETRY_MINUTES = 1440;
const MAX_ROTATIONS = 100_000;

export const coreSettings = {
  IAM_KEY_ROTATOR_TABLE: {
    doc: 'Name of the DynamoDB table with the timers, the rotation records and the history.',
    allowed: '3 to 255 letters, digits, dots, hyphens and underscores',
    schema: parse.tableName,
    required: true,
  },
  ROTATE_AFTER_DAYS: {
    doc: 'Age in full days at which an access key is replaced.',
    allowed: ALLOWED_DAYS,
    schema: parse.wholeNumber(MAX_DAYS),
    fallback: '80',
  },
  DELETE_AFTER_DAYS: {
    doc: 'Days from the delivery of the new key until the old key is deleted.',
    allowed: ALLOWED_DAYS,
    schema: parse.wholeNumber(MAX_DAYS),
    fallback: '7',
  },
  DEACTIVATE_AFTER_DAYS: {
    doc: 'Days from the delivery until the old key is deactivated, a stage before its deletion.',
    allowed: `${ALLOWED_DAYS}, less than DELETE_AFTER_DAYS`,
    schema: parse.wholeNumber(MAX_DAYS),
  },
  REQUIRE_NEW_KEY_USED: {
    doc: 'Whether the old key is kept until the new one was used.',
    allowed: 'true or false',
    schema: parse.boolean,
    fallback: 'true',
  },
  MAX_KEY_AGE_DAYS: {
    doc: 'Age at which an old key that is due is deactivated even if the new one was never used.',
    allowed: `${ALLOWED_DAYS}, at least ROTATE_AFTER_DAYS and DELETE_AFTER_DAYS together`,
    schema: parse.wholeNumber(MAX_DAYS),
    fallback: '90',
  },
  RETRY_AFTER_MINS: {
    doc: 'Minutes until a deactivation or deletion that failed is tried again.',
    allowed: `a whole number of minutes from 1 to ${MAX_RETRY_MINUTES}`,
    schema: parse.wholeNumber(MAX_RETRY_MINUTES),
    fallback: '5',
  },
  SSM_KMS_KEY_ID: {
    doc: "KMS key (ID, ARN or alias) for the content keys; AWS's own key when it is not set.",
    allowed: 'a KMS key ID, key ARN, or alias',
    schema: parse.text,
  },
  ALLOWED_MAIL_DOMAINS: {
    doc: 'Mail domains that a key may be sent to; any when it is not set. A subdomain must be listed itself.',
    allowed: 'domains, separated by commas, such as example.com,example.org',
    schema: parse.domains,
  },
  MAX_ROTATIONS_PER_RUN: {
    doc: 'How many rotations one run may begin, longest due first; as many as are due when it is not set.',
    allowed: `a whole number from 1 to ${MAX_ROTATIONS}`,
    schema: parse.wholeNumber(MAX_ROTATIONS),
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
} as const satisfies SettingsTable;

export type CoreSettings = SettingsOf<typeof coreSettings>;

/** What holds for every user who has no tag that says otherwise. */
export function accountPolicyOf(values: CoreSettings): AccountPolicy {
  return {
    rotateAfterDays: values.ROTATE_AFTER_DAYS,
    deleteAfterDays: values.DELETE_AFTER_DAYS,
    ...(values.DEACTIVATE_AFTER_DAYS && { deactivateAfterDays: values.DEACTIVATE_AFTER_DAYS }),
    ...(values.ALLOWED_MAIL_DOMAINS && { allowedMailDomains: values.ALLOWED_MAIL_DOMAINS }),
    requireNewKeyUsed: values.REQUIRE_NEW_KEY_USED,
    maxKeyAgeDays: values.MAX_KEY_AGE_DAYS,
  };
}

/** Settings that contradict each other; the Terraform module refuses the same. */
export function contradictions(values: Partial<CoreSettings>): string[] {
  const {
    ROTATE_AFTER_DAYS: rotate,
    DELETE_AFTER_DAYS: remove,
    DEACTIVATE_AFTER_DAYS: deactivate,
    MAX_KEY_AGE_DAYS: max,
  } = values;
  const problems: string[] = [];
  if (deactivate !== undefined && remove !== undefined && deactivate >= remove) {
    problems.push(
      `DEACTIVATE_AFTER_DAYS is "${deactivate}"; allowed: less than DELETE_AFTER_DAYS, which is ${remove}`,
    );
  }
  if (rotate !== undefined && remove !== undefined && max !== undefined && rotate + remove > max) {
    problems.push(
      `MAX_KEY_AGE_DAYS is "${max}"; allowed: at least ROTATE_AFTER_DAYS and DELETE_AFTER_DAYS together, which are ${rotate + remove}: otherwise old keys are deactivated before the date that their owners were told`,
    );
  }
  return problems;
}
