/**
 * The command line in this process, against a local account over HTTP in which the built rotator
 * function is deployed.
 */
import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LocalAccount, startLocalAccount } from '../../../simulation/aws/index.ts';
import { createFunction, type LambdaFunction } from '../../../simulation/aws/lambda-function.ts';
import { documentClient } from '../../../src/aws/clients.ts';
import { dynamodbJournal } from '../../../src/aws/dynamodb-journal.ts';
import type { Io } from '../../../src/cli/io.ts';
import { runCommandLine } from '../../../src/cli/program.ts';
import { createServices } from '../../../src/cli/services.ts';
import type { HistoryItem, RotationRecord, ScheduledRecord } from '../../../src/domain/record.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import { ALIASES } from '../../../src/rotation/commands/aliases.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { collect } from './output.ts';

export const TABLE = 'ikr';
export const FUNCTION = 'ikr-rotator';
const SETTINGS = { IAM_KEY_ROTATOR_TABLE: TABLE, MAIL_FROM: 'Keys <keys@example.com>' };

export interface Result {
  code: number;
  out: string;
  err: string;
  json(): unknown;
}

export interface Invocation {
  stdin?: string;
  /** Columns of the terminal; without it, no stream is a terminal. */
  columns?: number;
  /** Changes of the environment for this call alone. */
  env?: Record<string, string | undefined>;
  /** Called with what a Ctrl-C calls, once the command wants it. */
  onInterruptible?: (interrupt: () => void) => void;
}

export interface CommandLine {
  readonly account: LocalAccount;
  readonly rotator: LambdaFunction;
  readonly journal: Journal;
  ikr(argv: readonly string[], how?: Invocation): Promise<Result>;
  /** A managed user with one key. */
  managed(name: string, ageDays: number, tags?: Record<string, string>): Key;
  /** Gives the function these settings on top of its own. */
  settings(more: Record<string, string>): Promise<void>;
  record(userName: string): Promise<RotationRecord>;
  /** A managed user whose key the function has replaced. */
  rotated(name: string): Promise<ScheduledRecord>;
  /** Writes a change into the rotation record of a user, as time or hands would have. */
  change(userName: string, changes: object): Promise<void>;
  close(): Promise<void>;
}

interface Key {
  accessKeyId: string;
  secretAccessKey: string;
  userId: string;
  arn: string;
}

export async function startCommandLine(): Promise<CommandLine> {
  const account = await startLocalAccount({ region: 'eu-central-1' });
  await account.createTable(TABLE);
  const env = (more: Record<string, string>) => ({ ...account.env, ...SETTINGS, ...more });
  const { clock, region, accountId } = account;
  const rotator = createFunction({
    entry: 'dist/rotator/index.mjs',
    functionName: FUNCTION,
    env: env({}),
    clock,
    region,
    accountId,
  });
  account.lambda.deploy(FUNCTION, rotator, ALIASES);
  const before = { ...process.env };
  Object.assign(process.env, account.env, {
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  for (const name of ['AWS_PROFILE', 'IAM_KEY_ROTATOR_FUNCTION']) delete process.env[name];

  const client = new DynamoDBClient({
    endpoint: account.endpoint,
    region,
    credentials: { accessKeyId: 'ASIAEXAMPLEEXAMPLE23', secretAccessKey: 'none' },
  });
  const journal = dynamodbJournal(TABLE, accountId, documentClient(client), systemClock);
  const ids = new Map<string, string>();
  const record = async (userName: string) => {
    const found = await journal.read(ids.get(userName) ?? '');
    if (!found) throw new Error(`${userName} has no rotation record`);
    return found;
  };

  const managed = (name: string, ageDays: number, tags: Record<string, string> = {}) => {
    const email = `${name.replace(/\W/g, '')}@example.com`;
    const user = account.userActions.createUser(name, { tags: { 'IKR:EMAIL': email, ...tags } });
    ids.set(name, user.userId);
    return { ...user, ...account.userActions.createKey(name, { ageMs: ageDays * DAY_MS }) };
  };

  return {
    account,
    rotator,
    journal,
    ikr: (argv, how = {}) => run(argv, how),
    managed,
    async rotated(name) {
      managed(name, 85);
      await run(['rotate', '--user', name], {});
      const found = await record(name);
      if (found.state !== 'SCHEDULED') throw new Error(`the rotation of ${name} is ${found.state}`);
      return found;
    },
    settings: (more) => rotator.configure(env(more)),
    record,
    async change(userName, changes) {
      const found = await record(userName);
      await journal.replace(found, {
        ...found,
        version: found.version + 1,
        ...changes,
      } as RotationRecord);
    },
    async close() {
      await account.lambda.settled();
      await rotator.close();
      client.destroy();
      for (const name of Object.keys(process.env)) {
        if (before[name] === undefined) delete process.env[name];
      }
      Object.assign(process.env, before);
      await account.close();
    },
  };
}

/** Nothing here takes as long as the command line waits between two looks at a run. */
const impatient: Clock = {
  ...systemClock,
  sleep: (ms) => systemClock.sleep(Math.min(ms, 20)),
};

async function run(argv: readonly string[], how: Invocation): Promise<Result> {
  const before = { ...process.env };
  for (const [name, value] of Object.entries(how.env ?? {})) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  const [stdout, stderr] = [collect(how.columns), collect(how.columns)];
  const io: Io = {
    stdin: Object.assign(Readable.from(how.stdin === undefined ? [] : [Buffer.from(how.stdin)]), {
      isTTY: how.columns !== undefined && how.stdin === undefined,
    }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: process.env,
    onInterrupt(handler) {
      how.onInterruptible?.(handler);
      return () => {};
    },
  };
  const code = await runCommandLine(argv, io, () => createServices(impatient));
  for (const name of Object.keys(process.env)) {
    if (before[name] === undefined) delete process.env[name];
  }
  Object.assign(process.env, before);
  const out = stdout.text();
  return { code, out, err: stderr.text(), json: () => JSON.parse(out) };
}

/** A closed rotation, with what a test does not care about filled in. */
export function historyItem(facts: Partial<HistoryItem>): HistoryItem {
  return {
    userId: 'AIDAEXAMPLEEXAMPLE234',
    userName: 'alice',
    userArn: 'arn:aws:iam::111122223333:user/alice',
    rotationId: '4f6c1f0e-2a77-4f0b-9d0e-5b1a3c7d9e21',
    startedAtMs: Date.parse('2026-03-01T10:00:00Z'),
    closedAtMs: Date.parse('2026-03-08T10:00:00Z'),
    outcome: 'completed',
    accountId: '111122223333',
    reason: { code: 'new-key-in-use' },
    oldKeyId: 'AKIAIOSFODNN7EXAMPLE',
    newKeyId: 'AKIAI44QH8DHBEXAMPLE',
    oldKeyCreatedAtMs: Date.parse('2025-12-11T10:00:00Z'),
    ...facts,
  };
}

/** The mails to an address, newest last. */
export function mailsTo(account: LocalAccount, address: string) {
  return account.mails.filter(({ to }) => to.includes(address));
}

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[(1|2|22|31|32|33|36|39)m`, 'g');

export function withoutColour(text: string): string {
  return text.replace(COLOUR, '');
}

/** Characters that steer a terminal, beyond line ends and the colours of the command line. */
export function steering(text: string): string[] {
  return [...withoutColour(text).replace(/\n/g, '')]
    .filter((character) => /[\p{Cc}\p{Cf}]/u.test(character))
    .map((character) => `U+${character.codePointAt(0)?.toString(16)}`);
}
