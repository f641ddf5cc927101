import type { ContentKeys, Inventory, Keys } from '../../src/ports/account.ts';
import type { Journal } from '../../src/ports/journal.ts';

/** A call of one of our ports, as `port.method`. */
export type CallName =
  | `inventory.${keyof Inventory}`
  | `journal.${keyof Journal}`
  | `keys.${keyof Keys}`
  | `mailer.${'verify' | 'send' | 'close'}`
  | 'account.describe'
  | `contentKeys.${keyof ContentKeys}`;

/** `before`: nothing has happened yet. `after`: it has, but the caller has no answer yet. */
export type Phase = 'before' | 'after';

/** The run that makes a call. */
export interface Caller {
  readonly label: string;
  /** Ends the run as a crash does: this call and every later one of the run throws `Killed`. */
  readonly kill: () => never;
}

/**
 * Sees every port call of every run, twice: before its effect and before its answer. It may throw
 * (the call fails, or its answer is lost), kill the run, change the world, or let time pass.
 */
export type OnCall = (
  name: CallName,
  phase: Phase,
  args: readonly unknown[],
  caller: Caller,
) => void | Promise<void>;

/**
 * Sees every effect of every run at the very moment at which it happens, with nothing in between:
 * `effect` changes the world before it returns its promise.
 */
export type OnEffect = (
  name: CallName,
  args: readonly unknown[],
  effect: () => Promise<unknown>,
  run: string,
) => Promise<unknown>;

/** `OnEffect` for the calls of one run. */
export type Around = (
  name: CallName,
  args: readonly unknown[],
  effect: () => Promise<unknown>,
) => Promise<unknown>;

/** Thrown into a run that was killed, at this and at every later port call. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** What a port asks before and after its effect; throws when the hook does. */
export type Pass = (name: CallName, phase: Phase, args: readonly unknown[]) => Promise<void>;

/** The caller of a run and its gate to the world. */
export function createGate(label: string, onCall: () => OnCall | undefined) {
  let killed = false;
  const kill = (): never => {
    killed = true;
    throw new Killed(`${label} was killed`);
  };
  const caller: Caller = { label, kill };
  const pass: Pass = async (name, phase, args) => {
    if (killed) kill();
    await onCall()?.(name, phase, args, caller);
    if (killed) kill();
  };
  return { caller, pass, assertAlive: () => void (killed && kill()) };
}

/** The same port, with every call going through the gate, and every effect through `around`. */
export function gated<P extends object>(
  prefix: 'account' | 'inventory' | 'journal' | 'keys' | 'contentKeys',
  port: P,
  pass: Pass,
  around: Around = (_name, _args, effect) => effect(),
): P {
  const methods = Object.entries(port).map(([method, effect]) => {
    const name = `${prefix}.${method}` as CallName;
    const call = async (...args: unknown[]): Promise<unknown> => {
      await pass(name, 'before', args);
      const answer = await around(name, args, () => effect(...args));
      await pass(name, 'after', args);
      return answer;
    };
    return [method, call];
  });
  return Object.fromEntries(methods) as P;
}
