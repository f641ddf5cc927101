import type { Call } from './calls.ts';

/**
 * What goes wrong. `…-before`: the call has no effect; `…-after`: it has, and its answer is lost.
 * - `throttle`, `deny`, `error500`: the service's own error, without an effect;
 * - `error500-after`: the effect happens, the answer is a 500;
 * - `reset-…`: the connection is reset; `timeout-…`: no answer ever comes;
 * - `die-…`: the rule's `onDie` runs (it kills the caller), then the connection is reset.
 */
export type FaultKind =
  | 'throttle'
  | 'deny'
  | 'error500'
  | 'error500-after'
  | 'reset-before'
  | 'reset-after'
  | 'timeout-before'
  | 'timeout-after'
  | 'die-before'
  | 'die-after';

export interface FaultRule {
  /** Which calls: a predicate, or names; `nth` counts the matching calls from 1. */
  match: ((call: Call) => boolean) | { service?: string; action?: string; nth?: number };
  kind: FaultKind;
  /** The error code of a `throttle`, `deny` or `error500`, if it is not to be the usual one. */
  code?: string;
  /** The message that comes with it, if it is not to be the usual one. */
  message?: string;
  /** How many calls in a row suffer; 1 unless told. */
  times?: number;
  onDie?: (call: Call) => void | Promise<void>;
}

interface ArmedRule {
  rule: FaultRule;
  seen: number;
  fired: number;
}

/** The rules in force. The first rule that applies to a call decides its fate. */
export class Faults {
  #rules: ArmedRule[] = [];

  /** Adds a rule; the answer tells how often it fired, and removes it. */
  add(rule: FaultRule): { readonly fired: number; remove(): void } {
    const armed = { rule, seen: 0, fired: 0 };
    this.#rules.push(armed);
    return {
      get fired() {
        return armed.fired;
      },
      remove: () => {
        this.#rules = this.#rules.filter((other) => other !== armed);
      },
    };
  }

  clear(): void {
    this.#rules = [];
  }

  /** The rule that strikes this call, if any. Every rule counts the call, also those that lose. */
  strike(call: Call): FaultRule | undefined {
    let striking: ArmedRule | undefined;
    for (const armed of this.#rules) {
      if (!matches(armed.rule.match, call)) continue;
      armed.seen += 1;
      const first = typeof armed.rule.match === 'function' ? 1 : (armed.rule.match.nth ?? 1);
      const spent = armed.fired >= (armed.rule.times ?? 1);
      if (armed.seen >= first && !spent) striking ??= armed;
    }
    if (striking) striking.fired += 1;
    return striking?.rule;
  }
}

function matches(match: FaultRule['match'], call: Call): boolean {
  if (typeof match === 'function') return match(call);
  return (
    (match.service === undefined || match.service === call.service) &&
    (match.action === undefined || match.action === call.action)
  );
}
