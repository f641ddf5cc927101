/** Which scenarios are run: every point with every fault that it can have, or a sample of them. */

import { DAY_MS } from '../../../src/domain/time.ts';
import type { CallPoint } from './call-point.ts';
import { type Configuration, nameOf } from './configurations.ts';
import { type FaultName, faultsOf } from './faults.ts';
import { hash } from './sampling.ts';
import type { PointFault } from './scenario.ts';

/** One run of a scenario, by what goes wrong in it. */
export interface Case extends PointFault {
  readonly configuration: Configuration;
}

/** All cases of a configuration. */
export function casesOf(
  configuration: Configuration,
  points: readonly CallPoint[],
  faults: readonly FaultName[],
): Case[] {
  return points.flatMap((point) =>
    faultsOf(point)
      .filter((fault) => faults.includes(fault))
      .map((fault) => {
        const id = idOf({ configuration, point, fault });
        // TTL deletes within a day or two; here it is a day late in a third of the cases.
        const ttlLateMs = hash(id) % 3 === 0 ? DAY_MS : 0;
        return { configuration, point, fault, ttlLateMs, doubleRun: 1 + (hash(id) % 2) };
      }),
  );
}

function idOf({
  configuration,
  point,
  fault,
}: Pick<Case, 'configuration' | 'point' | 'fault'>): string {
  return [nameOf(configuration), point.step, point.call, fault].join(' | ');
}

/**
 * A sample of as many different things as possible: each case is the one that adds most to what was
 * tried before. The same seed gives the same sample.
 */
export function sample(cases: readonly Case[], size: number, seed: number): Case[] {
  const left = cases
    .map((one) => ({ one, features: featuresOf(one), order: hash(`${seed} ${idOf(one)}`) }))
    .sort((a, b) => a.order - b.order);
  const tried = new Set<string>();
  const chosen: Case[] = [];
  while (chosen.length < size && left.length > 0) {
    let best = 0;
    let bestGain = -1;
    for (const [index, { features }] of left.entries()) {
      const gain = features.filter((feature) => !tried.has(feature)).length;
      if (gain > bestGain) [best, bestGain] = [index, gain];
      if (gain === features.length) break;
    }
    const [next] = left.splice(best, 1);
    if (!next) break;
    for (const feature of next.features) tried.add(feature);
    chosen.push(next.one);
  }
  return chosen;
}

/** A call that changes something: what becomes of it matters most. */
const EFFECT = /:(Put|Create|Update|Delete|Send|DATA)/;

function featuresOf({ configuration, point, fault }: Case): string[] {
  const { functionName, step, service, action, call } = point;
  const config = nameOf(configuration);
  const what = EFFECT.test(call) ? call : `${service}:${action}`;
  return [
    `${functionName} ${what} | ${fault}`,
    `${step} | ${call}`,
    `${step} | ${fault}`,
    `${config} | ${step}`,
    `${config} | ${service}:${action}`,
    `${config} | ${fault}`,
  ];
}
