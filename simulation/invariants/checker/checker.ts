/** Applies the rule book to the facts that an observer feeds, and keeps what is violated. */
import type { Circumstances, Observations } from '../rules/facts.ts';
import { type InvariantNumber, RULES } from '../rules/index.ts';
import type { Judge, Rule } from '../rules/rule.ts';

export type { InvariantNumber } from '../rules/index.ts';

const NUMBERED = Object.entries(RULES).map(
  ([number, rule]) => [Number(number) as InvariantNumber, rule as Rule] as const,
);

/** What holds after every step, whatever AWS, mailers and people do. */
export const INVARIANTS = Object.fromEntries(
  NUMBERED.map(([number, { statement }]) => [number, statement]),
) as Readonly<Record<InvariantNumber, string>>;

export interface Violation {
  /** 0 stands for what needs no invariant: a crash, a dry run that changes something. */
  readonly invariant: InvariantNumber | 0;
  /** On the account's clock. */
  readonly atMs: number;
  readonly userName: string;
  /** In words; names keys by their ID, never by a secret. */
  readonly what: string;
}

export class Checker {
  /** How often each invariant was checked. */
  readonly checked = Object.fromEntries(NUMBERED.map(([number]) => [number, 0])) as Record<
    InvariantNumber,
    number
  >;
  /** Each once, in the order in which they were found. */
  readonly violations: Violation[] = [];
  readonly circumstances: Circumstances;
  readonly #known = new Set<string>();

  constructor(circumstances: Circumstances) {
    this.circumstances = circumstances;
  }

  /** Judges an observation by every invariant that concerns it. */
  judge<O extends keyof Observations>(name: O, facts: Observations[O]): void {
    for (const [invariant, rule] of NUMBERED) {
      const judge = rule[name] as Judge<O> | undefined;
      if (!judge) continue;
      for (const what of judge(facts, this.circumstances)) {
        this.checked[invariant] += 1;
        if (what === undefined) continue;
        this.add({ invariant, atMs: facts.atMs, userName: facts.userName, what });
      }
    }
  }

  /** Notes a violation; one that lasts is noted once. */
  add(violation: Violation): void {
    const id = [violation.invariant, violation.userName, violation.what].join(' ');
    if (this.#known.has(id)) return;
    this.#known.add(id);
    this.violations.push(violation);
  }
}
