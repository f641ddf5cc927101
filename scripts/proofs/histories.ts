/**
 * Runs histories drawn at random, and checks the invariants by what really happened: `npm run histories`.
 *
 * Exits with 0 when nothing was violated, 1 when something was, and 2 when the options can't be
 * used.
 */
import { areBuilt } from '../../simulation/scenario/functions.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { runProgram } from '../command-line.ts';
import { type HistoriesOptions, readOptions, USAGE } from './histories/options.ts';
import { renderResult } from './histories/render.ts';
import { runAll } from './histories/workers.ts';

async function main(options: HistoriesOptions): Promise<number> {
  const { runs: histories, seed, jobs, json, onBundles } = options;
  if (onBundles && !areBuilt()) {
    process.stderr.write('There are no Lambda functions in dist/: run npm run build first.\n');
    return 2;
  }
  const progress = createProgress({ stderr: process.stderr, env: process.env }, 'Histories');
  progress.expect(histories);
  try {
    const result = await runAll({ histories, seed, jobs, onBundles }, (done) => {
      for (let step = 0; step < done; step++) progress.step();
    });
    progress.stop();
    const text = json ? JSON.stringify(result, undefined, 1) : renderResult(result, onBundles);
    process.stdout.write(`${text}\n`);
    return result.violations > 0 ? 1 : 0;
  } finally {
    progress.stop();
  }
}

process.exitCode = await runProgram(USAGE, readOptions, main);
