/** The module sets the environment variables that the functions read, with the same limits. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { expression, type Module, readModule } from '../../scripts/terraform-module.ts';
import { LOG_LEVELS, coreSettings as ofCore } from '../../src/config/core.ts';
import type { SettingsTable } from '../../src/config/setting.ts';
import { settings as ofMail } from '../../src/deliveries/mail/index.ts';
import { type MailerName, mailers } from '../../src/mailers/index.ts';

const coreSettings = { ...ofCore, ...ofMail };

let module: Module;
/** The settings that do not depend on the mailer. */
let core: Record<string, string>;
let ofMailers: Record<string, Record<string, string>>;
let limits: Record<string, number>;

beforeAll(async () => {
  module = await readModule('terraform');
  const ofDeliveries = module.locals.delivery_environment as typeof ofMailers;
  core = { ...(module.locals.core_environment as typeof core), ...ofDeliveries.mail };
  ofMailers = module.locals.mailer_environment as typeof ofMailers;
  limits = module.locals.limits as typeof limits;
});

const names = Object.keys(mailers) as MailerName[];

/** The settings of a mailer, without their types. */
async function settingsOf(name: MailerName): Promise<SettingsTable> {
  return (await mailers[name]()).settings;
}

/** The variable that is the whole value of a setting, if there is one. */
function variableOf(value: string | undefined) {
  const name = /^var\.(\w+)$/.exec(expression(value))?.[1];
  return module.variables.find((variable) => variable.name === name);
}

describe('The environment of the functions', () => {
  it('has every setting of the code and no other', () => {
    expect(Object.keys(core).sort()).toEqual(Object.keys(coreSettings).sort());
  });

  it('knows every mailer and no other', () => {
    expect(Object.keys(ofMailers).sort()).toEqual([...names].sort());
  });

  it.each(names)('has every setting of the mailer %s and no other', async (name) => {
    const settings = await settingsOf(name);
    expect(Object.keys(ofMailers[name] ?? {}).sort()).toEqual(Object.keys(settings).sort());
  });

  it('is set by variables with the names of the settings, in lower case', () => {
    const all = Object.assign({}, core, ...Object.values(ofMailers)) as typeof core;
    const differing = Object.entries(all).filter(
      ([name, value]) => variableOf(value) && variableOf(value)?.name !== name.toLowerCase(),
    );
    expect(differing).toEqual([]);
  });

  it('has the same defaults as the code', async () => {
    const settings: SettingsTable = Object.assign(
      {},
      coreSettings,
      ...(await Promise.all(names.map(settingsOf))),
    );
    const all = Object.assign({}, core, ...Object.values(ofMailers)) as typeof core;
    const differing = Object.entries(settings).flatMap(([name, { fallback, required }]) => {
      const variable = variableOf(all[name]);
      // A value that the module computes, and a required one, has no default.
      if (!variable || required) return [];
      const own = variable.fallback ?? undefined;
      return String(own) === String(fallback) ? [] : [{ name, code: fallback, module: own }];
    });
    expect(differing).toEqual([]);
  });

  it('has variables that accept the mailers and log levels of the code', () => {
    const allowed = (name: string) =>
      module.variables.find((variable) => variable.name === name)?.errorMessages.join(' ') ?? '';
    for (const name of names) expect(allowed('mail_client')).toContain(name);
    for (const level of LOG_LEVELS) expect(allowed('log_level')).toContain(level);
  });
});

describe('The limit of a number in the module', () => {
  it.each([
    ['ROTATE_AFTER_DAYS', 'days'],
    ['DELETE_AFTER_DAYS', 'days'],
    ['DEACTIVATE_AFTER_DAYS', 'days'],
    ['MAX_KEY_AGE_DAYS', 'days'],
    ['RETRY_AFTER_MINS', 'retry_minutes'],
    ['MAX_ROTATIONS_PER_RUN', 'rotations_per_run'],
  ] as const)('is that of the setting %s', (name, limit) => {
    const { schema } = coreSettings[name];
    const accepts = (value: number) => schema.safeParse(String(value)).success;
    const highest = limits[limit] ?? Number.NaN;
    expect([accepts(0), accepts(1), accepts(highest), accepts(highest + 1)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
