/** The lanes, and who of them does what. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Case } from './cases.ts';
import { type Configuration, nameOf } from './configurations.ts';
import type { Answer, Order } from './lane.ts';
import type { CallPoint } from './points.ts';
import type { Row } from './rows.ts';

export class Lanes {
  readonly #lanes: Lane[];

  constructor(count: number) {
    this.#lanes = Array.from({ length: count }, () => new Lane());
  }

  /** The points of each configuration, in the order of the configurations. */
  async record(configurations: readonly Configuration[], done: () => void): Promise<CallPoint[][]> {
    const points: CallPoint[][] = [];
    const queue = [...configurations.entries()];
    await this.#work(async (lane) => {
      const [index, configuration] = queue.shift() ?? [];
      if (index === undefined || !configuration) return false;
      const answer = await lane.ask({ kind: 'record', configuration });
      if (answer.kind === 'recorded') points[index] = [...answer.points];
      done();
      return true;
    });
    return points;
  }

  /** Plays all cases. A lane keeps to one configuration as long as there are cases of it. */
  async play(cases: readonly Case[], done: (row: Row) => void): Promise<void> {
    const queues = new Map<string, Case[]>();
    for (const one of cases) {
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
      if (!one) return true;
      const answer = await lane.ask({ kind: 'play', case: one });
      if (answer.kind === 'played') done(answer.row);
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
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** @throws Error when the order could not be carried out, or the lane's process is gone */
  ask(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#process.off('message', onMessage).off('exit', onExit);
        act();
      };
      const onMessage = (answer: Answer) =>
        settle(() =>
          answer.kind === 'failed' ? reject(new Error(answer.message)) : resolve(answer),
        );
      const onExit = (code: number | null) =>
        settle(() => reject(new Error(`a lane ended by itself with code ${code}`)));
      this.#process.on('message', onMessage).on('exit', onExit);
      this.#process.send(order);
    });
  }

  close(): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
