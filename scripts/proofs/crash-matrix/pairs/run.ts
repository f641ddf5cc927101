/** All pairs of faults, or those that begin with a sample of first faults. */
import type { Configuration } from '../configurations.ts';
import type { Lanes } from '../lanes.ts';
import { hash } from '../sampling.ts';
import type { Deployment, PortFault } from './life.ts';
import { inWords, type Pairs } from './pairs.ts';

export interface DeploymentResult {
  readonly config: string;
  /** Calls of a healthy life at the ports. */
  readonly points: number;
  /** Faults that it can meet there. */
  readonly first: number;
  /** Lives that were played: with one of these faults, and with each that can follow it. */
  readonly cases: number;
  readonly violations: number;
}

export interface PairsResult extends Omit<DeploymentResult, 'config'> {
  readonly seconds: number;
  readonly configurations: readonly DeploymentResult[];
  /** One a first fault. */
  readonly rows: readonly (Pairs & { readonly config: string; readonly fault: string })[];
}

interface Job {
  readonly deployment: Deployment;
  readonly first: PortFault;
}

/** What matters to the core is the same for every mailer, and for sealed and clear pairs. */
export function deploymentsOf(configurations: readonly Configuration[]): Deployment[] {
  const names = configurations.map(
    ({ staged, used }) =>
      `${staged ? 'staged' : 'direct'},${used ? 'used' : 'unused'}` satisfies Deployment,
  );
  return [...new Set<Deployment>(names)];
}

/**
 * @param size how many first faults are tried, each with all that can follow it
 * @param expect is told how many first faults there are, and `step` when one is done
 */
export async function runPairs(
  deployments: readonly Deployment[],
  { size = Number.POSITIVE_INFINITY, seed }: { readonly size?: number; readonly seed: number },
  lanes: Lanes,
  { expect, step }: { expect(total: number): void; step(): void },
): Promise<PairsResult> {
  const fromMs = performance.now();
  const firsts = await lanes.all('firstFaults', deployments);
  const all = deployments.flatMap((deployment, index): Job[] =>
    (firsts[index] ?? []).map((first) => ({ deployment, first })),
  );
  const luck = ({ deployment, first }: Job) => hash(`${seed} ${deployment} ${inWords(first)}`);
  const jobs = size < all.length ? all.sort((a, b) => luck(a) - luck(b)).slice(0, size) : all;
  expect(jobs.length);
  const pairs = await lanes.all('pairs', jobs, step);

  const rows = jobs.flatMap(({ deployment, first }, index) => {
    const found = pairs[index];
    return found ? [{ config: deployment, fault: inWords(first), ...found }] : [];
  });
  const configurations = deployments.map((config, index) => {
    const own = rows.filter((row) => row.config === config);
    const faults = firsts[index] ?? [];
    return { config, points: pointsIn(faults), first: faults.length, ...totalsOf(own) };
  });
  return {
    points: configurations.reduce((sum, { points }) => sum + points, 0),
    first: all.length,
    ...totalsOf(rows),
    seconds: Math.round((performance.now() - fromMs) / 1000),
    configurations,
    rows,
  };
}

function pointsIn(faults: readonly PortFault[]): number {
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
  const figures = ({ points, first, cases, violations }: Omit<DeploymentResult, 'config'>) => [
    points,
    first,
    cases,
    violations,
  ];
  return [
    line('', ['points', 'first faults', 'lives', 'violations']),
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
