import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inTurn } from '../../src/domain/in-turn.ts';
import { HOUR_MS } from '../../src/domain/time.ts';

it('keeps everybody, in the same circle', () => {
  const all = [1, 2, 3, 4, 5, 6, 7];
  const turned = inTurn(all, 5 * HOUR_MS);
  const [first = 0] = turned;
  expect(turned).toEqual([...all.slice(first - 1), ...all.slice(0, first - 1)]);
  expect(inTurn(all, 5 * HOUR_MS + 1)).toEqual(turned);
  expect(inTurn(all, 6 * HOUR_MS)).not.toEqual(turned);
  expect(inTurn([], 0)).toEqual([]);
});

it.each([4, 200])(
  'lets everybody be among the first %d soon, whatever the schedule is',
  (first) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.constantFrom(1, 2, 3, 4, 6, 8, 12, 24, 48, 168),
        fc.nat({ max: 2_000_000_000_000 }),
        (count, everyHours, startMs) => {
          const all = Array.from({ length: count }, (_, index) => index);
          const seen = new Set<number>();
          // Twenty times as many runs as if no turn overlapped with another.
          const runs = 20 * Math.ceil(count / first);
          for (let run = 0; run < runs; run++) {
            const turned = inTurn(all, startMs + run * everyHours * HOUR_MS);
            for (const one of turned.slice(0, first)) seen.add(one);
          }
          expect(seen.size).toBe(count);
        },
      ),
      { numRuns: 300 },
    );
  },
);
