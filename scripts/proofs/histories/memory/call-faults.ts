/** The faults of an invocation at the calls of its ports. */
import type { OnCall } from '../../../../simulation/memory/calls.ts';
import { KeyNotCreated } from '../../../../src/ports/errors.ts';
import type { Command, InvocationPlan, PlannedFault } from '../model/history.ts';
import type { Tally } from '../model/tally.ts';

/** What a faulty invocation needs of its environment. */
export interface FaultHandlers {
  /** Lets time pass and others act. */
  readonly pause: (minutes: number, meanwhile: readonly Command[]) => Promise<void>;
  /** Whether the function's time is over: it is killed then. */
  readonly isOver: () => boolean;
  /** Counts what goes wrong. */
  readonly seen: Tally;
}

/** The hook for one invocation. */
export function faultyCalls(
  { faults }: InvocationPlan,
  { pause, isOver, seen }: FaultHandlers,
): OnCall {
  const counts = new Map<PlannedFault, number>();
  let down: string | undefined;
  return async (name, phase, _args, caller) => {
    if (isOver()) caller.kill();
    if (down !== undefined && phase === 'before' && name.startsWith(down)) deny(name);
    for (const fault of faults) {
      if (fault.at !== name || fault.phase !== phase) continue;
      const count = counts.get(fault) ?? 0;
      counts.set(fault, count + 1);
      if (count !== fault.nth) continue;
      seen.add(`fault: ${fault.kind} at ${name}`);
      if (fault.kind === 'die') caller.kill();
      if (fault.kind === 'error') throw new Error(`${name} failed`);
      if (fault.kind === 'throttle' && phase === 'before') throttle(name);
      if (fault.kind === 'deny') {
        down = name.split('.')[0];
        if (phase === 'before') deny(name);
      }
      if (fault.kind === 'pause') {
        await pause(fault.minutes, fault.meanwhile);
        if (isOver()) caller.kill();
        if (phase === 'before' && fault.minutes > 0) throw new Error(`${name}: TimeoutError`);
      }
    }
  };
}

function throttle(name: string): never {
  if (name === 'keys.create') throw new KeyNotCreated('Throttling', true, undefined);
  throw new Error(`${name}: Throttling`);
}

function deny(name: string): never {
  if (name === 'keys.create') throw new KeyNotCreated('AccessDenied', false, undefined);
  throw new Error(`${name}: AccessDenied`);
}
