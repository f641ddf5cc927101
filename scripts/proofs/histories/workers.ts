/** Runs many histories, several at the same time. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { type Counts, Tally } from './model/tally.ts';
import type { Found, Searched } from './search.ts';
import type { Answer, Order } from './worker.ts';

/** How many histories have a seed in common: as many as are run again to see one fail again. */
export const BATCH = 500;
/** The built functions take a hundred times as long. */
export const BATCH_ON_BUNDLES = 5;

/** Seeds of batches lie so far apart that those of neighbouring seeds are others. */
const SEED_STEP = 1_000_003;

export interface Wanted {
  readonly histories: number;
  readonly seed: number;
  /** Whether they are run on the built functions in `dist`, instead of the core in memory. */
  readonly onBundles?: boolean;
  /** How many processes run them. */
  readonly jobs: number;
}

export interface Result {
  readonly seed: number;
  readonly histories: number;
  readonly steps: number;
  /** Runs of the rotator, the destructor and the command line. */
  readonly runs: number;
  /** What the program changed, and how often. */
  readonly effects: Counts;
  /** Everything that was counted, see `coverage.ts`. */
  readonly seen: Counts;
  /** Batches in which something was violated; nothing more is begun after the first. */
  readonly violations: number;
  readonly seconds: number;
  readonly found?: Found;
}

/** The same histories for the same seed, however many processes run them. */
export async function runAll(
  { histories, seed, onBundles = false, jobs }: Wanted,
  done: (histories: number) => void = () => {},
): Promise<Result> {
  const fromMs = performance.now();
  const orders = ordersOf(histories, seed, onBundles);
  const answers: Searched[] = [];
  const workers = Array.from({ length: Math.min(jobs, orders.length) }, startWorker);
  try {
    await Promise.all(
      workers.map(async (worker) => {
        while (!answers.some(({ found }) => found)) {
          const order = orders.shift();
          if (!order) return;
          const searched = await ask(worker, order);
          answers.push(searched);
          done(searched.histories);
        }
      }),
    );
  } finally {
    for (const worker of workers) worker.disconnect();
  }
  return resultOf(seed, answers, (performance.now() - fromMs) / 1000);
}

function ordersOf(histories: number, seed: number, onBundles: boolean): Order[] {
  const size = onBundles ? BATCH_ON_BUNDLES : BATCH;
  return Array.from({ length: Math.ceil(histories / size) }, (_, batch) => ({
    histories: Math.min(size, histories - batch * size),
    seed: (seed + batch * SEED_STEP) % 2 ** 31,
    onBundles,
  }));
}

function resultOf(seed: number, answers: readonly Searched[], seconds: number): Result {
  const seen = new Tally();
  for (const answer of answers) seen.take(answer.seen);
  const { counts } = seen;
  const effects = Object.entries(counts).flatMap(([what, times]) =>
    what.startsWith('effect: ') ? [[what.slice('effect: '.length), times] as const] : [],
  );
  const sum = (figure: 'histories' | 'steps' | 'runs') =>
    answers.reduce((all, answer) => all + answer[figure], 0);
  const found = answers.flatMap((answer) => answer.found ?? []);
  return {
    seed,
    histories: sum('histories'),
    steps: sum('steps'),
    runs: sum('runs'),
    effects: Object.fromEntries(effects),
    seen: counts,
    violations: found.length,
    seconds: Math.round(seconds * 10) / 10,
    ...(found[0] && { found: found[0] }),
  };
}

function startWorker(): ChildProcess {
  return fork(path.join(import.meta.dirname, 'worker.ts'), {
    // Most objects are short-lived: with more room for them, less is collected.
    execArgv: ['--import', 'tsx', '--max-semi-space-size=64'],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** @throws Error when it could not be done, or the process is gone */
function ask(worker: ChildProcess, order: Order): Promise<Searched> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('exit', onExit);
      act();
    };
    const onMessage = (answer: Answer) =>
      settle(() =>
        'failed' in answer ? reject(new Error(answer.failed)) : resolve(answer.searched),
      );
    const onExit = (code: number | null) =>
      settle(() => reject(new Error(`a worker ended by itself with code ${code}`)));
    worker.on('message', onMessage).on('exit', onExit);
    worker.send(order);
  });
}
