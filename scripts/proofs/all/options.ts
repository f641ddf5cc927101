import { readValues, UsageError, wholeNumber } from '../../command-line.ts';
import { PROOFS } from './proofs.ts';
import type { Chosen } from './run.ts';

export interface ProofsOptions {
  readonly chosen: readonly Chosen[];
  readonly jobs: number;
  /** Where the numbers are written as JSON. */
  readonly outputFile?: string;
}

const NAMES = PROOFS.map(({ name }) => name);

export const USAGE = `Usage: npm run proofs [-- options]

Runs what takes too long for npm test: a sample of each proof, in minutes, as CI does, or all of it, in
hours. Each can be run by itself as well, with more options: npm run crash-matrix, npm run histories,
npm run mutants and npm run test:engines.

Options:
  --only NAMES       ${NAMES.slice(0, 5).join(', ')},
                     ${NAMES.slice(5).join(', ')} (all that have a sample)
  --full             all of it instead of a sample
  --jobs N           how many run at the same time, 1 to 16 (2)
  --outputFile FILE  write the numbers to this file as JSON
  --help             print this

It ends with 0 if nothing failed, with 1 if something did, and with 2 if the options can't be used.
`;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): ProofsOptions | 'help' {
  const values = readValues(args, {
    only: { type: 'string' },
    full: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    outputFile: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) return 'help';
  return {
    chosen: choose(values.only?.split(','), values.full),
    jobs: wholeNumber('jobs', values.jobs, 1, 16),
    ...(values.outputFile !== undefined && { outputFile: values.outputFile }),
  };
}

function choose(names: readonly string[] | undefined, inFull: boolean): Chosen[] {
  const unknown = names?.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only has "${unknown}"; allowed: ${NAMES.join(', ')}`);
  }
  return PROOFS.filter(({ name }) => names?.includes(name) ?? true).flatMap(
    ({ name, sample, full }) => {
      const command = inFull ? full : sample;
      if (command) return [{ name, command }];
      if (!names) return [];
      throw new UsageError(`${name} has no sample; --full runs all of it`);
    },
  );
}
