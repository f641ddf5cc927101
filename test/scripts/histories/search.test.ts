import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { history } from '../../../scripts/proofs/histories/arbitraries/history.ts';
import {
  type ShortHistory,
  toHistory,
  toShort,
} from '../../../scripts/proofs/histories/model/short-form.ts';
import { renderFound } from '../../../scripts/proofs/histories/render.ts';
import { search } from '../../../scripts/proofs/histories/search.ts';
import { BATCH } from '../../../scripts/proofs/histories/workers.ts';
import { THIEF } from './bad-programs.ts';

describe('a search', () => {
  it('finds a program that takes keys, and tells how to see it again', async () => {
    const { found } = await search(50, 1, THIEF.open);
    if (!found) throw new Error('the program was not found');
    expect(found.log.join('\n')).toMatch(/!! invariant 4: K\d+ was deleted/);
    expect(renderFound(found)).toContain(`npm run histories -- --seed 1 --runs ${BATCH}`);
    expect(renderFound(found)).toContain('As a regression: {"conditions":');
  });

  it('runs the same histories for the same seed, and others for another', async () => {
    const [first, again, other] = [await search(20, 1), await search(20, 1), await search(20, 2)];
    expect(again).toEqual(first);
    expect(other.seen).not.toEqual(first.seen);
  });
});

describe('the short form', () => {
  it('tells the whole history', () => {
    fc.assert(
      fc.property(history, (one) => {
        const kept = JSON.parse(JSON.stringify(toShort(one))) as ShortHistory;
        expect(JSON.parse(JSON.stringify(toHistory(kept)))).toEqual(
          JSON.parse(JSON.stringify(one)),
        );
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
