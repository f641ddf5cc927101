import { createClock } from '../../simulation/aws/clock.ts';
import type { LocalWorld } from '../../simulation/aws/index.ts';
import { Traffic } from '../../simulation/aws/traffic.ts';
import {
  type Environment,
  readSettings,
  type SettingsOf,
  type SettingsTable,
} from '../../src/config/setting.ts';

/** A world without an account, for servers that need none. */
export function createWorld(): LocalWorld {
  const clock = createClock();
  return { clock, traffic: new Traffic(clock), mails: [] };
}

/** The settings of a mailer, read the way the Lambdas read them. */
export function settingsOf<Table extends SettingsTable>(
  table: Table,
  environment: Environment,
): SettingsOf<Table> {
  const { values, problems } = readSettings(table, environment);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return values;
}

/** The mistakes that reading the settings finds. */
export function problemsOf(table: SettingsTable, environment: Environment): string[] {
  return readSettings(table, environment).problems;
}

/** A port of 127.0.0.1 on which nothing listens: privileged, and assigned to nobody (RFC 6335). */
export const NOBODYS_PORT = 4;
