import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { history } from '../../../scripts/proofs/histories/arbitraries/history.ts';
import { toHistory } from '../../../scripts/proofs/histories/model/short-form.ts';
import { runHistory } from '../../../scripts/proofs/histories/run/run-history.ts';
import { BAD_PROGRAMS, idler, KEEPER } from './bad-programs.ts';

/** The same ones each time; the first are as long as the last. */
const HISTORIES = fc.sample(history, { numRuns: 100, seed: 1, unbiased: true });

describe('the observer from inside', () => {
  it.each(BAD_PROGRAMS)(
    'sees that a program $does: rule $breaks',
    async ({ breaks, told, open }) => {
      // Some of what is bad breaks other rules as well, and a history ends with the first.
      const seen = new Set<string>();
      const meant = new RegExp(`^rule ${breaks}: ${told.source}`);
      for (const one of HISTORIES) {
        const { violations } = await runHistory(one, false, open);
        for (const { invariant, what } of violations) seen.add(`rule ${invariant}: ${what}`);
        if ([...seen].some((line) => meant.test(line))) break;
      }
      expect([...seen]).toContainEqual(expect.stringMatching(meant));
    },
  );

  it('judges again when a rotation begins for a user whose record a person removed', async () => {
    const removed = toHistory({
      steps: [
        { do: 'rotate' },
        { do: 'open mail' },
        { do: 'use newest key' },
        // A content key of a rotation that no record knows would keep the next one from beginning.
        { do: 'delete parameter' },
        { do: 'remove record' },
        { do: 'delete key', which: 'oldest' },
        { afterMinutes: 81 * 1440, do: 'rotate', run: { mails: ['refused'] } },
        { afterMinutes: 60, do: 'rotate' },
      ],
    });
    const { violations } = await runHistory(removed, false, KEEPER.open);
    expect(violations).toMatchObject([{ invariant: 2, what: expect.stringMatching(KEEPER.told) }]);
  });

  it('takes one broken record for no reason to give those of other users back', async () => {
    const broken = toHistory({
      conditions: { dueInDays: [0, 0] },
      steps: [
        { do: 'rotate' },
        { do: 'break record', who: 0 },
        { afterMinutes: 8 * 1440, do: 'destruct' },
      ],
    });
    const { violations } = await runHistory(broken, false, idler);
    const what = expect.stringMatching(/^the destructor gave records back: \d+$/);
    expect(violations).toMatchObject([{ invariant: 0, what }]);
  });
});
