/**
 * Which table and settings a command works with: those of the deployed function, or those in the
 * process's own environment.
 */

import { type Environment, readSettings } from '../config/setting.ts';
import { coreSettings, loadSettings, policiesOf, type Settings } from '../config/settings.ts';
import type { DestructionPolicy } from '../domain/destruction.ts';
import type { RotationDefaults } from '../domain/policy.ts';
import { SettingsError } from '../ports/errors.ts';
import { UsageError } from './failure.ts';
import type { Io } from './io.ts';
import type { Services } from './services.ts';

export interface SourceOptions {
  /** Name or ARN of the deployed rotator. */
  readonly function?: string;
}

export interface TableOptions extends SourceOptions {
  readonly table?: string;
}

/** The settings that say what happens to a user, without those that send mails. */
export interface PolicySettings {
  readonly table: string;
  readonly rotation: RotationDefaults;
  readonly destruction: DestructionPolicy;
  /** Whether nobody set them: the account's own may differ. */
  readonly assumed: boolean;
}

const {
  ROTATE_AFTER_DAYS,
  DELETE_AFTER_DAYS,
  DEACTIVATE_AFTER_DAYS,
  REQUIRE_NEW_KEY_USED,
  MAX_KEY_AGE_DAYS,
  RETRY_AFTER_MINS,
  ALLOWED_MAIL_DOMAINS,
} = coreSettings;
const policyTable = {
  ROTATE_AFTER_DAYS,
  DELETE_AFTER_DAYS,
  DEACTIVATE_AFTER_DAYS,
  REQUIRE_NEW_KEY_USED,
  MAX_KEY_AGE_DAYS,
  RETRY_AFTER_MINS,
  ALLOWED_MAIL_DOMAINS,
};

/** All settings, for a command that mails. */
export async function fullSettings(
  options: SourceOptions,
  io: Io,
  services: Services,
): Promise<Settings> {
  const environment = await environmentOf(options, io, services);
  if (options.function === undefined && !environment.IAM_KEY_ROTATOR_TABLE) {
    throw new UsageError(
      'This needs the settings of the rotator: give --function NAME for those of the deployed function, or set IAM_KEY_ROTATOR_TABLE, MAIL_FROM and the others in the environment.',
    );
  }
  return loadSettings(environment);
}

/** The table alone. */
export async function tableName(
  options: TableOptions,
  io: Io,
  services: Services,
): Promise<string> {
  if (options.table !== undefined) return checked(options.table);
  return tableIn(await environmentOf(options, io, services), options);
}

/** The table, and what holds for users who have no tag that says otherwise. */
export async function policySettings(
  options: TableOptions,
  io: Io,
  services: Services,
): Promise<PolicySettings> {
  const environment = await environmentOf(options, io, services);
  const { values, problems } = readSettings(policyTable, environment);
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    table: options.table === undefined ? tableIn(environment, options) : checked(options.table),
    ...policiesOf(values),
    assumed: options.function === undefined && !environment.ROTATE_AFTER_DAYS,
  };
}

async function environmentOf(
  { function: name }: SourceOptions,
  io: Io,
  services: Services,
): Promise<Environment> {
  return name === undefined ? io.env : services.functionEnvironment(name);
}

function tableIn(environment: Environment, options: TableOptions): string {
  const name = environment.IAM_KEY_ROTATOR_TABLE;
  if (name) return checked(name);
  throw new UsageError(
    options.function === undefined
      ? 'Which table? Give --table NAME, or --function NAME for the table of the deployed function, or set IAM_KEY_ROTATOR_TABLE.'
      : `The function ${options.function} has no IAM_KEY_ROTATOR_TABLE: is it the rotator?`,
  );
}

function checked(table: string): string {
  const { schema, allowed } = coreSettings.IAM_KEY_ROTATOR_TABLE;
  if (schema.safeParse(table).success) return table;
  throw new UsageError(`${JSON.stringify(table)} is no table name; allowed: ${allowed}.`);
}
