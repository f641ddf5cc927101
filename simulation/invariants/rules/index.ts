/**
 * The rule book. Each invariant is stated once, in a file of its own: pure functions that judge what
 * an observer reports (`Observations` in `facts.ts`). A new invariant is such a file and a line here;
 * all fields of the rotation record are among the facts already. Whatever checks, counts or prints
 * invariants takes them from here, and so does the type of their numbers.
 */

import { access } from './access.ts';
import { overdue } from './overdue.ts';
import type { Rule } from './rule.ts';
import { scheduled } from './scheduled.ts';
import { secrets } from './secrets.ts';
import { simultaneous } from './simultaneous.ts';
import { undelivered } from './undelivered.ts';

export const RULES = {
  1: access,
  2: undelivered,
  3: overdue,
  4: scheduled,
  5: secrets,
  6: simultaneous,
} as const satisfies Readonly<Record<number, Rule>>;

export type InvariantNumber = keyof typeof RULES;
