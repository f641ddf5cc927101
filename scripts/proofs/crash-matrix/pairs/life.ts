/**
 * A key's life in memory: the same code of the rotator and the destructor, on ports that fail when
 * they are told to. An onlooker judges every effect, as in the random histories.
 */

import type { CallName } from '../../../../simulation/memory/calls.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/domain/time.ts';
import { heal } from '../../histories/heal.ts';
import {
  CONDITIONS,
  type Command,
  type Conditions,
  INVOCATION,
  type Invocation,
  type MailFate,
  type Program,
  type Trouble,
} from '../../histories/history.ts';
import { MemoryTheatre } from '../../histories/memory-theatre.ts';
import { Stage } from '../../histories/stage.ts';

/** Between a run and the TTL service's look at the table, and between that and the next run. */
const HALF_A_STEP_MS = 3 * HOUR_MS;
/** After this the healthy weeks begin, with a run a day. */
const MAX_RUNS = 20;
/** How often the event source mapping delivers a batch again that failed. */
const DELIVERIES = 11;

/** The stories of `../life.ts` that differ in what the core does. */
export const PORT_STORIES = {
  /** From the third run on the owner opens mail and uses what is in it. */
  prompt: { ownerFromRun: 3, ttlLateMs: 0 },
  /** The owner comes after the date that the mail names. */
  slow: { ownerFromRun: 11, ttlLateMs: 0 },
  /** The TTL service is two days late, and the rotator has to see to it. */
  'late-ttl': { ownerFromRun: 3, ttlLateMs: 2 * DAY_MS },
} as const;

export type PortStory = keyof typeof PORT_STORIES;

export const DEPLOYMENTS = {
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

export type Deployment = keyof typeof DEPLOYMENTS;

/** A place in a life at which something can go wrong. */
export interface PortPoint {
  readonly story: PortStory;
  readonly program: Program;
  /** Which invocation of the program, from 1. */
  readonly ordinal: number;
  readonly call: CallName;
  /** Which call of that name in that invocation, from 0. */
  readonly nth: number;
}

/** What goes wrong at a call: a trouble of the run, or what the mail server does with a mail. */
export type Mishap =
  | { readonly kind: Trouble['kind']; readonly phase: Trouble['phase'] }
  | { readonly mail: MailFate };

export interface PortFault {
  readonly point: PortPoint;
  readonly mishap: Mishap;
}

export interface PortInvoked {
  readonly program: Program;
  readonly ordinal: number;
  readonly before: string;
  readonly after: string;
  readonly calls: readonly CallName[];
}

export interface PortLived {
  readonly invoked: readonly PortInvoked[];
  readonly problems: readonly string[];
}

/** Lives a story with these faults, and then in good health until all is settled. */
export async function livePorts(
  deployment: Deployment,
  story: PortStory,
  faults: readonly PortFault[] = [],
): Promise<PortLived> {
  const { ownerFromRun, ttlLateMs } = PORT_STORIES[story];
  const conditions = DEPLOYMENTS[deployment];
  const theatre = new MemoryTheatre(conditions);
  const stage = new Stage(theatre);
  const world = theatre.scenery;
  const [userId = ''] = world.iam.userIds();
  const invoked: PortInvoked[] = [];
  const state = () => world.record(userId)?.state ?? 'none';

  const invoke = async (program: Program) => {
    const ordinal = 1 + invoked.filter((one) => one.program === program).length;
    const run = invocationOf(
      faults.filter(({ point }) => point.program === program && point.ordinal === ordinal),
    );
    const from = world.calls.length;
    const before = state();
    await stage.do(COMMANDS[program](run));
    const calls = world.calls.slice(from).map(({ name }) => name);
    invoked.push({ program, ordinal, before, after: state(), calls });
  };

  for (let run = 1; run <= MAX_RUNS; run++) {
    await invoke('rotator');
    if (run >= ownerFromRun) stage.actAll();
    world.clock.advance(HALF_A_STEP_MS);
    world.table.expire(ttlLateMs);
    for (let delivery = 1; world.table.stream.length > 0 && delivery <= DELIVERIES; delivery++) {
      await invoke('destructor');
      world.clock.advance(MINUTE_MS);
    }
    world.table.shift(world.table.stream.length);
    world.clock.advance(HALF_A_STEP_MS);
    if (stage.violations.length > 0) break;
    if (invoked.at(-1)?.before === 'CLOSED' && state() === 'CLOSED') break;
  }
  if (stage.violations.length === 0) await heal(stage, conditions.ownersActive);
  return { invoked, problems: problemsOf(stage, userId) };
}

const COMMANDS: Readonly<Record<Program, (run: Invocation) => Command>> = {
  rotator: (run) => ({ do: 'rotate', run, only: undefined, force: false, blind: 'no' }),
  destructor: (run) => ({ do: 'destruct', run, lateHours: 0, stream: 'once' }),
};

function invocationOf(faults: readonly PortFault[]): Invocation {
  const troubles: Trouble[] = [];
  const mails: MailFate[] = [];
  for (const { point, mishap } of faults) {
    if ('mail' in mishap) {
      while (mails.length <= point.nth) mails.push('accepted');
      mails[point.nth] = mishap.mail;
    } else {
      troubles.push({ at: point.call, nth: point.nth, minutes: 0, meanwhile: [], ...mishap });
    }
  }
  return { ...INVOCATION, troubles, mails };
}

function problemsOf(stage: Stage, userId: string): string[] {
  const { world, violations } = stage;
  const problems = violations.map(({ invariant, what }) => `invariant ${invariant}: ${what}`);
  if (problems.length > 0) return problems;
  const [first] = stage.ledger.keysOf(userId);
  const [only, ...others] = world.iam.keysOf(userId);
  if (!only || others.length > 0) problems.push(`the user has ${others.length + 1} keys`);
  if (first?.madeBy === 'person') problems.push('the old key is still there');
  if (world.record(userId)?.state !== 'CLOSED') problems.push('the rotation is still open');
  if (world.parameters.names().length > 0) problems.push('a parameter is left');
  return problems;
}
