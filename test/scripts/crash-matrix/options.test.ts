import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../scripts/command-line.ts';
import { nameOf } from '../../../scripts/proofs/crash-matrix/configurations.ts';
import { readOptions } from '../../../scripts/proofs/crash-matrix/options.ts';

const configurationsOf = (...args: string[]) => {
  const options = readOptions(args);
  return options === 'help' ? [] : options.configurations.map(nameOf);
};

describe('the options of npm run crash-matrix', () => {
  it('run every configuration unless told', () => {
    expect(new Set(configurationsOf()).size).toBe(24);
  });

  it('choose configurations by mailer and by words', () => {
    expect(configurationsOf('--mailer', 'ses,smtp', '--config', 'plaintext,direct,used')).toEqual([
      'ses,plaintext,direct,used',
      'smtp,plaintext,direct,used',
    ]);
  });

  it('go with --pairs where the core can tell them apart', () => {
    expect(readOptions(['--pairs', '--config', 'direct,used', '--sample', '3'])).toMatchObject({
      pairs: true,
      sample: 3,
    });
  });

  it.each([
    [['--pairs', '--mailer', 'smtp'], '--mailer does not go with --pairs'],
    [['--pairs', '--points', 'keys.create'], '--points does not go with --pairs'],
    [['--pairs', '--faults', 'deny-day'], '--faults does not go with --pairs'],
    [['--pairs', '--config', 'plaintext'], '"plaintext", which does not go with --pairs'],
    [['--config', 'sealed'], '--config has "sealed"; allowed: '],
    [['--config', 'used,unused'], 'no configuration is used and unused'],
    [['--points', '('], '--points is "("; allowed: a regular expression'],
    [['--lanes', '0'], '--lanes is "0"; allowed: a whole number from 1 to 16'],
  ])('refuse %j and say why', (args, why) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(why);
  });
});
