/**
 * Runs all proofs, as a sample or in full: `npm run proofs`.
 *
 * Exits with 0 when nothing failed, 1 when something did, and 2 when the options can't be used.
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runProgram } from './command-line.ts';
import { sum } from './proofs/all/counts.ts';
import { type ProofsOptions, readOptions, USAGE } from './proofs/all/options.ts';
import { renderOutcome, renderSummary } from './proofs/all/render.ts';
import { runProofs } from './proofs/all/run.ts';
import { endChildrenWithThisProcess } from './proofs/engines/processes.ts';

async function main({ chosen, jobs, outputFile }: ProofsOptions): Promise<number> {
  endChildrenWithThisProcess();
  const root = resolve(import.meta.dirname, '..');
  const outcomes = await runProofs(chosen, { root, jobs }, (outcome) => {
    process.stdout.write(renderOutcome(outcome));
  });
  const total = sum(outcomes);
  process.stdout.write(renderSummary(outcomes, total));
  if (outputFile !== undefined) await writeFile(outputFile, `${JSON.stringify(total)}\n`);
  return total.failed > 0 ? 1 : 0;
}

process.exitCode = await runProgram(USAGE, readOptions, main);
