/** A history in short: what is as usual is left out. Regressions are kept so. */
import {
  CONDITIONS,
  type Command,
  type Conditions,
  type History,
  INVOCATION,
  type Invocation,
  type Trouble,
} from './history.ts';

export interface Sketch {
  readonly conditions?: Partial<Conditions>;
  readonly steps: readonly StepSketch[];
}

export type StepSketch = CommandSketch & { readonly afterMinutes?: number };

type InvocationSketch = Partial<Omit<Invocation, 'troubles'>> & {
  readonly troubles?: readonly TroubleSketch[];
};

type TroubleSketch = Pick<Trouble, 'at' | 'phase' | 'kind'> &
  Partial<Pick<Trouble, 'nth' | 'minutes'>> & { readonly meanwhile?: readonly CommandSketch[] };

/** Every command, with its runs in short, and without what is as usual. */
type CommandSketch = Command extends infer C
  ? C extends Command
    ? Pick<C, 'do'> &
        Partial<Omit<C, 'do' | 'run' | 'runs'>> & {
          readonly run?: InvocationSketch;
          readonly runs?: readonly [InvocationSketch, InvocationSketch];
        }
    : never
  : never;

export function toHistory({ conditions, steps }: Sketch): History {
  return {
    conditions: { ...CONDITIONS, ...conditions },
    steps: steps.map(({ afterMinutes = 0, ...command }) => ({
      afterMinutes,
      command: toCommand(command),
    })),
  };
}

export function toSketch({ conditions, steps }: History): Sketch {
  const unusual = unlike(conditions, CONDITIONS);
  return {
    ...(Object.keys(unusual).length > 0 && { conditions: unusual }),
    steps: steps.map(({ afterMinutes, command }) => ({
      ...(afterMinutes > 0 && { afterMinutes }),
      ...fromCommand(command),
    })),
  };
}

/** What a command of a kind has that is not told otherwise. */
function usualOf(what: Command['do']): object {
  switch (what) {
    case 'rotate':
      return { only: undefined, force: false, blind: 'no' };
    case 'destruct':
      return { lateHours: 0, stream: 'once' };
    case 'both':
      return { seed: 0 };
    case 'live':
      return { everyHours: 24, lateHours: 0 };
    case 'create user':
      return { name: 0 };
    default:
      return { who: 0 };
  }
}
const CALM = { nth: 0, minutes: 0, meanwhile: [] };

function toCommand({ run, runs, ...command }: CommandSketch): Command {
  const takesRun = ['rotate', 'destruct', 'ikr cancel', 'ikr resend'].includes(command.do);
  return {
    ...usualOf(command.do),
    ...command,
    ...(takesRun && { run: toInvocation(run) }),
    ...(runs && { runs: runs.map(toInvocation) }),
  } as unknown as Command;
}

function toInvocation({ troubles = [], ...run }: InvocationSketch = {}): Invocation {
  return { ...INVOCATION, ...run, troubles: troubles.map(toTrouble) };
}

function toTrouble({ meanwhile = [], ...trouble }: TroubleSketch): Trouble {
  return { ...CALM, ...trouble, meanwhile: meanwhile.map(toCommand) };
}

function fromCommand(command: Command): CommandSketch {
  const { run, runs, ...rest } = command as Command & {
    readonly run?: Invocation;
    readonly runs?: readonly Invocation[];
  };
  const short = run ? fromInvocation(run) : {};
  return {
    ...unlike(rest, usualOf(command.do)),
    ...(Object.keys(short).length > 0 && { run: short }),
    ...(runs && { runs: runs.map(fromInvocation) }),
  } as unknown as CommandSketch;
}

function fromInvocation(run: Invocation): InvocationSketch {
  const { troubles, ...rest } = unlike(run, INVOCATION);
  return {
    ...rest,
    ...(troubles && {
      troubles: troubles.map(({ meanwhile, ...trouble }) => ({
        ...(unlike(trouble, CALM) as TroubleSketch),
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
