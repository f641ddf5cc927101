/** What the functions read from their environment is what the module sets. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { expression, type Module, readModule } from '../../scripts/terraform-module.ts';
import type { SettingsTable } from '../../src/config/setting.ts';
import { coreSettings } from '../../src/config/settings.ts';
import { type MailerName, mailers } from '../../src/mailers/index.ts';
import { LOG_LEVELS } from '../../src/runtime/log.ts';

let module: Module;
let core: Record<string, string>;
let ofMailers: Record<string, Record<string, string>>;

beforeAll(async () => {
  module = await readModule('terraform');
  core = module.locals.core_environment as typeof core;
  ofMailers = module.locals.mailer_environment as typeof ofMailers;
});

const names = Object.keys(mailers) as MailerName[];

/** A mailer's settings, whatever their types. */
async function settingsOf(name: MailerName): Promise<SettingsTable> {
  return (await mailers[name]()).settings;
}

/** The variable that alone decides a setting, if there is one. */
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

  it('is set by variables that are called as the settings are, in small letters', () => {
    const all = Object.assign({}, core, ...Object.values(ofMailers)) as typeof core;
    const strange = Object.entries(all).filter(
      ([name, value]) => variableOf(value) && variableOf(value)?.name !== name.toLowerCase(),
    );
    expect(strange).toEqual([]);
  });

  it('falls back to the same values as the code', async () => {
    const settings: SettingsTable = Object.assign(
      {},
      coreSettings,
      ...(await Promise.all(names.map(settingsOf))),
    );
    const all = Object.assign({}, core, ...Object.values(ofMailers)) as typeof core;
    const differing = Object.entries(settings).flatMap(([name, { fallback, required }]) => {
      const variable = variableOf(all[name]);
      // A value that the module makes by itself, and one that the module insists on, has no default.
      if (!variable || required) return [];
      const own = variable.fallback ?? undefined;
      return String(own) === String(fallback) ? [] : [{ name, code: fallback, module: own }];
    });
    expect(differing).toEqual([]);
  });

  it('has variables that allow the mailers and log levels of the code', () => {
    const refusal = (name: string) =>
      module.variables.find((variable) => variable.name === name)?.refusals.join(' ') ?? '';
    for (const name of names) expect(refusal('mail_client')).toContain(name);
    for (const level of LOG_LEVELS) expect(refusal('log_level')).toContain(level);
  });
});
