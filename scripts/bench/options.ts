import { readValues, UsageError, wholeNumber } from '../command-line.ts';
import type { RunCase } from './measure.ts';

export type Format = 'table' | 'markdown' | 'json';

export interface BenchOptions {
  readonly format: Format;
  readonly runs: readonly RunCase[];
  readonly expiries: readonly { readonly count: number; readonly latencyMs: number }[];
  readonly bundles: readonly string[];
}

/** The largest number that an option takes. */
const MOST = 999_999;

export const USAGE = `Usage: npm run bench [-- options]

Measures the built Lambda functions, each in a process of its own, against an AWS account that lives
in this process: calls, time and memory of runs and expiries, the time to load a bundle, its size.

Options:
  --users N       with --due: a single run, of that many users
  --due N         how many of them are due
  --open N        how many have an open rotation that waits for its date
  --latency MS    milliseconds a call (40)
  --iam-rate N    IAM calls a second
  --ses-rate N    SES calls a second
  --expiries N    a single measurement of that many expiries
  --json          print one JSON object at the end, and nothing else; npm run --silent keeps npm's
                  own lines out of it
  --markdown      print the tables as Markdown
  --help          print this
`;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const format = values.json ? 'json' : values.markdown ? 'markdown' : 'table';
  const latencyMs = wholeNumber('latency', values.latency, 0, MOST);
  const [users, due, open, count, iam, ses] = (
    ['users', 'due', 'open', 'expiries', 'iam-rate', 'ses-rate'] as const
  ).map((name) => {
    const text = values[name];
    return text === undefined ? undefined : wholeNumber(name, text, 0, MOST);
  });
  if (users !== undefined || due !== undefined || open !== undefined) {
    const limits = { ...(iam && { iamPerSecond: iam }), ...(ses && { sesPerSecond: ses }) };
    const one = { users: users ?? 5000, due: due ?? 0, open: open ?? 0, latencyMs, ...limits };
    if (one.due + one.open > one.users) {
      throw new UsageError('--due and --open are more than there are users');
    }
    return { format, runs: [one], expiries: [], bundles: [] };
  }
  if (count !== undefined) {
    return { format, runs: [], expiries: [{ count, latencyMs }], bundles: [] };
  }
  return {
    format,
    runs: allRuns(),
    expiries: [0, 40].map((ms) => ({ count: 500, latencyMs: ms })),
    bundles: ['rotator', 'destructor'],
  };
}

function allRuns(): RunCase[] {
  const sizes = [
    [1000, 100, 0],
    [5000, 0, 0],
    [5000, 0, 3083],
    [5000, 62, 0],
    [5000, 500, 0],
  ] as const;
  const limits = [{}, { iamPerSecond: 25 }, { sesPerSecond: 14 }];
  return limits.flatMap((limit) =>
    [0, 40].flatMap((latencyMs) =>
      sizes.map(([users, due, open]) => ({ users, due, open, latencyMs, ...limit })),
    ),
  );
}

function parse(args: readonly string[]) {
  return readValues(args, {
    users: { type: 'string' },
    due: { type: 'string' },
    open: { type: 'string' },
    latency: { type: 'string', default: '40' },
    'iam-rate': { type: 'string' },
    'ses-rate': { type: 'string' },
    expiries: { type: 'string' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
}
