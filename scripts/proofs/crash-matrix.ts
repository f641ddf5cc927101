/**
 * Lets one call after another go wrong in the life of a key: `npm run crash-matrix`.
 *
 * Exits with 0 when nothing was violated, 1 when something was, and 2 when the options can't be
 * used.
 */
import { existsSync } from 'node:fs';
import { createProgress, type Progress } from '../../src/cli/progress.ts';
import { runProgram, UsageError } from '../command-line.ts';
import { Lanes } from './crash-matrix/lanes.ts';
import { type MatrixOptions, readOptions, USAGE } from './crash-matrix/options.ts';
import { deploymentsOf, renderPairs, runPairs } from './crash-matrix/pairs/run.ts';
import { runMatrix } from './crash-matrix/run.ts';
import { bundle, FUNCTIONS } from './crash-matrix/stage.ts';
import { renderMatrix } from './crash-matrix/table.ts';

async function main(options: MatrixOptions): Promise<number> {
  if (!FUNCTIONS.every((name) => existsSync(bundle(name)))) {
    process.stderr.write('There are no Lambda functions in dist/: run npm run build first.\n');
    return 2;
  }
  return play(options);
}

async function play(options: MatrixOptions): Promise<number> {
  const { pairs, json, configurations, seed, sample } = options;
  const lanes = new Lanes(options.lanes);
  const bars: Progress[] = [];
  const progress = (doing: string) => {
    const bar = createProgress({ stderr: process.stderr, env: process.env }, doing);
    bars.push(bar);
    return bar;
  };
  const tell = <R extends { violations: number }>(result: R, render: (result: R) => string) => {
    for (const bar of bars) bar.stop();
    if (json) process.stdout.write(`${JSON.stringify(result, undefined, 1)}\n`);
    (json ? process.stderr : process.stdout).write(`${render(result)}\n`);
    return result.violations > 0 ? 1 : 0;
  };
  try {
    if (!pairs) return tell(await runMatrix(options, lanes, progress), renderMatrix);
    const many = { seed, ...(sample !== undefined && { size: sample }) };
    const bar = progress('First faults');
    return tell(await runPairs(deploymentsOf(configurations), many, lanes, bar), renderPairs);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Such as a life that goes wrong although nothing was made to.
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 1;
  } finally {
    for (const bar of bars) bar.stop();
    lanes.close();
  }
}

process.exitCode = await runProgram(USAGE, readOptions, main);
