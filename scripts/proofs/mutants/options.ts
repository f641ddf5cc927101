import { pattern, readValues, UsageError } from '../../command-line.ts';
import { SUITE_NAMES, type SuiteName } from './suites.ts';

export interface MutantsOptions {
  /** Looked for in a bug's name and file. */
  readonly only: RegExp;
  readonly suites: readonly SuiteName[];
  readonly json: boolean;
}

export const USAGE = `Usage: npm run mutants [-- options]

Puts one deliberate bug after another into a copy of this checkout (the files that git tracks), and
runs tests until one fails: those that mirror the file (own), all that take no more than seconds (fast),
histories, and a sample of the crash-matrix. What fails must pass without the bug.
The list is in scripts/proofs/mutants/bugs. ✓ is a bug that was caught, with what caught it; a bug that
nothing catches is a test that is missing.

Options:
  --only REGEXP  bugs in whose name or file this is found, such as veto
  --suites NAMES what is to catch them: ${SUITE_NAMES.join(', ')} (all)
  --json         print one JSON object at the end; the bugs go to standard error. npm run --silent
                 keeps npm's own lines out of it
  --help         print this

It ends with 0 if every bug was caught, with 1 if one was not, and with 2 if the options can't be
used.
`;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): MutantsOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return { only: pattern('only', values.only), suites: suitesIn(values.suites), json: values.json };
}

function parse(args: readonly string[]) {
  return readValues(args, {
    only: { type: 'string', default: '' },
    suites: { type: 'string', default: SUITE_NAMES.join(',') },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
}

function suitesIn(text: string): SuiteName[] {
  const names = text.split(',');
  const unknown = names.find((name) => !SUITE_NAMES.some((suite) => suite === name));
  if (unknown === undefined) return SUITE_NAMES.filter((name) => names.includes(name));
  throw new UsageError(`--suites has "${unknown}"; allowed: ${SUITE_NAMES.join(', ')}`);
}
