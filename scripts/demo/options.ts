import { MAIL_CLIENTS, type MailClient } from '../../simulation/mail-servers.ts';
import { readValues, UsageError, wholeNumber } from '../command-line.ts';

export interface DemoOptions {
  readonly users: number;
  readonly days: number;
  readonly mailClient: MailClient;
  /** Where the mails are written; a temporary directory unless told. */
  readonly keep?: string;
  readonly seed: number;
  readonly json: boolean;
}

export const USAGE = `Usage: npm run demo [-- options]

Runs the built Lambda functions day by day in an AWS account simulated in this process, and prints
what happens to its users' access keys. It needs no AWS account, no network and no settings.

Options:
  --users N             how many users the account has, 1 to 500 (36)
  --days N              how many days pass, 1 to 1000 (100)
  --mail-client CLIENT  what sends the mails: ses, smtp or mailgun (ses)
  --keep DIR            write the mails to this directory, not to a temporary one
  --seed N              another number, other users and times (1)
  --json                print one JSON object and nothing else; npm does so with --silent
  --help                print this

It ends with 0 when all invariants held, with 1 when one was violated, and with 2 when the options
can't be used. Colours follow the terminal and NO_COLOR.
`;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): DemoOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const mailClient = MAIL_CLIENTS.find((client) => client === values['mail-client']);
  if (!mailClient) {
    throw new UsageError(
      `--mail-client is "${values['mail-client']}"; allowed: ${MAIL_CLIENTS.join(', ')}`,
    );
  }
  if (values.keep === '') throw new UsageError('--keep is empty; allowed: a directory');
  return {
    users: wholeNumber('users', values.users, 1, 500),
    days: wholeNumber('days', values.days, 1, 1000),
    seed: wholeNumber('seed', values.seed, 0, 999_999_999),
    mailClient,
    json: values.json,
    ...(values.keep !== undefined && { keep: values.keep }),
  };
}

function parse(args: readonly string[]) {
  return readValues(args, {
    users: { type: 'string', default: '36' },
    days: { type: 'string', default: '100' },
    'mail-client': { type: 'string', default: 'ses' },
    keep: { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
}
