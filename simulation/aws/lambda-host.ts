import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { TurnableClock } from './clock.ts';

export interface LambdaOptions {
  /** The built bundle, an ES module that exports `handler`. */
  entry: string;
  /** The whole environment of the function: nothing else is seen. */
  env: Readonly<Record<string, string>>;
  /** The clock that `Date` follows inside the function, and timers as well if it is a fast one. */
  clock: TurnableClock;
  /** How far its clock is ahead of that one, in milliseconds; shared, as the clock's own offset. */
  skewMs?: BigInt64Array;
  functionName?: string;
  region?: string;
  accountId?: string;
  /** Heap limit; also what the context tells. */
  memoryMb?: number;
}

export interface LambdaFailure {
  name: string;
  message: string;
  stack: string;
}

/** What came of an invocation; `died` means that the environment was killed under it. */
export type Invocation<T = unknown> = (
  | { result: T; error?: undefined; died?: undefined }
  | { error: LambdaFailure; result?: undefined; died?: undefined }
  | { died: true; result?: undefined; error?: undefined }
) & {
  /** Everything written to stdout and stderr, by lines. */
  logs: string[];
  durationMs: number;
  /** Whether the bundle was loaded for this invocation. */
  cold: boolean;
};

export interface InvokeOptions {
  timeoutMs?: number | undefined;
  /** The alias or version that it is invoked by, if by any. */
  qualifier?: string | undefined;
  /** A new one unless told: an invocation that Lambda repeats keeps its ID. */
  requestId?: string | undefined;
}

export interface LambdaHost {
  /** Calls the handler, one invocation at a time, as one execution environment does. */
  invoke<T = unknown>(event: unknown, options?: InvokeOptions): Promise<Invocation<T>>;
  /** Ends the environment at once, in the middle of whatever it does. The next call starts cold. */
  kill(): Promise<void>;
  /** Every line of every invocation so far, also of those that died. */
  readonly logs: readonly string[];
  close(): Promise<void>;
}

type Outcome = { result: unknown } | { error: LambdaFailure } | { died: true };

interface Pending {
  id: string;
  settle(outcome: Outcome): void;
}

interface WorkerMessage {
  id?: string;
  text?: string;
  result?: unknown;
  error?: LambdaFailure;
}

const WORKER = path.join(path.dirname(fileURLToPath(import.meta.url)), 'lambda-worker.mjs');
const DEFAULT_TIMEOUT_MS = 900_000;

/** Hosts a built Lambda bundle in a worker thread; it is loaded with the first invocation. */
export function startLambda(options: LambdaOptions): LambdaHost {
  const { functionName = path.basename(path.dirname(options.entry)), memoryMb = 512 } = options;
  const { region = 'us-east-1', accountId = '111122223333' } = options;
  let environment: Worker | undefined;
  let pending: Pending | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let output = '';
  const logs: string[] = [];

  const begin = (): Worker => {
    const worker = new Worker(WORKER, {
      env: {
        AWS_LAMBDA_FUNCTION_NAME: functionName,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        ...options.env,
      },
      workerData: {
        entry: path.resolve(options.entry),
        functionName,
        functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
        memoryMb,
        offsetMs: options.clock.offsetMs.buffer,
        skewMs: options.skewMs?.buffer,
        speed: options.clock.speed,
        madeAtMs: options.clock.madeAtMs,
      },
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    /** The environment is lost by its own fault. */
    const crash = ({ name = 'Error', message = '', stack = '' }: Partial<LambdaFailure>) => {
      if (environment !== worker) return;
      environment = undefined;
      pending?.settle({ error: { name, message, stack } });
    };
    worker.on('message', ({ id, text, ...outcome }: WorkerMessage) => {
      if (text !== undefined) output += text;
      else if (environment === worker && id === pending?.id) pending?.settle(outcome as Outcome);
    });
    worker.on('error', crash);
    worker.on('exit', () =>
      crash({ name: 'Runtime.ExitError', message: 'Runtime exited without providing a reason' }),
    );
    environment = worker;
    return worker;
  };

  /** Ends the environment; what waits for it is answered once it is gone. */
  const end = async (outcome: Outcome) => {
    const [dying, waiting] = [environment, pending];
    environment = undefined;
    await dying?.terminate();
    waiting?.settle(outcome);
  };
  const kill = () => end({ died: true });

  const run = async <T>(event: unknown, how: InvokeOptions): Promise<Invocation<T>> => {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, qualifier, requestId: id = randomUUID() } = how;
    const cold = environment === undefined;
    const worker = environment ?? begin();
    const startedMs = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const outcome = await new Promise<Outcome>((resolve) => {
      pending = { id, settle: resolve };
      timer = setTimeout(() => {
        const seconds = (timeoutMs / 1000).toFixed(2);
        const message = `${id} Error: Task timed out after ${seconds} seconds`;
        void end({ error: { name: 'Sandbox.Timedout', message, stack: '' } });
      }, timeoutMs / options.clock.speed);
      const deadlineMs = options.clock.nowMs() + timeoutMs;
      const copy: unknown = JSON.parse(JSON.stringify(event ?? null));
      worker.postMessage({ id, event: copy, deadlineMs, qualifier });
    });
    clearTimeout(timer);
    pending = undefined;
    const lines = output.split('\n').filter((line) => line !== '');
    output = '';
    logs.push(...lines);
    const durationMs = performance.now() - startedMs;
    return { ...outcome, logs: lines, durationMs, cold } as Invocation<T>;
  };

  return {
    invoke: <T>(event: unknown, how: InvokeOptions = {}) => {
      const turn = queue.then(() => run<T>(event, how));
      queue = turn.catch(() => {});
      return turn;
    },
    kill,
    logs,
    close: kill,
  };
}
