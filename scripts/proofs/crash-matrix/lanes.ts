/** The lanes, and which of them does what. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Case } from './cases.ts';
import { nameOf } from './configurations.ts';
import { markOf } from './faults.ts';
import type { Answer, Order, Work } from './lane.ts';
import type { Row } from './rows.ts';

export class Lanes {
  readonly #lanes: Lane[];

  constructor(count: number) {
    this.#lanes = Array.from({ length: count }, () => new Lane());
  }

  /** Has something done for each of many. @returns the answers, in the order of the questions */
  async all<K extends keyof Work>(
    kind: K,
    questions: readonly Work[K]['asked'][],
    done: (answer: Work[K]['answered']) => void = () => {},
  ): Promise<Work[K]['answered'][]> {
    const answers: Work[K]['answered'][] = [];
    const queue = [...questions.entries()];
    await this.#work(async (lane) => {
      const next = queue.shift();
      if (!next) return false;
      const answer = await lane.ask(kind, next[1]);
      answers[next[0]] = answer;
      done(answer);
      return true;
    });
    return answers;
  }

  /**
   * Plays all cases. A lane keeps to one configuration as long as there are cases of it, and to
   * the same functions as long as possible: the longer they run, the faster they are. What leaves
   * its mark on them comes last.
   */
  async play(cases: readonly Case[], done: (row: Row) => void): Promise<void> {
    const queues = new Map<string, Case[]>();
    for (const one of [...cases].sort((a, b) => markOf(a.fault) - markOf(b.fault))) {
      const name = nameOf(one.configuration);
      queues.set(name, [...(queues.get(name) ?? []), one]);
    }
    const current = new Map<Lane, string>();
    await this.#work(async (lane) => {
      let name = current.get(lane);
      if (name === undefined || !queues.get(name)?.length) {
        name = nextQueue(queues, new Set(current.values()));
        if (name === undefined) return false;
        current.set(lane, name);
      }
      const one = queues.get(name)?.shift();
      if (one) done(await lane.ask('play', one));
      return true;
    });
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
  }

  async #work(step: (lane: Lane) => Promise<boolean>): Promise<void> {
    await Promise.all(
      this.#lanes.map(async (lane) => {
        while (await step(lane));
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

class Lane {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = fork(path.join(import.meta.dirname, 'lane.ts'), {
      // The other cores are busy with other lanes.
      execArgv: ['--import', 'tsx', '--single-threaded-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** @throws Error when it could not be done, or the lane's process is gone */
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
        settle(() => reject(new Error(`a lane ended by itself with code ${code}`)));
      this.#process.on('message', onMessage).on('exit', onExit);
      this.#process.send({ kind, asked } satisfies Order<K>);
    });
  }

  close(): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
