import { describe, expect, it } from '@jest/globals';
import { applyBug, type Bug, type Edit, StaleBug } from '../../../scripts/proofs/mutants/bug.ts';

const bug = (...edits: Edit[]): Bug => ({
  name: 'swaps two steps',
  breaks: 'the order',
  file: 'src/steps.ts',
  edits,
});

describe('a bug', () => {
  it('is put into the source, edit by edit, with the signs that it has', () => {
    const source = 'first();\nsecond();\n';
    const swapped = applyBug(
      bug({ find: 'first();', replace: "x('$&');" }, { find: 'second();', replace: 'first();' }),
      source,
    );
    expect(swapped).toBe("x('$&');\nfirst();\n");
  });

  it.each([
    ['is not there', { find: 'third();', replace: '' }, 'this text is found 0 times'],
    ['is there twice', { find: '();', replace: '' }, 'this text is found 2 times'],
    ['is empty', { find: '', replace: 'x' }, 'this text is found 0 times'],
    [
      'does not change',
      { find: 'first();', replace: 'first();' },
      'this text is replaced by itself',
    ],
  ])('is refused, with its name and its file, when a text %s', (_, edit, problem) => {
    const apply = () => applyBug(bug(edit), 'first();\nsecond();\n');
    expect(apply).toThrow(StaleBug);
    expect(apply).toThrow(`“swaps two steps” does not fit src/steps.ts: ${problem}`);
  });

  it('is refused when it changes nothing at all', () => {
    expect(() => applyBug(bug(), 'first();')).toThrow('it changes nothing');
  });
});
