import { MAIL_CLIENTS } from '../../../simulation/mail-servers.ts';
import { pattern, readValues, UsageError, wholeNumber } from '../../command-line.ts';
import { CONFIGURATIONS, type Configuration, nameOf, PAIRWISE, WORDS } from './configurations.ts';
import { FAULT_NAMES, type FaultName } from './faults.ts';

export interface MatrixOptions {
  readonly configurations: readonly Configuration[];
  readonly faults: readonly FaultName[];
  /** Looked for in step and call. */
  readonly points: RegExp;
  /** How many cases are tried; all of them unless told. */
  readonly sample?: number;
  readonly seed: number;
  /** How many scenarios run at the same time. */
  readonly lanes: number;
  readonly pairs: boolean;
  readonly json: boolean;
}

export const USAGE = `Usage: npm run crash-matrix [-- options]

Lets the built Lambda functions replace a key over and over, in an AWS account simulated in this
process, and each time lets one call to AWS or to the mail server go wrong. Then time passes with
everything healthy, and nobody may be locked out, no key may be lost and no rotation stuck.

Options:
  --mailer NAMES    ${MAIL_CLIENTS.join(', ')}; several with commas (all)
  --config WORDS    configurations with all of these words, such as encrypted,staged,used; the
                    others are plaintext, direct and unused (all)
  --points REGEXP   only steps and calls in which this is found, such as CreateAccessKey
  --faults NAMES    ${FAULT_NAMES.slice(0, 5).join(', ')},
                    ${FAULT_NAMES.slice(5).join(', ')} (all)
  --sample N        N cases that are as different as possible, from configurations in which every
                    two settings occur together, or from those that are named
  --seed N          another number, another sample (1)
  --pairs           every two faults, the second after the first, on the core with ports in
                    memory; with --sample N, those that begin with one of N first faults. It takes
                    no --mailer, --points and --faults, and no encrypted or plaintext in
                    --config
  --lanes N         how many scenarios run at the same time, 1 to 16 (2)
  --json            print one JSON object at the end: points, cases, violations, and a row for each
                    case (with --pairs: for each first fault). The table goes to standard error.
                    npm run --silent keeps npm's own lines out of it
  --help            print this

It ends with 0 if nothing was violated, with 1 if something was, and with 2 if the options can't be
used.
`;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): MatrixOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const mailers = namesIn('mailer', values.mailer, MAIL_CLIENTS);
  const words = namesIn('config', values.config, WORDS) ?? [];
  if (values.pairs) refuseWithPairs(values, words);
  const size = values.sample;
  const all = size !== undefined && !mailers && words.length === 0 ? PAIRWISE : CONFIGURATIONS;
  const configurations = all.filter(
    (configuration) =>
      (!mailers || mailers.includes(configuration.mailer)) &&
      words.every((word) => nameOf(configuration).split(',').includes(word)),
  );
  if (configurations.length === 0) {
    throw new UsageError(`no configuration is ${[...(mailers ?? []), ...words].join(' and ')}`);
  }
  return {
    configurations,
    faults: namesIn('faults', values.faults, FAULT_NAMES) ?? FAULT_NAMES,
    points: pattern('points', values.points),
    ...(size !== undefined && { sample: wholeNumber('sample', size, 1, 1_000_000) }),
    seed: wholeNumber('seed', values.seed, 0, 999_999_999),
    lanes: wholeNumber('lanes', values.lanes, 1, 16),
    pairs: values.pairs,
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  return readValues(args, {
    mailer: { type: 'string' },
    config: { type: 'string' },
    points: { type: 'string', default: '' },
    faults: { type: 'string' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '2' },
    pairs: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
}

/**
 * To the core every mailer is the same, and so are sealed pairs and pairs in plaintext; and its calls
 * are those at the ports. What can't narrow the pairs must not look as if it did.
 * @throws UsageError
 */
function refuseWithPairs(values: ReturnType<typeof parse>, words: readonly string[]): void {
  const option = (['mailer', 'points', 'faults'] as const).find((name) => values[name]);
  if (option) throw new UsageError(`--${option} does not go with --pairs`);
  const word = words.find((one) => one === 'encrypted' || one === 'plaintext');
  if (word) throw new UsageError(`--config has "${word}", which does not go with --pairs`);
}

function namesIn<T extends string>(
  option: string,
  text: string | undefined,
  allowed: readonly T[],
): T[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',');
  const unknown = names.find((name) => !allowed.some((other) => other === name));
  if (unknown !== undefined) {
    throw new UsageError(`--${option} has "${unknown}"; allowed: ${allowed.join(', ')}`);
  }
  return allowed.filter((name) => names.includes(name));
}
