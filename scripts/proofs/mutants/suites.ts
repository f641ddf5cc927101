/** The suites that are to catch bugs, from the fastest to the slowest. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bug } from './bug.ts';
import type { Copy } from './copy.ts';
import { type Done, node, ToolFailed } from './tools.ts';

export const SUITE_NAMES = ['own', 'fast', 'histories', 'crash-matrix'] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

export interface Catch {
  /** The first failing test, or what was violated. */
  readonly by: string;
  /** What can be run without the bug, to see that it fails because of it. */
  readonly again: Suite;
}

export interface Suite {
  /** Suites of one name do the same. */
  readonly name: string;
  /**
   * Gives what failed in the copy, or `undefined` when nothing did.
   * @throws ToolFailed when that can't be told
   */
  run(): Promise<Catch | undefined>;
}

/** Tests that need no Lambda bundles and no more than seconds, and last the one that takes longest. */
const FAST = [
  ...['destructor/', 'rotation/(?!crash)', 'rotator/', 'domain/', 'deliveries/'],
  ...['aws/', 'mailers/', 'rotation/crash'],
].map((tests) => `test/${tests}`);
const HISTORIES = 4_000;
const CASES = 60;

/**
 * The suites for a bug: its own tests, then all the fast ones, folder by folder, then those that run
 * whole rotations.
 */
export function suitesFor(bug: Bug, names: readonly SuiteName[], copy: Copy): Suite[] {
  const own = bug.tests ?? mirrorsOf(bug.file, copy.root);
  const suites: Record<SuiteName, Suite[]> = {
    own: own.length > 0 ? [jest(own, copy)] : [],
    fast: FAST.map((tests) => jest([tests], copy)),
    histories: [histories(copy)],
    'crash-matrix': [crashMatrix(copy)],
  };
  return SUITE_NAMES.filter((name) => names.includes(name)).flatMap((name) => suites[name]);
}

/** The tests that stand where a source stands. */
function mirrorsOf(file: string, root: string): string[] {
  const test = file.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts');
  return existsSync(join(root, test)) ? [test] : [];
}

interface JestReport {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function jest(tests: readonly string[], copy: Copy): Suite {
  return {
    name: `tests ${tests.join(' ')}`,
    async run() {
      const report = join(copy.scratch, 'tests.json');
      const done = await node(copy, [
        ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
        ...tests,
        // Without --bail, which ends Jest before it has written its report.
        ...['--runInBand', '--silent', '--json', '--outputFile', report],
        ...['--cacheDirectory', join(copy.scratch, 'jest')],
      ]);
      const { numTotalTests, testResults } = await jsonOf<JestReport>(done, report);
      if (numTotalTests === 0 && done.code === 0) throw new ToolFailed(`no test in ${tests}`);
      const failed = testResults.find(({ status }) => status === 'failed');
      if (!failed) return undefined;
      const first = failed.assertionResults.find(({ status }) => status === 'failed');
      const file = failed.name.slice(copy.root.length + 1);
      return { by: first?.fullName ?? `${file} can't be run`, again: jest([file], copy) };
    },
  };
}

interface HistoriesReport {
  readonly violations: number;
  readonly found?: { readonly log: readonly string[] };
}

function histories(copy: Copy): Suite {
  const suite: Suite = {
    name: 'histories',
    async run() {
      const done = await node(copy, [
        ...['--import', 'tsx', 'scripts/proofs/histories.ts', '--json', '--jobs', '1'],
        ...['--runs', String(HISTORIES)],
      ]);
      const { violations, found } = await jsonOf<HistoriesReport>(done);
      if (violations === 0) return undefined;
      return { by: `a history: ${found?.log.at(-1)?.trim() ?? ''}`, again: suite };
    },
  };
  return suite;
}

interface MatrixReport {
  readonly rows: readonly {
    readonly step: string;
    readonly call: string;
    readonly fault: string;
    readonly outcome: string;
    readonly problems: readonly string[];
  }[];
}

function crashMatrix(copy: Copy): Suite {
  const suite: Suite = {
    name: 'crash-matrix',
    async run() {
      const built = await node(copy, ['--import', 'tsx', 'scripts/build.ts']);
      if (built.code !== 0) throw new ToolFailed(`the functions can't be built: ${built.err}`);
      const done = await node(copy, [
        ...['--import', 'tsx', 'scripts/proofs/crash-matrix.ts', '--json', '--lanes', '1'],
        ...['--sample', String(CASES)],
      ]);
      // A scenario that goes wrong without a fault ends the matrix without a report.
      if (done.code === 1 && done.out === '') {
        return { by: `a scenario without a fault: ${lastLine(done.err)}`, again: suite };
      }
      const { rows } = await jsonOf<MatrixReport>(done);
      const violated = rows.find(({ outcome }) => outcome === 'violated');
      if (!violated) return undefined;
      const { step, call, fault, problems } = violated;
      return { by: `${step}, ${call}, ${fault}: ${problems[0] ?? ''}`, again: suite };
    },
  };
  return suite;
}

/** @throws ToolFailed when the tool left no report */
async function jsonOf<T>(done: Done, file?: string): Promise<T> {
  try {
    return JSON.parse(file === undefined ? done.out : await readFile(file, 'utf8')) as T;
  } catch (cause) {
    throw new ToolFailed(`code ${done.code} and no report: ${lastLine(done.err)}`, { cause });
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
