/**
 * Puts deliberate bugs into a copy of the sources, and sees that tests fail: `npm run mutants`.
 *
 * Exits with 0 when every bug was caught, 1 when one was not, and 2 when the options can't be used.
 */
import { setPriority } from 'node:os';
import { resolve } from 'node:path';
import { runProgram } from '../command-line.ts';
import { endChildrenWithThisProcess } from './engines/processes.ts';
import { BUGS } from './mutants/bugs/index.ts';
import { WITHOUT_EDITS } from './mutants/bugs/without-edits.ts';
import { copyCheckout } from './mutants/copy.ts';
import { evaluate, type Setup, soundness, type Verdict } from './mutants/evaluation.ts';
import { type MutantsOptions, readOptions, USAGE } from './mutants/options.ts';
import { renderSummary, renderVerdict } from './mutants/render.ts';
import { suitesFor } from './mutants/suites.ts';
import { typeError } from './mutants/tools.ts';

/** It takes long: whatever else the machine does comes first. */
const NICE = 10;

async function main(options: MutantsOptions): Promise<number> {
  const { only, suites, json } = options;
  const bugs = BUGS.filter(({ name, file }) => only.test(name) || only.test(file));
  if (bugs.length === 0) {
    process.stderr.write(`There is no bug in whose name or file ${only} is found.\n`);
    return 2;
  }

  setPriority(NICE);
  // Before the copy, as its files must not go before the children that work on them.
  endChildrenWithThisProcess();
  const copy = copyCheckout(resolve(import.meta.dirname, '../..'));
  process.once('exit', () => copy.remove());

  const setup: Setup = {
    copy,
    typeError: () => typeError(copy),
    suitesFor: (bug) => suitesFor(bug, suites, copy),
    isSound: soundness(),
  };
  const problem = await setup.typeError();
  if (problem !== undefined) {
    process.stderr.write(`The sources have a type error without any bug: ${problem}\n`);
    return 1;
  }
  const told = json ? process.stderr : process.stdout;
  const verdicts: Verdict[] = [];
  for (const bug of bugs) {
    const verdict = await evaluate(bug, setup);
    verdicts.push(verdict);
    told.write(`${renderVerdict(verdict)}\n`);
  }
  told.write(`\n${renderSummary(verdicts)}\n`);
  told.write(`${WITHOUT_EDITS.length} more bugs are named only: their edits are to be written.\n`);
  if (json) process.stdout.write(`${JSON.stringify({ bugs: verdicts }, undefined, 1)}\n`);
  return verdicts.every(({ outcome }) => outcome === 'caught') ? 0 : 1;
}

process.exitCode = await runProgram(USAGE, readOptions, main);
