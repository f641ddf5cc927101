/** A process that runs scenarios, so that several run at the same time. */
import { inspect } from 'node:util';
import type { CoreConfiguration, CoreFault } from '../pairs/core-scenario.ts';
import type { Pairs } from '../pairs/pairs.ts';
import type { CallPoint } from './call-point.ts';
import type { Case } from './cases.ts';
import { type Configuration, nameOf } from './configurations.ts';
import { type Deployment, deploy } from './deployment.ts';
import { recordPoints, UnhealthyScenario } from './points.ts';
import { type Row, rowOf } from './rows.ts';
import { runScenario } from './scenario.ts';

/** What a worker can be asked, and what it answers. */
export interface Work {
  record: { asked: Configuration; answered: readonly CallPoint[] };
  run: { asked: Case; answered: Row };
  firstFaults: { asked: CoreConfiguration; answered: readonly CoreFault[] };
  pairs: { asked: { configuration: CoreConfiguration; first: CoreFault }; answered: Pairs };
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
 * comes to the call that was to go wrong. Such a run proves nothing, and is repeated.
 */
const TRIES = 3;

let deployment: Deployment | undefined;

async function deploymentOf(configuration: Configuration): Promise<Deployment> {
  if (!deployment || nameOf(deployment.configuration) !== nameOf(configuration)) {
    await deployment?.close();
    deployment = await deploy(configuration);
  }
  return deployment;
}

const WORKERS: { [K in keyof Work]: (asked: Work[K]['asked']) => Promise<Work[K]['answered']> } = {
  record: async (configuration) => recordPoints(await deploymentOf(configuration)),
  run: async (one) => {
    const { configuration, ...fault } = one;
    const { scenario } = fault.point;
    const fromMs = performance.now();
    for (let tries = 1; ; tries++) {
      const result = await runScenario(await deploymentOf(configuration), scenario, fault);
      if (result.struck || tries === TRIES) return rowOf(one, result, performance.now() - fromMs);
    }
  },
  // The world in memory is loaded only where it is asked for.
  firstFaults: async (configuration) =>
    (await import('../pairs/pairs.ts')).firstFaults(configuration),
  pairs: async ({ configuration, first }) =>
    (await import('../pairs/pairs.ts')).pairsWith(configuration, first),
};

async function work<K extends keyof Work>({ kind, asked }: Order<K>): Promise<Answer<K>> {
  try {
    return { answered: await WORKERS[kind](asked) };
  } catch (error) {
    return { failed: error instanceof UnhealthyScenario ? error.message : inspect(error) };
  }
}

process.on('message', (order: Order) => {
  void work(order).then((answer) => process.send?.(answer));
});
// The parent is gone, or has no more to ask.
process.on('disconnect', () => {
  void (deployment?.close() ?? Promise.resolve()).finally(() => process.exit());
});
