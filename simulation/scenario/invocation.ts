/** An invocation of a function, as it is seen afterwards. */
import type { FunctionName } from './functions.ts';

export interface InvocationTrace<C> {
  readonly functionName: FunctionName;
  /** Counts the invocations of this function, from 1. */
  readonly ordinal: number;
  /** The states of the rotation record. */
  readonly stateBefore: string;
  readonly stateAfter: string;
  readonly calls: readonly C[];
}
