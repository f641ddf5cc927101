/** Every two faults of a scenario, the second after the first. */
import type { CallName } from '../../../simulation/memory/calls.ts';
import type { InvocationTrace } from '../../../simulation/scenario/invocation.ts';
import {
  CORE_SCENARIOS,
  type CoreConfiguration,
  type CoreFault,
  type CorePoint,
  type CoreResult,
  type CoreScenario,
  runCore,
} from './core-scenario.ts';

const FAULTS: readonly CoreFault['fault'][] = [
  { kind: 'die', phase: 'before' },
  { kind: 'die', phase: 'after' },
  { kind: 'error', phase: 'before' },
  { kind: 'error', phase: 'after' },
  { kind: 'deny', phase: 'before' },
];
const MORE: Partial<Record<CallName, readonly CoreFault['fault'][]>> = {
  'keys.create': [{ kind: 'throttle', phase: 'before' }],
  'mailer.send': [{ mail: 'refused' }, { mail: 'not-now' }, { mail: 'quota-spent' }],
};

/** All faults that can happen first. */
export async function firstFaults(configuration: CoreConfiguration): Promise<CoreFault[]> {
  const faults: CoreFault[] = [];
  const known = new Set<string>();
  for (const scenario of Object.keys(CORE_SCENARIOS) as CoreScenario[]) {
    const { invoked, problems } = await runCore(configuration, scenario);
    if (problems.length > 0) {
      throw new Error(
        `The scenario “${scenario}” goes wrong without a fault: ${problems.join('; ')}`,
      );
    }
    faults.push(...pointsOf(invoked, scenario, known).flatMap(faultsAt));
  }
  return faults;
}

export interface Pairs {
  /** Scenarios with this fault and one more; and the one with this fault alone. */
  readonly cases: number;
  readonly violations: readonly { readonly faults: string; readonly problems: readonly string[] }[];
}

/** Runs a scenario with a fault, and with every other fault that can come after it. */
export async function pairsWith(
  configuration: CoreConfiguration,
  first: CoreFault,
): Promise<Pairs> {
  const { scenario } = first.point;
  const alone = await runCore(configuration, scenario, [first]);
  const seconds = pointsOf(alone.invoked, scenario, new Set())
    .filter((point) => isAfter(point, first.point, alone.invoked))
    .flatMap(faultsAt);
  const violations: Pairs['violations'][number][] = [];
  const note = (faults: readonly CoreFault[], problems: readonly string[]) => {
    if (problems.length === 0) return;
    violations.push({ faults: faults.map(inWords).join(', then '), problems });
  };
  note([first], alone.problems);
  for (const second of seconds) {
    const { problems } = await runCore(configuration, scenario, [first, second]);
    note([first, second], problems);
  }
  return { cases: 1 + seconds.length, violations };
}

/**
 * The calls of a scenario. An invocation that does what another did before has none of its own.
 * @param known what was done before; what is done here is added
 */
function pointsOf(
  invoked: readonly InvocationTrace<CallName>[],
  scenario: CoreScenario,
  known: Set<string>,
): CorePoint[] {
  return invoked.flatMap(({ functionName, ordinal, stateBefore, stateAfter, calls }) => {
    const signature = [functionName, stateBefore, stateAfter, ...calls].join(' ');
    if (known.has(signature)) return [];
    known.add(signature);
    return calls.map((call, index) => {
      const nth = calls.slice(0, index).filter((other) => other === call).length;
      return { scenario, functionName, ordinal, call, nth };
    });
  });
}

function faultsAt(point: CorePoint): CoreFault[] {
  return [...FAULTS, ...(MORE[point.call] ?? [])].map((fault) => ({ point, fault }));
}

function isAfter(point: CorePoint, first: CorePoint, invoked: CoreResult['invoked']): boolean {
  const place = ({ functionName, ordinal, call, nth }: CorePoint): [number, number] => {
    const at = invoked.findIndex(
      (one) => one.functionName === functionName && one.ordinal === ordinal,
    );
    const calls = invoked[at]?.calls ?? [];
    const same = calls.flatMap((other, index) => (other === call ? [index] : []));
    return [at, same[nth] ?? -1];
  };
  const [invocation, index] = place(point);
  const [firstInvocation, firstIndex] = place(first);
  return invocation > firstInvocation || (invocation === firstInvocation && index > firstIndex);
}

export function inWords({ point, fault }: CoreFault): string {
  const { scenario, functionName, ordinal, call, nth } = point;
  const which = nth > 0 ? `${call} (${nth + 1})` : call;
  const what = 'mail' in fault ? fault.mail : `${fault.kind} ${fault.phase}`;
  return `${scenario}: ${functionName} ${ordinal} ${which} ${what}`;
}
