/** A process that plays lives, so that two can be played at the same time. */
import { inspect } from 'node:util';
import type { Case } from './cases.ts';
import { type Configuration, nameOf } from './configurations.ts';
import { live } from './life.ts';
import type { Deployment, PortFault } from './pairs/life.ts';
import type { Pairs } from './pairs/pairs.ts';
import { type CallPoint, recordPoints, UnhealthyStory } from './points.ts';
import { type Row, rowOf } from './rows.ts';
import { openStage, type Stage } from './stage.ts';

/** What a lane can be asked, and what it answers. */
export interface Work {
  record: { asked: Configuration; answered: readonly CallPoint[] };
  play: { asked: Case; answered: Row };
  firstFaults: { asked: Deployment; answered: readonly PortFault[] };
  pairs: { asked: { deployment: Deployment; first: PortFault }; answered: Pairs };
}

export interface Order<K extends keyof Work = keyof Work> {
  readonly kind: K;
  readonly asked: Work[K]['asked'];
}

export type Answer<K extends keyof Work = keyof Work> =
  | { readonly answered: Work[K]['answered'] }
  | { readonly failed: string };

/**
 * A machine that is very busy may let an answer take so long that the function gives up before it
 * comes to the call that was to go wrong. Such a life proves nothing, and is lived again.
 */
const TRIES = 3;

let stage: Stage | undefined;

async function stageOf(configuration: Configuration): Promise<Stage> {
  if (!stage || nameOf(stage.configuration) !== nameOf(configuration)) {
    await stage?.close();
    stage = await openStage(configuration);
  }
  return stage;
}

const WORKERS: { [K in keyof Work]: (asked: Work[K]['asked']) => Promise<Work[K]['answered']> } = {
  record: async (configuration) => recordPoints(await stageOf(configuration)),
  play: async (one) => {
    const { configuration, ...trouble } = one;
    const fromMs = performance.now();
    for (let tries = 1; ; tries++) {
      const lived = await live(await stageOf(configuration), trouble.point.story, trouble);
      if (lived.struck || tries === TRIES) return rowOf(one, lived, performance.now() - fromMs);
    }
  },
  // The world in memory is loaded only where it is asked for.
  firstFaults: async (deployment) => (await import('./pairs/pairs.ts')).firstFaults(deployment),
  pairs: async ({ deployment, first }) =>
    (await import('./pairs/pairs.ts')).pairsWith(deployment, first),
};

async function obey<K extends keyof Work>({ kind, asked }: Order<K>): Promise<Answer<K>> {
  try {
    return { answered: await WORKERS[kind](asked) };
  } catch (error) {
    return { failed: error instanceof UnhealthyStory ? error.message : inspect(error) };
  }
}

process.on('message', (order: Order) => {
  void obey(order).then((answer) => process.send?.(answer));
});
// The parent is gone, or has no more to ask.
process.on('disconnect', () => {
  void (stage?.close() ?? Promise.resolve()).finally(() => process.exit());
});
