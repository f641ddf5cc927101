/** The worker processes, and which of them does what. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Case } from './cases.ts';
import { nameOf } from './configurations.ts';
import { slowdownOf } from './faults.ts';
import type { Row } from './rows.ts';
import type { Answer, Order, Work } from './worker.ts';

export class Workers {
  readonly #workers: Worker[];

  constructor(count: number) {
    this.#workers = Array.from({ length: count }, () => new Worker());
  }

  /** Has something done for each of many. @returns the answers, in the order of the questions */
  async all<K extends keyof Work>(
    kind: K,
    questions: readonly Work[K]['asked'][],
    done: (answer: Work[K]['answered']) => void = () => {},
  ): Promise<Work[K]['answered'][]> {
    const answers: Work[K]['answered'][] = [];
    const queue = [...questions.entries()];
    await this.#work(async (worker) => {
      const next = queue.shift();
      if (!next) return false;
      const answer = await worker.ask(kind, next[1]);
      answers[next[0]] = answer;
      done(answer);
      return true;
    });
    return answers;
  }

  /**
   * Runs all cases. A worker keeps to one configuration as long as there are cases of it, and to
   * the same functions as long as possible: the longer they run, the faster they are. What slows
   * them down comes last.
   */
  async run(cases: readonly Case[], done: (row: Row) => void): Promise<void> {
    const queues = new Map<string, Case[]>();
    for (const one of [...cases].sort((a, b) => slowdownOf(a.fault) - slowdownOf(b.fault))) {
      const name = nameOf(one.configuration);
      queues.set(name, [...(queues.get(name) ?? []), one]);
    }
    const current = new Map<Worker, string>();
    await this.#work(async (worker) => {
      let name = current.get(worker);
      if (name === undefined || !queues.get(name)?.length) {
        name = nextQueue(queues, new Set(current.values()));
        if (name === undefined) return false;
        current.set(worker, name);
      }
      const one = queues.get(name)?.shift();
      if (one) done(await worker.ask('run', one));
      return true;
    });
  }

  close(): void {
    for (const worker of this.#workers) worker.close();
  }

  async #work(step: (worker: Worker) => Promise<boolean>): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        while (await step(worker));
      }),
    );
  }
}

/** The longest queue, if possible one that nobody is at. */
function nextQueue(
  queues: ReadonlyMap<string, readonly Case[]>,
  taken: ReadonlySet<string>,
): string | undefined {
  const waiting = [...queues].filter(([, cases]) => cases.length > 0);
  const free = waiting.filter(([name]) => !taken.has(name));
  const [longest] = (free.length > 0 ? free : waiting).sort(([, a], [, b]) => b.length - a.length);
  return longest?.[0];
}

class Worker {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = fork(path.join(import.meta.dirname, 'worker.ts'), {
      // The other cores are busy with other workers.
      execArgv: ['--import', 'tsx', '--single-threaded-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** @throws Error when it could not be done, or the process is gone */
  ask<K extends keyof Work>(kind: K, asked: Work[K]['asked']): Promise<Work[K]['answered']> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#process.off('message', onMessage).off('exit', onExit);
        act();
      };
      const onMessage = (answer: Answer<K>) =>
        settle(() =>
          'failed' in answer ? reject(new Error(answer.failed)) : resolve(answer.answered),
        );
      const onExit = (code: number | null) =>
        settle(() => reject(new Error(`a worker ended by itself with code ${code}`)));
      this.#process.on('message', onMessage).on('exit', onExit);
      this.#process.send({ kind, asked } satisfies Order<K>);
    });
  }

  close(): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
