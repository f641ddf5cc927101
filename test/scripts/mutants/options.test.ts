import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../scripts/command-line.ts';
import { readOptions } from '../../../scripts/proofs/mutants/options.ts';

describe('the options', () => {
  it('are all bugs and all suites unless told', () => {
    expect(readOptions([])).toEqual({
      only: /(?:)/i,
      suites: ['own', 'fast', 'histories', 'crash-matrix'],
      json: false,
    });
  });

  it('name bugs, and suites in the order of their speed', () => {
    const args = ['--only', 'VETO', '--suites', 'histories,own', '--json'];
    expect(readOptions(args)).toEqual({ only: /VETO/i, suites: ['own', 'histories'], json: true });
  });

  it.each([
    [['--only', '('], '--only is "("'],
    [['--suites', 'own,luck'], '--suites has "luck"; allowed: own, fast, histories, crash-matrix'],
    [['--fast'], '--fast'],
    [['veto'], 'veto'],
  ])('are refused when they make no sense: %j', (args, problem) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(problem);
  });
});
