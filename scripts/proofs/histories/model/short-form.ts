/** A history in short: what is as usual is left out. Regressions are kept in this form. */
import {
  CONDITIONS,
  type Command,
  type Conditions,
  type History,
  INVOCATION,
  type InvocationPlan,
  type PlannedFault,
} from './history.ts';

export interface ShortHistory {
  readonly conditions?: Partial<Conditions>;
  readonly steps: readonly ShortStep[];
}

export type ShortStep = ShortCommand & { readonly afterMinutes?: number };

type ShortPlan = Partial<Omit<InvocationPlan, 'faults'>> & {
  readonly faults?: readonly ShortFault[];
};

type ShortFault = Pick<PlannedFault, 'at' | 'phase' | 'kind'> &
  Partial<Pick<PlannedFault, 'nth' | 'minutes'>> & { readonly meanwhile?: readonly ShortCommand[] };

/** Every command, with its runs in short, and without what is as usual. */
type ShortCommand = Command extends infer C
  ? C extends Command
    ? Pick<C, 'do'> &
        Partial<Omit<C, 'do' | 'run' | 'runs'>> & {
          readonly run?: ShortPlan;
          readonly runs?: readonly [ShortPlan, ShortPlan];
        }
    : never
  : never;

export function toHistory({ conditions, steps }: ShortHistory): History {
  return {
    conditions: { ...CONDITIONS, ...conditions },
    steps: steps.map(({ afterMinutes = 0, ...command }) => ({
      afterMinutes,
      command: toCommand(command),
    })),
  };
}

export function toShort({ conditions, steps }: History): ShortHistory {
  const unusual = unlike(conditions, CONDITIONS);
  return {
    ...(Object.keys(unusual).length > 0 && { conditions: unusual }),
    steps: steps.map(({ afterMinutes, command }) => ({
      ...(afterMinutes > 0 && { afterMinutes }),
      ...fromCommand(command),
    })),
  };
}

/** What a command of a kind has where nothing else is said. */
function usualOf(what: Command['do']): object {
  switch (what) {
    case 'rotate':
      return { only: undefined, force: false, blind: 'no' };
    case 'destruct':
      return { lateHours: 0, stream: 'once' };
    case 'run both':
      return { seed: 0 };
    case 'pass days':
      return { everyHours: 24, lateHours: 0 };
    case 'create user':
      return { name: 0 };
    default:
      return { who: 0 };
  }
}
const FAULT = { nth: 0, minutes: 0, meanwhile: [] };

function toCommand({ run, runs, ...command }: ShortCommand): Command {
  const takesRun = ['rotate', 'destruct', 'ikr cancel', 'ikr resend'].includes(command.do);
  return {
    ...usualOf(command.do),
    ...command,
    ...(takesRun && { run: toPlan(run) }),
    ...(runs && { runs: runs.map(toPlan) }),
  } as unknown as Command;
}

function toPlan({ faults = [], ...run }: ShortPlan = {}): InvocationPlan {
  return { ...INVOCATION, ...run, faults: faults.map(toFault) };
}

function toFault({ meanwhile = [], ...fault }: ShortFault): PlannedFault {
  return { ...FAULT, ...fault, meanwhile: meanwhile.map(toCommand) };
}

function fromCommand(command: Command): ShortCommand {
  const { run, runs, ...rest } = command as Command & {
    readonly run?: InvocationPlan;
    readonly runs?: readonly InvocationPlan[];
  };
  const short = run ? fromPlan(run) : {};
  return {
    ...unlike(rest, usualOf(command.do)),
    ...(Object.keys(short).length > 0 && { run: short }),
    ...(runs && { runs: runs.map(fromPlan) }),
  } as unknown as ShortCommand;
}

function fromPlan(run: InvocationPlan): ShortPlan {
  const { faults, ...rest } = unlike(run, INVOCATION);
  return {
    ...rest,
    ...(faults && {
      faults: faults.map(({ meanwhile, ...fault }) => ({
        ...(unlike(fault, FAULT) as ShortFault),
        ...(meanwhile.length > 0 && { meanwhile: meanwhile.map(fromCommand) }),
      })),
    }),
  };
}

/** What differs from what is usual. */
function unlike<T extends object>(one: T, usual: object): Partial<T> {
  const entries = Object.entries(one).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify((usual as Record<string, unknown>)[name]),
  );
  return Object.fromEntries(entries) as Partial<T>;
}
