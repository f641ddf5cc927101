import { pattern, readValues, UsageError } from '../../command-line.ts';
import { NET_NAMES, type NetName } from './nets.ts';

export interface MutantsOptions {
  /** Looked for in a bug's name and file. */
  readonly only: RegExp;
  readonly nets: readonly NetName[];
  readonly json: boolean;
}

export const USAGE = `Usage: npm run mutants [-- options]

Puts one deliberate bug after another into a copy of this checkout (the files that git tracks), and
runs tests until one fails: those that mirror the file (own), all that take no more than seconds (fast),
histories, and a sample of the crash-matrix. What fails must pass without the bug.
The list is in scripts/mutants/bugs. ✓ is a bug that was caught, with what caught it; a bug that
nothing catches is a test that is missing.

Options:
  --only REGEXP  bugs in whose name or file this is found, such as veto
  --nets NAMES   what is to catch them: ${NET_NAMES.join(', ')} (all)
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
  return { only: pattern('only', values.only), nets: netsIn(values.nets), json: values.json };
}

function parse(args: readonly string[]) {
  return readValues(args, {
    only: { type: 'string', default: '' },
    nets: { type: 'string', default: NET_NAMES.join(',') },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
}

function netsIn(text: string): NetName[] {
  const names = text.split(',');
  const unknown = names.find((name) => !NET_NAMES.some((net) => net === name));
  if (unknown === undefined) return NET_NAMES.filter((name) => names.includes(name));
  throw new UsageError(`--nets has "${unknown}"; allowed: ${NET_NAMES.join(', ')}`);
}
