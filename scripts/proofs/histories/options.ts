import { readValues, UsageError, wholeNumber } from '../../command-line.ts';

export interface HistoriesOptions {
  readonly runs: number;
  /** Whether the built functions are run. */
  readonly onBundles: boolean;
  readonly seed: number;
  readonly jobs: number;
  readonly json: boolean;
}

export const USAGE = `Usage: npm run histories [-- options]

Runs histories drawn at random: runs of the rotator and the destructor, also two at once and
interrupted for minutes, with calls that go wrong, owners who open their mail early, late or never,
and people who change users, keys, tags, the table and the parameters. After each there are weeks
in which nothing goes wrong. Nobody may be locked out, no key lost or leaked, no user stuck, and no
veto overridden. A history in which something is violated is made as short as possible, and printed.

Options:
  --runs N     how many histories (10000)
  --bundles N  how many histories with the built functions, against a local AWS account over HTTP,
               instead of the core in memory
  --seed N     another number, other histories (1)
  --jobs N     how many run at the same time, 1 to 16 (2)
  --json       print one JSON object at the end, and nothing else; npm run --silent keeps npm's own
               lines out of it
  --help       print this

It ends with 0 if nothing was violated, with 1 if something was, and with 2 if the options can't be
used.
`;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): HistoriesOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  if (values.runs !== undefined && values.bundles !== undefined) {
    throw new UsageError(
      '--runs does not go with --bundles, which is a number of histories as well',
    );
  }
  return {
    ...(values.bundles === undefined
      ? { runs: wholeNumber('runs', values.runs ?? '10000', 1, 100_000_000), onBundles: false }
      : { runs: wholeNumber('bundles', values.bundles, 1, 1_000_000), onBundles: true }),
    seed: wholeNumber('seed', values.seed, 0, 999_999_999),
    jobs: wholeNumber('jobs', values.jobs, 1, 16),
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  return readValues(args, {
    runs: { type: 'string' },
    bundles: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
}
