/** Every call of a whole rotation, as the points at which something can go wrong. */
import type { Call } from '../../../simulation/aws/index.ts';
import type { InvocationTrace } from '../../../simulation/scenario/invocation.ts';
import { SCENARIO_NAMES, type ScenarioName } from '../scenarios/scenarios.ts';
import { type CallPoint, labelOf } from './call-point.ts';
import { nameOf } from './configurations.ts';
import type { Deployment } from './deployment.ts';
import { runScenario } from './scenario.ts';

/** A scenario goes wrong although every call is answered; the message says what is wrong. */
export class UnhealthyScenario extends Error {
  override readonly name = 'UnhealthyScenario';
}

/**
 * Runs each scenario in good health and lists its calls. An invocation that does what another did
 * before, call by call, from the same state to the same state, has no points of its own.
 * @throws UnhealthyScenario
 */
export async function recordPoints(deployment: Deployment): Promise<CallPoint[]> {
  const points: CallPoint[] = [];
  const known = new Set<string>();
  const names = new Map<string, number>();
  for (const scenario of SCENARIO_NAMES) {
    for (const one of await runHealthy(deployment, scenario)) {
      const signature = signatureOf(one);
      if (known.has(signature)) continue;
      known.add(signature);
      const { functionName, stateBefore: before, stateAfter: after } = one;
      const change = before === after ? `at ${before}` : `${before} → ${after}`;
      const name = `${functionName} ${change}`;
      const count = (names.get(name) ?? 0) + 1;
      names.set(name, count);
      points.push(...pointsOf(one, scenario, count > 1 ? `${name} (${count})` : name));
    }
  }
  return points;
}

/** How often a run may differ from the one before. */
const TRIES = 5;

/**
 * What is invoked in good health. A machine that is very busy may keep an answer so long that a
 * function gives up, and goes another way or warns: only what comes out twice in a row is believed,
 * good or bad.
 */
async function runHealthy(
  deployment: Deployment,
  scenario: ScenarioName,
): Promise<readonly InvocationTrace<Call>[]> {
  const name = `${nameOf(deployment.configuration)}: the scenario “${scenario}”`;
  let before: string | undefined;
  for (let tries = 1; tries <= TRIES; tries++) {
    const { problems, warnings, invoked } = await runScenario(deployment, scenario);
    const wrong = [...problems, ...warnings];
    const course = wrong.length > 0 ? 'wrong' : invoked.map(signatureOf).join('\n');
    if (course === before) {
      if (wrong.length === 0) return invoked;
      throw new UnhealthyScenario(`${name} goes wrong without a fault: ${wrong.join('; ')}`);
    }
    before = course;
  }
  throw new UnhealthyScenario(`${name} never comes out the same twice in a row`);
}

function signatureOf(one: InvocationTrace<Call>): string {
  // Some calls are made at once, in whichever order they arrive.
  const calls = one.calls.map(labelOf).sort();
  return [one.functionName, one.stateBefore, one.stateAfter, ...calls].join(' ');
}

function pointsOf(
  { functionName, ordinal, calls }: InvocationTrace<Call>,
  scenario: ScenarioName,
  step: string,
): CallPoint[] {
  const labels = new Map<string, number>();
  return calls.map((one) => {
    const { service, action } = one;
    const label = labelOf(one);
    const nth = (labels.get(label) ?? 0) + 1;
    labels.set(label, nth);
    const call = nth > 1 ? `${label} (${nth})` : label;
    return { scenario, functionName, ordinal, service, action, label, nth, step, call };
  });
}
