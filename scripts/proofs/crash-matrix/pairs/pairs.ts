/** Every two faults of a life, the second after the first. */
import type { CallName } from '../../../../simulation/memory/calls.ts';
import {
  type Deployment,
  livePorts,
  type Mishap,
  PORT_STORIES,
  type PortFault,
  type PortInvoked,
  type PortPoint,
  type PortStory,
} from './life.ts';

const MISHAPS: readonly Mishap[] = [
  { kind: 'dies', phase: 'before' },
  { kind: 'dies', phase: 'after' },
  { kind: 'fails', phase: 'before' },
  { kind: 'fails', phase: 'after' },
  // From then on, the service refuses everything until the run is over.
  { kind: 'outage', phase: 'before' },
];
const MORE: Partial<Record<CallName, readonly Mishap[]>> = {
  'keys.create': [{ kind: 'throttled', phase: 'before' }],
  'mailer.send': [{ mail: 'refused' }, { mail: 'not-now' }, { mail: 'quota-spent' }],
};

/** All faults of healthy lives. */
export async function firstFaults(deployment: Deployment): Promise<PortFault[]> {
  const faults: PortFault[] = [];
  const known = new Set<string>();
  for (const story of Object.keys(PORT_STORIES) as PortStory[]) {
    const { invoked, problems } = await livePorts(deployment, story);
    if (problems.length > 0) {
      throw new Error(`The story “${story}” goes wrong by itself: ${problems.join('; ')}`);
    }
    faults.push(...pointsOf(invoked, story, known).flatMap(faultsAt));
  }
  return faults;
}

export interface Pairs {
  /** Lives with this fault and one more; and the one with this fault alone. */
  readonly cases: number;
  readonly violations: readonly { readonly faults: string; readonly problems: readonly string[] }[];
}

/** Lives with a fault, and with every other fault that can come after it. */
export async function pairsWith(deployment: Deployment, first: PortFault): Promise<Pairs> {
  const { story } = first.point;
  const alone = await livePorts(deployment, story, [first]);
  const seconds = pointsOf(alone.invoked, story, new Set())
    .filter((point) => isAfter(point, first.point, alone.invoked))
    .flatMap(faultsAt);
  const violations: Pairs['violations'][number][] = [];
  const note = (faults: readonly PortFault[], problems: readonly string[]) => {
    if (problems.length === 0) return;
    violations.push({ faults: faults.map(inWords).join(', then '), problems });
  };
  note([first], alone.problems);
  for (const second of seconds) {
    note([first, second], (await livePorts(deployment, story, [first, second])).problems);
  }
  return { cases: 1 + seconds.length, violations };
}

/**
 * The calls of a life. An invocation that does what another did before has none of its own.
 * @param known what was done before; what is done here is added
 */
function pointsOf(
  invoked: readonly PortInvoked[],
  story: PortStory,
  known: Set<string>,
): PortPoint[] {
  return invoked.flatMap(({ program, ordinal, before, after, calls }) => {
    const signature = [program, before, after, ...calls].join(' ');
    if (known.has(signature)) return [];
    known.add(signature);
    return calls.map((call, index) => {
      const nth = calls.slice(0, index).filter((other) => other === call).length;
      return { story, program, ordinal, call, nth };
    });
  });
}

function faultsAt(point: PortPoint): PortFault[] {
  return [...MISHAPS, ...(MORE[point.call] ?? [])].map((mishap) => ({ point, mishap }));
}

function isAfter(point: PortPoint, first: PortPoint, invoked: readonly PortInvoked[]): boolean {
  const place = ({ program, ordinal, call, nth }: PortPoint): [number, number] => {
    const at = invoked.findIndex((one) => one.program === program && one.ordinal === ordinal);
    const calls = invoked[at]?.calls ?? [];
    const same = calls.flatMap((other, index) => (other === call ? [index] : []));
    return [at, same[nth] ?? -1];
  };
  const [invocation, index] = place(point);
  const [firstInvocation, firstIndex] = place(first);
  return invocation > firstInvocation || (invocation === firstInvocation && index > firstIndex);
}

export function inWords({ point, mishap }: PortFault): string {
  const { story, program, ordinal, call, nth } = point;
  const which = nth > 0 ? `${call} (${nth + 1})` : call;
  const what = 'mail' in mishap ? mishap.mail : `${mishap.kind} ${mishap.phase}`;
  return `${story}: ${program} ${ordinal} ${which} ${what}`;
}
