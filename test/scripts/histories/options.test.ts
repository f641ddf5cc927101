import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../scripts/command-line.ts';
import { readOptions } from '../../../scripts/proofs/histories/options.ts';

describe('the options of npm run histories', () => {
  it('have defaults', () => {
    expect(readOptions([])).toEqual({
      runs: 10_000,
      seed: 1,
      jobs: 2,
      json: false,
      onBundles: false,
    });
  });

  it('choose histories, and what they are run on', () => {
    expect(readOptions(['--bundles', '200', '--seed', '7', '--jobs', '1', '--json'])).toEqual({
      runs: 200,
      seed: 7,
      jobs: 1,
      json: true,
      onBundles: true,
    });
  });

  it('ask for help', () => {
    expect(readOptions(['--help', '--seed', 'x'])).toBe('help');
  });

  it.each([
    [['--runs', '0'], '--runs is "0"; allowed: a whole number from 1 to 100000000'],
    [['--bundles', 'all'], '--bundles is "all"; allowed: a whole number from 1 to 1000000'],
    [['--jobs', '17'], '--jobs is "17"; allowed: a whole number from 1 to 16'],
    [['--seed', '-1'], /seed/],
    [['--runs', '5', '--bundles', '1'], '--runs does not go with --bundles'],
    [['--ruins', '5'], /--ruins/],
  ])('refuse %j and say why', (args, why) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(why);
  });
});
