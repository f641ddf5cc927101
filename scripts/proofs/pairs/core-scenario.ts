/**
 * A scenario in memory: the same code of the rotator and the destructor, on ports that fail when
 * they are told to. Every effect is judged, as in the random histories.
 */
import type { CallName } from '../../../simulation/memory/calls.ts';
import type { CallFault, CallPlace, MailOutcome } from '../../../simulation/scenario/faults.ts';
import type { FunctionName } from '../../../simulation/scenario/functions.ts';
import type { InvocationTrace } from '../../../simulation/scenario/invocation.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { MemorySystem } from '../histories/memory/memory-system.ts';
import {
  CONDITIONS,
  type Command,
  type Conditions,
  INVOCATION,
  type InvocationPlan,
  type PlannedFault,
} from '../histories/model/history.ts';
import { HistoryRun } from '../histories/run/history-run.ts';
import { recover } from '../histories/run/recovery.ts';
import { type Ending, problemsOf } from '../scenarios/ending.ts';
import { viewRotation } from '../scenarios/rotation-view.ts';
import { MAX_DELIVERIES, type ScenarioName } from '../scenarios/scenarios.ts';

/** Between a run and the TTL service's look at the table, and between that and the next run. */
const HALF_A_STEP_MS = 3 * HOUR_MS;
/** After this the recovery begins, with a run a day. */
const MAX_RUNS = 20;

/** The scenarios that differ in what the core does. */
export const CORE_SCENARIOS = {
  /** From the third run on the owner opens mail and uses what is in it. */
  prompt: { ownerFromRun: 3, ttlLateMs: 0 },
  /** The owner comes after the date that the mail names. */
  slow: { ownerFromRun: 11, ttlLateMs: 0 },
  /** The TTL service is two days late, and the rotator has to see to it. */
  'late-ttl': { ownerFromRun: 3, ttlLateMs: 2 * DAY_MS },
} as const satisfies Partial<Record<ScenarioName, object>>;

export type CoreScenario = keyof typeof CORE_SCENARIOS;

/** What of a configuration matters to the core. */
export const CORE_CONFIGURATIONS = {
  'direct,used': { ...CONDITIONS, deleteAfterDays: 1 },
  'staged,used': { ...CONDITIONS, deleteAfterDays: 2, deactivateAfterDays: 1 },
  'direct,unused': { ...CONDITIONS, deleteAfterDays: 1, requireNewKeyUsed: false },
  'staged,unused': {
    ...CONDITIONS,
    deleteAfterDays: 2,
    deactivateAfterDays: 1,
    requireNewKeyUsed: false,
  },
} as const satisfies Record<string, Conditions>;

export type CoreConfiguration = keyof typeof CORE_CONFIGURATIONS;

/** A place in a scenario at which something can go wrong. */
export interface CorePoint extends CallPlace {
  readonly scenario: CoreScenario;
  readonly functionName: FunctionName;
  /** Which invocation of the function, from 1. */
  readonly ordinal: number;
}

export interface CoreFault {
  readonly point: CorePoint;
  /** What goes wrong at the call, or what becomes of the mail. */
  readonly fault: CallFault | { readonly mail: MailOutcome };
}

export interface CoreResult {
  readonly invoked: readonly InvocationTrace<CallName>[];
  readonly problems: readonly string[];
}

/** Runs a scenario with these faults, and then in good health until all is settled. */
export async function runCore(
  configuration: CoreConfiguration,
  scenario: CoreScenario,
  faults: readonly CoreFault[] = [],
): Promise<CoreResult> {
  const { ownerFromRun, ttlLateMs } = CORE_SCENARIOS[scenario];
  const conditions = CORE_CONFIGURATIONS[configuration];
  const system = new MemorySystem(conditions);
  const run = new HistoryRun(system);
  const world = system.environment;
  const [userId = ''] = world.iam.userIds();
  const oldKeyId = world.iam.keysOf(userId)[0]?.accessKeyId ?? '';
  const invoked: InvocationTrace<CallName>[] = [];
  const state = () => viewRotation(world.table.items(), userId).state;

  const invoke = async (functionName: FunctionName) => {
    const ordinal = 1 + invoked.filter((one) => one.functionName === functionName).length;
    const own = faults.filter(
      ({ point }) => point.functionName === functionName && point.ordinal === ordinal,
    );
    const from = world.calls.length;
    const stateBefore = state();
    await run.do(COMMANDS[functionName](planOf(own)));
    const calls = world.calls.slice(from).map(({ name }) => name);
    invoked.push({ functionName, ordinal, stateBefore, stateAfter: state(), calls });
  };

  for (let count = 1; count <= MAX_RUNS; count++) {
    await invoke('rotator');
    if (count >= ownerFromRun) run.users.actAll();
    world.clock.advance(HALF_A_STEP_MS);
    world.table.expire(ttlLateMs);
    for (let n = 1; world.table.stream.length > 0 && n <= MAX_DELIVERIES; n++) {
      await invoke('destructor');
      world.clock.advance(MINUTE_MS);
    }
    world.table.shift(world.table.stream.length);
    world.clock.advance(HALF_A_STEP_MS);
    if (run.violations.length > 0) break;
    if (invoked.at(-1)?.stateBefore === 'CLOSED' && state() === 'CLOSED') break;
  }
  if (run.violations.length === 0) await recover(run, conditions.ownersActive);
  const violations = run.violations.map(({ invariant, what }) => `invariant ${invariant}: ${what}`);
  const problems =
    violations.length > 0 ? violations : problemsOf(endingOf(system, userId, oldKeyId));
  return { invoked, problems };
}

const COMMANDS: Readonly<Record<FunctionName, (run: InvocationPlan) => Command>> = {
  rotator: (run) => ({ do: 'rotate', run, only: undefined, force: false, blind: 'no' }),
  destructor: (run) => ({ do: 'destruct', run, lateHours: 0, stream: 'once' }),
};

function planOf(coreFaults: readonly CoreFault[]): InvocationPlan {
  const faults: PlannedFault[] = [];
  const mails: MailOutcome[] = [];
  for (const { point, fault } of coreFaults) {
    if ('mail' in fault) {
      while (mails.length <= point.nth) mails.push('accepted');
      mails[point.nth] = fault.mail;
    } else {
      faults.push({ at: point.call, nth: point.nth, minutes: 0, meanwhile: [], ...fault });
    }
  }
  return { ...INVOCATION, faults, mails };
}

function endingOf({ environment }: MemorySystem, userId: string, oldKeyId: string): Ending {
  const keys = environment.iam
    .keysOf(userId)
    .map(({ accessKeyId, status, used }) => ({ accessKeyId, status, isUsed: used }));
  const rotation = viewRotation(environment.table.items(), userId);
  return { rotation, oldKeyId, keys, parameters: environment.parameters.names() };
}
