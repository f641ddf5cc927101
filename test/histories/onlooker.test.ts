import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { history } from './arbitraries.ts';
import { BAD_PROGRAMS } from './bad-programs.ts';
import { play } from './play.ts';

/** The same ones each time; the first are as long as the last. */
const HISTORIES = fc.sample(history, { numRuns: 100, seed: 1, unbiased: true });

describe('the onlooker', () => {
  it.each(BAD_PROGRAMS)(
    'sees that a program $does: rule $breaks',
    async ({ breaks, told, open }) => {
      // Some of what is bad breaks other rules as well, and a history ends with the first.
      const seen = new Set<string>();
      const meant = new RegExp(`^rule ${breaks}: ${told.source}`);
      for (const one of HISTORIES) {
        const { violations } = await play(one, false, open);
        for (const { invariant, what } of violations) seen.add(`rule ${invariant}: ${what}`);
        if ([...seen].some((line) => meant.test(line))) break;
      }
      expect([...seen]).toContainEqual(expect.stringMatching(meant));
    },
  );
});
