/** What a rule is. */
import type { Circumstances, Occasions } from './facts.ts';

/** One entry for everything that was looked at: `undefined` if it holds, else what is wrong. */
export type Findings = readonly (string | undefined)[];

export type Judge<O extends keyof Occasions> = (
  facts: Occasions[O],
  circumstances: Circumstances,
) => Findings;

type Judges = { readonly [O in keyof Occasions]?: Judge<O> };

/** An invariant: its statement, and how the facts of each occasion are judged by it. */
export interface Rule extends Judges {
  readonly statement: string;
}
