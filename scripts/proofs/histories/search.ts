/** Searches for histories that break an invariant. */
import fc from 'fast-check';
import { history } from './arbitraries/history.ts';
import type { History } from './model/history.ts';
import { type Counts, Tally } from './model/tally.ts';
import { type Open, type RunResult, runHistory } from './run/run-history.ts';

export interface Found {
  readonly seed: number;
  /** Histories that were run until it was found. */
  readonly after: number;
  readonly shrunk: History;
  readonly log: readonly string[];
}

export interface Searched {
  readonly histories: number;
  readonly steps: number;
  readonly runs: number;
  /** What was done, what went wrong, and what the program did and said, with how often. */
  readonly seen: Counts;
  readonly found?: Found;
}

/**
 * Runs so many histories; the same ones for the same seed.
 * @param open what they are run on, if not in memory: what goes wrong there is told as it was, for
 *   it would take too long to make it shorter
 */
export async function search(histories: number, seed: number, open?: Open): Promise<Searched> {
  let done = 0;
  let steps = 0;
  let runs = 0;
  const seen = new Tally();
  let last: RunResult | undefined;
  const count = (one: History, { seen: saw, runs: made }: RunResult) => {
    done += 1;
    steps += one.steps.length;
    runs += made;
    seen.take(saw);
  };
  const details = await fc.check(
    fc.asyncProperty(history, async (one) => {
      const result = await runHistory(one, open !== undefined, open);
      count(one, result);
      last = result;
      return result.violations.length === 0;
    }),
    // The first of many histories are drawn with more of what is small: few would all be short.
    { numRuns: histories, seed, endOnFailure: open !== undefined, unbiased: open !== undefined },
  );
  const figures = { histories: done, steps, runs, seen: seen.counts };
  if (!details.failed) return figures;
  const [shrunk] = details.counterexample ?? [];
  if (!shrunk) throw new Error(String(details.errorInstance ?? 'the search was cut off'));
  // Over the wire no two runs are quite the same.
  const { log } = open && last ? last : await runHistory(shrunk, true);
  return {
    ...figures,
    histories: details.numRuns,
    found: { seed, after: details.numRuns, shrunk, log },
  };
}
