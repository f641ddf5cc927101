/**
 * Lets one call after another go wrong in a rotation: `npm run crash-matrix`.
 *
 * Exits with 0 when nothing was violated, 1 when something was, and 2 when the options can't be
 * used.
 */
import { areBuilt } from '../../simulation/scenario/functions.ts';
import { createProgress, type Progress } from '../../src/cli/progress.ts';
import { runProgram, UsageError } from '../command-line.ts';
import { type MatrixOptions, readOptions, USAGE } from './crash-matrix/options.ts';
import { runMatrix } from './crash-matrix/run.ts';
import { coreConfigurationsOf, renderPairs, runPairs } from './crash-matrix/run-pairs.ts';
import { renderMatrix } from './crash-matrix/table.ts';
import { Workers } from './crash-matrix/workers.ts';

async function main(options: MatrixOptions): Promise<number> {
  if (!areBuilt()) {
    process.stderr.write('There are no Lambda functions in dist/: run npm run build first.\n');
    return 2;
  }
  return run(options);
}

async function run(options: MatrixOptions): Promise<number> {
  const { pairs, json, configurations, seed, sample } = options;
  const workers = new Workers(options.lanes);
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
    if (!pairs) return tell(await runMatrix(options, workers, progress), renderMatrix);
    const many = { seed, ...(sample !== undefined && { size: sample }) };
    const bar = progress('First faults');
    const core = coreConfigurationsOf(configurations);
    return tell(await runPairs(core, many, workers, bar), renderPairs);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Such as a scenario that goes wrong without a fault.
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 1;
  } finally {
    for (const bar of bars) bar.stop();
    workers.close();
  }
}

process.exitCode = await runProgram(USAGE, readOptions, main);
