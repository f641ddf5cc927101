import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coreSettings } from '../../src/config/core.ts';
import { readSettings, SettingsError } from '../../src/config/setting.ts';
import { deliveries } from '../../src/deliveries/index.ts';
import { tagProblem } from '../../src/domain/tags.ts';
import { mailers } from '../../src/mailers/index.ts';
import { loadSettings } from '../../src/runtime/settings.ts';
import { hostileAddress, hostileText } from '../support/hostile.ts';

const required = { IAM_KEY_ROTATOR_TABLE: 'rotations', MAIL_FROM: 'Keys <keys@example.com>' };

async function problemsOf(environment: Record<string, string>): Promise<readonly string[]> {
  try {
    await loadSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('the settings', () => {
  it('have the documented defaults', async () => {
    expect(await loadSettings(required)).toMatchObject({
      core: {
        IAM_KEY_ROTATOR_TABLE: 'rotations',
        RETRY_AFTER_MINS: 5,
        DRY_RUN: false,
        LOG_LEVEL: 'info',
      },
      policy: {
        rotateAfterDays: 80,
        deleteAfterDays: 7,
        requireNewKeyUsed: true,
        maxKeyAgeDays: 90,
      },
      mail: {
        MAIL_FROM: { name: 'Keys', address: 'keys@example.com' },
        MAIL_CLIENT: 'ses',
        ENCRYPT_KEY_PAIR: true,
      },
    });
  });

  it('leave out what is neither set nor has a default', async () => {
    const { core, policy } = await loadSettings(required);
    expect(core).not.toHaveProperty('MAX_ROTATIONS_PER_RUN');
    expect(core).not.toHaveProperty('SSM_KMS_KEY_ID');
    expect(policy).not.toHaveProperty('deactivateAfterDays');
    expect(policy).not.toHaveProperty('allowedMailDomains');
  });

  it('take an empty variable for one that is not set', async () => {
    const settings = await loadSettings({ ...required, ROTATE_AFTER_DAYS: '', DRY_RUN: ' ' });
    expect(settings.policy.rotateAfterDays).toBe(80);
  });

  it('tell every mistake at once, with the name, the value and what is allowed', async () => {
    const problems = await problemsOf({
      MAIL_FROM: 'nobody',
      ROTATE_AFTER_DAYS: '0',
      DELETE_AFTER_DAYS: '1.5',
      REQUIRE_NEW_KEY_USED: 'yes',
      RETRY_AFTER_MINS: '1441',
      LOG_LEVEL: 'loud',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^IAM_KEY_ROTATOR_TABLE is not set; allowed: /),
      'ROTATE_AFTER_DAYS is "0"; allowed: a whole number of days from 1 to 3650',
      'DELETE_AFTER_DAYS is "1.5"; allowed: a whole number of days from 1 to 3650',
      'REQUIRE_NEW_KEY_USED is "yes"; allowed: true or false',
      'RETRY_AFTER_MINS is "1441"; allowed: a whole number of minutes from 1 to 1440',
      'LOG_LEVEL is "loud"; allowed: debug, info, warn, error',
      'MAIL_FROM is "nobody"; allowed: user@example.com or Name <user@example.com>',
    ]);
  });

  it("tell the chosen mailer's mistakes as well, and no other mailer's", async () => {
    const problems = await problemsOf({ ...required, DRY_RUN: 'no', MAIL_CLIENT: 'smtp' });
    expect(problems.join('\n')).toMatch(/DRY_RUN[\s\S]*SMTP_SERVER/);
    expect(problems.join('\n')).not.toContain('MAILGUN');
  });

  it.each(['-1', '0', '1.0', '1e2', '٣', '0x1f', '9999999', 'abc', '08'])(
    'refuse %j where a whole number is wanted',
    async (value) => {
      for (const name of [
        'ROTATE_AFTER_DAYS',
        'DELETE_AFTER_DAYS',
        'DEACTIVATE_AFTER_DAYS',
        'MAX_KEY_AGE_DAYS',
        'RETRY_AFTER_MINS',
        'MAX_ROTATIONS_PER_RUN',
      ]) {
        expect(await problemsOf({ ...required, [name]: value })).toEqual([
          expect.stringContaining(`${name} is ${JSON.stringify(value)}; allowed: `),
        ]);
      }
    },
  );

  it.each([
    ['ROTATE_AFTER_DAYS', 3650],
    ['DELETE_AFTER_DAYS', 3650],
    ['DEACTIVATE_AFTER_DAYS', 3650],
    ['MAX_KEY_AGE_DAYS', 3650],
    ['RETRY_AFTER_MINS', 1440],
    ['MAX_ROTATIONS_PER_RUN', 100_000],
  ])('take %s from 1 to %d, and nothing beyond', async (name, max) => {
    // What contradicts another setting is told in other words.
    const outOfLimits = async (value: number) => {
      const problems = await problemsOf({ ...required, [name]: String(value) });
      return problems.filter((problem) => problem.includes('; allowed: a whole number'));
    };
    expect(await outOfLimits(1)).toEqual([]);
    expect(await outOfLimits(max)).toEqual([]);
    expect(await outOfLimits(max + 1)).toEqual([
      expect.stringMatching(`^${name} is "${max + 1}"; .* from 1 to ${max}\\b`),
    ]);
  });

  it.each(['ROTATE_AFTER_DAYS', 'DELETE_AFTER_DAYS', 'DEACTIVATE_AFTER_DAYS'])(
    'have the limits of the tag of the same name (%s)',
    (name) => {
      const isSetting = (value: string) =>
        readSettings(coreSettings, { ...required, [name]: value }).problems.length === 0;
      const isTag = (value: string) => tagProblem({ key: `IKR:${name}`, value }) === undefined;
      const values = ['-1', '0', '1', '1.5', '08', '1e2', '3650', '3651', '100000'];
      expect(values.filter(isSetting)).toEqual(['1', '3650']);
      expect(values.filter(isTag)).toEqual(['1', '3650']);
    },
  );

  it('refuse a deactivation that does not come before the deletion', async () => {
    const problems = await problemsOf({
      ...required,
      DELETE_AFTER_DAYS: '7',
      DEACTIVATE_AFTER_DAYS: '7',
    });
    expect(problems).toEqual([expect.stringContaining('less than DELETE_AFTER_DAYS, which is 7')]);
  });

  it('refuse an oldest age that comes before the date that owners are told', async () => {
    const days = { ROTATE_AFTER_DAYS: '80', DELETE_AFTER_DAYS: '11' };
    expect(await problemsOf({ ...required, ...days })).toEqual([
      expect.stringMatching(/^MAX_KEY_AGE_DAYS is "90"; allowed: .* together, which are 91/),
    ]);
    expect(await problemsOf({ ...required, ...days, MAX_KEY_AGE_DAYS: '91' })).toEqual([]);
  });

  it('take a list of mail domains, and refuse one that is none', async () => {
    const settings = await loadSettings({
      ...required,
      ALLOWED_MAIL_DOMAINS: 'Example.com, example.org',
    });
    expect(settings.policy.allowedMailDomains).toEqual(['example.com', 'example.org']);
    for (const bad of ['example.com,,x.org', '@example.com', '*.example.com', 'a b.com']) {
      expect(await problemsOf({ ...required, ALLOWED_MAIL_DOMAINS: bad })).toHaveLength(1);
    }
  });

  it.each([
    'Keys\r\nBcc: eve@evil.test <keys@example.com>',
    'Keys <keys@example.com>\nx',
    'a@example.com, b@example.com',
    '<>',
  ])('refuse the sender %j', async (from) => {
    expect(await problemsOf({ ...required, MAIL_FROM: from })).toHaveLength(1);
  });

  it('are all documented in a sentence', async () => {
    const { settings: mail } = await deliveries.mail();
    for (const setting of [...Object.values(coreSettings), ...Object.values(mail)]) {
      expect(setting.doc).toMatch(/^[A-Z].*\.$/);
      expect(setting.allowed.length).toBeGreaterThan(3);
    }
  });
});

describe('settings that somebody has made up', () => {
  const value = fc.oneof(
    fc.constantFrom('1', '7', '80', 'true', 'false', 'ses', 'smtp', 'mailgun', 'info', 'tls', ' '),
    fc.constantFrom(
      'constructor',
      '__proto__',
      'toString',
      '9'.repeat(400),
      'https://x@127.0.0.1/',
    ),
    fc.constantFrom('example.com', 'Keys <keys@example.com>', 'keys@example.com', 'arn:aws:ses:::'),
    hostileAddress('example.com'),
    hostileText,
  );

  it('are all told, one a line by its name, or taken as what they may be', async () => {
    const plugins = [...Object.values(deliveries), ...Object.values(mailers)];
    const tables = await Promise.all(plugins.map((load) => load()));
    const names = [coreSettings, ...tables.map(({ settings }) => settings)].flatMap(Object.keys);
    const environment = fc
      .dictionary(fc.constantFrom(...names), value)
      .map((some) => ({ ...required, ...some }) as Record<string, string>);
    await fc.assert(
      fc.asyncProperty(environment, async (env) => {
        let settings: Awaited<ReturnType<typeof loadSettings>>;
        try {
          settings = await loadSettings(env);
        } catch (error) {
          if (!(error instanceof SettingsError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          const [, ...told] = error.message.split('\n');
          expect(told).toHaveLength(error.problems.length);
          for (const line of told) {
            const name = /^- ([A-Z_]+) is .*; allowed: /s.exec(line)?.[1];
            expect(names).toContain(name);
          }
          return;
        }
        const { core, policy, mail } = settings;
        const { allowedMailDomains = [], requireNewKeyUsed, ...days } = policy;
        const { RETRY_AFTER_MINS, MAX_ROTATIONS_PER_RUN = 1 } = core;
        for (const number of [...Object.values(days), RETRY_AFTER_MINS, MAX_ROTATIONS_PER_RUN]) {
          expect(number).toBeGreaterThanOrEqual(1);
          expect(Number.isSafeInteger(number)).toBe(true);
        }
        expect(days.deactivateAfterDays ?? 0).toBeLessThan(days.deleteAfterDays);
        expect(days.rotateAfterDays + days.deleteAfterDays).toBeLessThanOrEqual(days.maxKeyAgeDays);
        expect(typeof requireNewKeyUsed).toBe('boolean');
        for (const domain of allowedMailDomains) expect(domain).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
        // Nothing, or what was said: never any domain because a list was not understood.
        expect(allowedMailDomains.length > 0).toBe((env.ALLOWED_MAIL_DOMAINS ?? '').trim() !== '');
        const { name, address } = mail.MAIL_FROM;
        expect(`${name}${address}${core.IAM_KEY_ROTATOR_TABLE}`).not.toMatch(/[\p{Cc}<>"]/u);
      }),
      { numRuns: 500 },
    );
  });
});
