/** What a rule is. */
import type { Circumstances, Observations } from './facts.ts';

/** One entry for everything that was looked at: `undefined` if it holds, else what is wrong. */
export type Findings = readonly (string | undefined)[];

export type Judge<O extends keyof Observations> = (
  facts: Observations[O],
  circumstances: Circumstances,
) => Findings;

type Judges = { readonly [O in keyof Observations]?: Judge<O> };

/** An invariant: its statement, and how each observation is judged by it. */
export interface Rule extends Judges {
  readonly statement: string;
}
