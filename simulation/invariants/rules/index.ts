/**
 * The rule book. Each invariant is stated once, in a file of its own; a new one is a file and a line
 * here.
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
