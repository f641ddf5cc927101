import type { Caller, CallName, OnCall, Phase } from './calls.ts';

/**
 * A hook that does something once: at the first call of that name, or the first whose arguments
 * are of the kind looked for.
 */
export function once(
  name: CallName,
  phase: Phase,
  act: (run: Caller, args: readonly unknown[]) => void | Promise<void>,
  isMeant: (args: readonly unknown[]) => boolean = () => true,
): OnCall {
  let done = false;
  return async (called, calledPhase, args, run) => {
    if (done || called !== name || calledPhase !== phase || !isMeant(args)) return;
    done = true;
    await act(run, args);
  };
}

/** The run dies once, as a Lambda does that is killed. */
export function dieAt(
  name: CallName,
  phase: Phase,
  isMeant?: (args: readonly unknown[]) => boolean,
) {
  return once(name, phase, (run) => run.kill(), isMeant);
}

/** The call fails once: before its effect, or after it, so that only its answer is lost. */
export function failAt(
  name: CallName,
  phase: Phase,
  error: Error = new Error(`${name} failed`),
  isMeant?: (args: readonly unknown[]) => boolean,
): OnCall {
  return once(
    name,
    phase,
    () => {
      throw error;
    },
    isMeant,
  );
}

/** The call fails every time. */
export function failAlways(name: CallName, phase: Phase = 'before', error?: Error): OnCall {
  return (called, calledPhase) => {
    if (called === name && calledPhase === phase) throw error ?? new Error(`${name} failed`);
  };
}

/** Picks the `journal.replace` that writes a certain state. */
export function writing(state: string): (args: readonly unknown[]) => boolean {
  return ([, next]) => (next as { readonly state: string }).state === state;
}
