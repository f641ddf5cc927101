import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../scripts/command-line.ts';
import { readOptions } from '../../../scripts/demo/options.ts';

describe('the options of npm run demo', () => {
  it('have defaults', () => {
    expect(readOptions([])).toEqual({
      users: 36,
      days: 100,
      mailClient: 'ses',
      seed: 1,
      json: false,
    });
  });

  it('choose who is there, for how long, and what sends the mails to where', () => {
    const args = ['--users', '14', '--days', '40', '--mail-client', 'smtp', '--keep', 'mails'];
    expect(readOptions([...args, '--seed', '7', '--json'])).toEqual({
      users: 14,
      days: 40,
      mailClient: 'smtp',
      keep: 'mails',
      seed: 7,
      json: true,
    });
  });

  it('ask for help', () => {
    expect(readOptions(['--help', '--users', '0'])).toBe('help');
  });

  it.each([
    [['--user', '3'], "Unknown option '--user'"],
    [['--users', '0'], '--users is "0"; allowed: a whole number from 1 to 500'],
    [['--days', 'ten'], '--days is "ten"'],
    [['--mail-client', 'fax'], 'allowed: ses, smtp, mailgun'],
    [['--keep='], '--keep is empty'],
    [['now'], "Unexpected argument 'now'"],
  ])('refuse %j, and say why', (args, why) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(why);
  });
});
