/** The result of one case. */
import type { Case } from './cases.ts';
import { nameOf } from './configurations.ts';
import type { FaultName } from './faults.ts';
import type { ScenarioResult } from './scenario.ts';

export type RowOutcome =
  /** The rotation that was hit was completed. */
  | 'completed'
  /** It was closed with a stated reason, and the next one was completed. */
  | 'completed later'
  | 'violated';

export interface Row {
  readonly config: string;
  readonly step: string;
  readonly call: string;
  readonly fault: FaultName;
  readonly scenario: string;
  readonly outcome: RowOutcome;
  /** Why rotations were closed before the one that was completed. */
  readonly closedBefore: readonly string[];
  /** From the first run until the old key was gone and the rotation closed. */
  readonly days: number;
  /** Mails with a key. */
  readonly keyMails: number;
  readonly problems: readonly string[];
  /** Where there are problems: the last warnings and errors of the functions. */
  readonly warnings: readonly string[];
  /** How long the run took. */
  readonly ms: number;
}

const LAST_WARNINGS = 5;

export function rowOf(
  { configuration, point, fault }: Case,
  result: ScenarioResult,
  ms: number,
): Row {
  const { closings, days, keyMails } = result;
  const problems = [...result.problems];
  if (!result.struck) problems.push('the call was not made, so nothing went wrong');
  const before = closings.slice(0, -1);
  const outcome = before.length > 0 ? 'completed later' : 'completed';
  return {
    config: nameOf(configuration),
    step: point.step,
    call: point.call,
    fault,
    scenario: point.scenario,
    outcome: problems.length > 0 ? 'violated' : outcome,
    closedBefore: before.map(({ outcome: how, reason }) => `${how}: ${reason}`),
    days: Math.round(days * 100) / 100,
    keyMails,
    problems,
    warnings: problems.length > 0 ? result.warnings.slice(-LAST_WARNINGS) : [],
    ms: Math.round(ms),
  };
}
