import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../scripts/command-line.ts';
import { readOptions } from '../../../scripts/proofs/mutants/options.ts';

describe('the options', () => {
  it('are all bugs and all nets unless told', () => {
    expect(readOptions([])).toEqual({
      only: /(?:)/i,
      nets: ['own', 'fast', 'histories', 'crash-matrix'],
      json: false,
    });
  });

  it('name bugs, and nets in the order of their speed', () => {
    const args = ['--only', 'VETO', '--nets', 'histories,own', '--json'];
    expect(readOptions(args)).toEqual({ only: /VETO/i, nets: ['own', 'histories'], json: true });
  });

  it.each([
    [['--only', '('], '--only is "("'],
    [['--nets', 'own,luck'], '--nets has "luck"; allowed: own, fast, histories, crash-matrix'],
    [['--fast'], '--fast'],
    [['veto'], 'veto'],
  ])('are refused when they make no sense: %j', (args, problem) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(problem);
  });
});
