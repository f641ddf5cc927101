/** What can go wrong: at a call of the program, and with a mail. */
import type { CallName, Phase } from '../memory/calls.ts';

/**
 * - `die`: the function is killed;
 * - `error`: the call fails; after its effect, only its answer is lost;
 * - `throttle`: AWS throttles the call;
 * - `deny`: AWS refuses the call, and from then on every call to that service;
 * - `pause`: the function hears nothing for some minutes.
 */
export type CallFaultKind = 'die' | 'error' | 'throttle' | 'deny' | 'pause';

export interface CallFault {
  readonly kind: CallFaultKind;
  /** Before or after the effect of the call. */
  readonly phase: Phase;
}

/** A place in an invocation. */
export interface CallPlace {
  readonly call: CallName;
  /** Which call of that name in the invocation, from 0. */
  readonly nth: number;
}

/** What becomes of a mail. */
export type MailOutcome =
  | 'accepted'
  | 'not-now'
  | 'quota-spent'
  | 'refused'
  /** It does not arrive, and the answer is lost. */
  | 'lost'
  /** It arrives, and the answer is lost. */
  | 'arrived-unknown';
