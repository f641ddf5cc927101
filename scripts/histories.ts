/**
 * Plays histories drawn at random, and judges them by what really happened: `npm run histories`.
 *
 * Exits with 0 when nothing was violated, 1 when something was, and 2 when the options can't be
 * used.
 */
import { createProgress } from '../src/cli/progress.ts';
import { playAll } from './histories/lanes.ts';
import { type HistoriesOptions, readOptions, USAGE, UsageError } from './histories/options.ts';
import { renderResult } from './histories/render.ts';

async function main(args: readonly string[]): Promise<number> {
  let options: HistoriesOptions | 'help';
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const { runs: histories, seed, jobs, json } = options;
  const progress = createProgress({ stderr: process.stderr, env: process.env }, 'Histories');
  progress.expect(histories);
  try {
    const result = await playAll({ histories, seed, jobs }, (played) => {
      for (let step = 0; step < played; step++) progress.step();
    });
    progress.stop();
    const text = json ? JSON.stringify(result, undefined, 1) : renderResult(result);
    process.stdout.write(`${text}\n`);
    return result.violations > 0 ? 1 : 0;
  } finally {
    progress.stop();
  }
}

process.exitCode = await main(process.argv.slice(2));
