/**
 * The measurements: built bundles in a process of their own, against the local AWS account.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { openRotations, rememberUsers } from '../../simulation/known-users.ts';
import type { Report } from '../../src/domain/report.ts';
import { DAY_MS } from '../../src/domain/time.ts';

const root = resolve(import.meta.dirname, '../..');
const TABLE = 'rotations';
const DELIVERED_DAYS_AGO = 8;

export interface RunCase {
  readonly users: number;
  readonly due: number;
  /** Users whose rotation is open and waits for its date. */
  readonly open: number;
  readonly latencyMs: number;
  readonly iamPerSecond?: number;
  readonly sesPerSecond?: number;
}

export interface RunFigures {
  readonly users: number;
  readonly due: number;
  readonly open: number;
  readonly latencyMs: number;
  readonly iamPerSecond: number | null;
  readonly sesPerSecond: number | null;
  readonly calls: number;
  readonly callsByAction: Readonly<Record<string, number>>;
  readonly wallMs: number;
  readonly peakRssMb: number;
  readonly failures: number;
  /** Calls to IAM that were not throttled. */
  readonly iamCallsDone: number;
}

export interface ExpiryFigures {
  readonly count: number;
  readonly latencyMs: number;
  readonly calls: number;
  readonly callsByAction: Readonly<Record<string, number>>;
  readonly wallMs: number;
  readonly failures: number;
}

interface Answer<T> {
  readonly result?: T;
  readonly error?: string;
  readonly wallMs: number;
  readonly peakRssMb: number;
}

/** One run of the rotator over a fresh account. */
export async function measureRun(one: RunCase): Promise<RunFigures> {
  const account = await accountWith(one.users, one.due, one.open);
  try {
    slowDown(account, one);
    const { result, error, wallMs, peakRssMb } = await once<Report>(account, 'rotator');
    if (!result) throw new Error(`the run failed: ${error}`);
    const { log } = account.calls;
    return {
      users: one.users,
      due: one.due,
      open: one.open,
      latencyMs: one.latencyMs,
      iamPerSecond: one.iamPerSecond ?? null,
      sesPerSecond: one.sesPerSecond ?? null,
      calls: log.length,
      callsByAction: account.calls.counts(),
      wallMs: Math.round(wallMs),
      peakRssMb: Math.round(peakRssMb),
      failures: one.due - (result.totals.rotated ?? 0),
      iamCallsDone: log.filter(({ service, outcome }) => service === 'iam' && outcome === 'ok')
        .length,
    };
  } finally {
    await account.close();
  }
}

/** Old keys whose time has come all at once, in batches of a hundred as the stream brings them. */
export async function measureExpiries(count: number, latencyMs: number): Promise<ExpiryFigures> {
  const account = await accountWith(count, count);
  try {
    await once(account, 'rotator');
    for (let index = 0; index < count; index++) {
      const [, newKey] = account.userActions
        .keys(userName(index))
        .sort((a, b) => a.createdAtMs - b.createdAtMs);
      if (newKey) account.userActions.useKey(newKey.accessKeyId);
    }
    account.clock.advance(DELIVERED_DAYS_AGO * DAY_MS);
    account.stream.take();
    await account.expire(TABLE);
    const records = account.stream.take();
    account.calls.reset();
    account.latencyMs['*'] = latencyMs;
    let wallMs = 0;
    let failures = 0;
    const destructor = new FunctionProcess(account, 'destructor', DELIVERED_DAYS_AGO * DAY_MS);
    try {
      for (let start = 0; start < records.length; start += 100) {
        const Records = records.slice(start, start + 100);
        const answer = await destructor.invoke<{ batchItemFailures: unknown[] }>({ Records });
        wallMs += answer.wallMs;
        failures += answer.result?.batchItemFailures.length ?? Records.length;
      }
    } finally {
      destructor.close();
    }
    const left = Array.from({ length: count }, (_, index) =>
      account.userActions.keys(userName(index)),
    );
    return {
      count,
      latencyMs,
      calls: account.calls.log.length,
      callsByAction: account.calls.counts(),
      wallMs: Math.round(wallMs),
      failures: failures + left.filter((keys) => keys.length !== 1).length,
    };
  } finally {
    await account.close();
  }
}

const userName = (index: number) => `user-${String(index).padStart(5, '0')}`;

/**
 * Users who all are managed and were seen before; the first ones are due, the oldest first, and the next
 * ones wait for a date.
 */
async function accountWith(users: number, due: number, open = 0): Promise<LocalAccount> {
  const account = await startLocalAccount();
  await account.createTable(TABLE);
  account.ses.knobs.max24HourSend = 1_000_000;
  for (let index = 0; index < users; index++) {
    const name = userName(index);
    account.userActions.createUser(name, {
      tags: {
        'IKR:EMAIL': `${name}@example.com`,
        'IKR:INSTRUCTION_0': 'The key is used by the build server.',
        team: 'platform',
      },
      groups: ['developers'],
    });
    account.userActions.createKey(name, {
      ageMs: index < due ? 85 * DAY_MS - index * 1000 : (1 + (index % 78)) * DAY_MS,
    });
  }
  await rememberUsers(account, TABLE);
  const userNames = Array.from({ length: open }, (_, index) => userName(due + index));
  await openRotations(account, TABLE, { userNames, dueInDays: 5 });
  account.calls.reset();
  return account;
}

function slowDown(account: LocalAccount, { latencyMs, iamPerSecond, sesPerSecond }: RunCase): void {
  account.latencyMs['*'] = latencyMs;
  if (iamPerSecond) account.limit('iam', iamPerSecond);
  if (sesPerSecond) {
    account.limit('ses', sesPerSecond);
    account.ses.knobs.maxSendRate = sesPerSecond;
  }
}

async function once<T>(account: LocalAccount, name: 'rotator'): Promise<Answer<T>> {
  const started = new FunctionProcess(account, name);
  try {
    return await started.invoke<T>({});
  } finally {
    started.close();
  }
}

/** A function in a process of its own, which handles one event after another, as Lambda's do. */
class FunctionProcess {
  readonly #process: ChildProcess;
  readonly #ready: Promise<unknown>;

  /**
   * @param aheadMs how far the function's clock is ahead of the real one, as the account's is
   */
  constructor(account: LocalAccount, name: 'rotator' | 'destructor', aheadMs = 0) {
    this.#process = fork(
      join(import.meta.dirname, 'function-process.mjs'),
      [join(root, `dist/${name}/index.mjs`), name],
      {
        execArgv: aheadMs ? ['--import', join(import.meta.dirname, 'turned-clock.mjs')] : [],
        env: {
          ...account.env,
          PATH: process.env.PATH ?? '',
          IAM_KEY_ROTATOR_TABLE: TABLE,
          MAIL_FROM: 'Keys <keys@example.com>',
          LOG_LEVEL: 'error',
          CLOCK_AHEAD_MS: String(aheadMs),
        },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      },
    );
    this.#ready = this.#message();
  }

  async invoke<T>(event: object): Promise<Answer<T>> {
    await this.#ready;
    const answer = this.#message();
    this.#process.send(event);
    return (await answer) as Answer<T>;
  }

  close(): void {
    this.#process.kill();
  }

  #message(): Promise<unknown> {
    return new Promise((resolvePromise, reject) => {
      const onExit = (code: number | null) =>
        reject(new Error(`the function ended with ${code}; npm run build makes it`));
      this.#process.once('exit', onExit).once('message', (message) => {
        this.#process.off('exit', onExit);
        resolvePromise(message);
      });
    });
  }
}
