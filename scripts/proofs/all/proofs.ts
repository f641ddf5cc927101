/** The proofs: what takes too long for `npm test`, as a sample that CI runs, and in full. */
import { bugCounts, type Counts, caseCounts, historyCounts, testCounts } from './counts.ts';

/** A program that leaves a report in JSON. */
export interface Command {
  /** The arguments of Node.js. */
  readonly args: readonly string[];
  /** Whether the report is printed, or written to `--outputFile`. */
  readonly report: 'printed' | 'written';
  /** @throws Error when that is no report of this program */
  readonly counts: (report: unknown) => Counts;
  /** Whether it ends well without a report where something is missing that it needs. */
  readonly canBeSkipped?: boolean;
}

export interface Proof {
  readonly name: string;
  /** Minutes of it; what has no sample is run in full only. */
  readonly sample?: Command;
  /** All of it, which may take hours. */
  readonly full: Command;
}

/** Enough scenarios for every kind of call and of fault to come up. */
const CASES = 180;
/** After each first fault there are hundreds of second ones. */
const FIRST_FAULTS = 12;

/** From the one that takes longest to the shortest. */
export const PROOFS: readonly Proof[] = [
  { name: 'mutants', full: printing('mutants', bugCounts) },
  {
    name: 'histories',
    sample: tests('test/scripts/histories'),
    full: printing('histories', historyCounts, '--runs', '200000'),
  },
  {
    name: 'crash-matrix',
    sample: crashMatrix('--sample', String(CASES)),
    full: crashMatrix(),
  },
  {
    name: 'pairs',
    sample: crashMatrix('--pairs', '--sample', String(FIRST_FAULTS)),
    full: crashMatrix('--pairs'),
  },
  alike('engines', engines()),
  alike('programs', tests('test/scripts/crash-matrix', 'test/scripts/demo')),
  alike('load', tests('test/e2e')),
  {
    name: 'histories-on-bundles',
    full: printing('histories', historyCounts, '--bundles', '200'),
  },
];

function alike(name: string, command: Command): Proof {
  return { name, sample: command, full: command };
}

function crashMatrix(...args: readonly string[]): Command {
  return printing('crash-matrix', caseCounts, '--lanes', '4', ...args);
}

function printing(name: string, counts: Command['counts'], ...args: readonly string[]): Command {
  return { args: [...programArgs(name), '--json', ...args], report: 'printed', counts };
}

function engines(): Command {
  const args = [...programArgs('engines'), '--json'];
  return { args, report: 'written', counts: testCounts, canBeSkipped: true };
}

function programArgs(name: string): string[] {
  return ['--import', 'tsx', `scripts/proofs/${name}.ts`];
}

/** Files of tests that are named `*.proof.ts`, below these folders. */
function tests(...folders: readonly string[]): Command {
  const args = [
    ...['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'],
    ...['node_modules/jest/bin/jest.js', '--config', 'test/proofs.config.js', '--json'],
    ...folders,
  ];
  return { args, report: 'written', counts: testCounts };
}
