/** All pairs of faults, or those that begin with a sample of first faults. */

import type { CoreConfiguration, CoreFault } from '../pairs/core-scenario.ts';
import { inWords, type Pairs } from '../pairs/pairs.ts';
import type { Configuration } from './configurations.ts';
import { hash } from './sampling.ts';
import type { Workers } from './workers.ts';

export interface ConfigurationResult {
  readonly config: string;
  /** Calls at the ports of a scenario in good health. */
  readonly points: number;
  /** Faults that can happen there. */
  readonly first: number;
  /** Scenarios that were run: with one of these faults, and with each that can follow it. */
  readonly cases: number;
  readonly violations: number;
}

export interface PairsResult extends Omit<ConfigurationResult, 'config'> {
  readonly seconds: number;
  readonly configurations: readonly ConfigurationResult[];
  /** One a first fault. */
  readonly rows: readonly (Pairs & { readonly config: string; readonly fault: string })[];
}

interface Job {
  readonly configuration: CoreConfiguration;
  readonly first: CoreFault;
}

/** What matters to the core is the same for every mailer, and for sealed and plaintext pairs. */
export function coreConfigurationsOf(
  configurations: readonly Configuration[],
): CoreConfiguration[] {
  const names = configurations.map(
    ({ staged, used }) =>
      `${staged ? 'staged' : 'direct'},${used ? 'used' : 'unused'}` satisfies CoreConfiguration,
  );
  return [...new Set<CoreConfiguration>(names)];
}

/**
 * @param size how many first faults are tried, each with all that can follow it
 * @param expect is told how many first faults there are, and `step` when one is done
 */
export async function runPairs(
  configurations: readonly CoreConfiguration[],
  { size = Number.POSITIVE_INFINITY, seed }: { readonly size?: number; readonly seed: number },
  workers: Workers,
  { expect, step }: { expect(total: number): void; step(): void },
): Promise<PairsResult> {
  const fromMs = performance.now();
  const firsts = await workers.all('firstFaults', configurations);
  const all = configurations.flatMap((configuration, index): Job[] =>
    (firsts[index] ?? []).map((first) => ({ configuration, first })),
  );
  const order = ({ configuration, first }: Job) =>
    hash(`${seed} ${configuration} ${inWords(first)}`);
  const jobs = size < all.length ? all.sort((a, b) => order(a) - order(b)).slice(0, size) : all;
  expect(jobs.length);
  const pairs = await workers.all('pairs', jobs, step);

  const rows = jobs.flatMap(({ configuration, first }, index) => {
    const found = pairs[index];
    return found ? [{ config: configuration, fault: inWords(first), ...found }] : [];
  });
  const results = configurations.map((config, index) => {
    const own = rows.filter((row) => row.config === config);
    const faults = firsts[index] ?? [];
    return { config, points: pointsIn(faults), first: faults.length, ...totalsOf(own) };
  });
  return {
    points: results.reduce((sum, { points }) => sum + points, 0),
    first: all.length,
    ...totalsOf(rows),
    seconds: Math.round((performance.now() - fromMs) / 1000),
    configurations: results,
    rows,
  };
}

function pointsIn(faults: readonly CoreFault[]): number {
  return new Set(faults.map(({ point }) => JSON.stringify(point))).size;
}

function totalsOf(rows: readonly Pairs[]) {
  return {
    cases: rows.reduce((sum, { cases }) => sum + cases, 0),
    violations: rows.reduce((sum, { violations }) => sum + violations.length, 0),
  };
}

export function renderPairs({ configurations, rows, seconds, ...all }: PairsResult): string {
  const line = (name: string, figures: readonly (string | number)[]) =>
    name.padEnd(16) + figures.map((figure) => String(figure).padStart(14)).join('');
  const figures = ({ points, first, cases, violations }: Omit<ConfigurationResult, 'config'>) => [
    points,
    first,
    cases,
    violations,
  ];
  return [
    line('', ['points', 'first faults', 'cases', 'violations']),
    ...configurations.map((one) => line(one.config, figures(one))),
    line('all', figures(all)),
    '',
    `${rows.length} of ${all.first} first faults, each with all that can follow it, in ${seconds} s`,
    ...rows.flatMap(({ config, violations }) =>
      violations.flatMap(({ faults, problems }) => [
        '',
        `✗ ${config}: ${faults}`,
        ...problems.map((problem) => `    ${problem}`),
      ]),
    ),
  ].join('\n');
}
