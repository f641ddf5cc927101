/** Runs a history, and keeps a log of it. */
import type { Violation } from '../../../../simulation/invariants/checker/checker.ts';
import { MINUTE_MS } from '../../../../src/domain/time.ts';
import { MemorySystem } from '../memory/memory-system.ts';
import type { Conditions, History, Step } from '../model/history.ts';
import type { SystemUnderTest } from '../model/system.ts';
import type { Counts } from '../model/tally.ts';
import { HistoryRun } from './history-run.ts';
import { HistoryLog } from './log.ts';
import { recover } from './recovery.ts';

export interface RunResult {
  readonly violations: readonly Violation[];
  /** One line a step, when asked for. */
  readonly log: readonly string[];
  /** What was done, what went wrong, and what the program did and said, with how often. */
  readonly seen: Counts;
  readonly runs: number;
}

/** What a history is run on: the system in memory unless told. */
export type Open = (conditions: Conditions) => Promise<SystemUnderTest>;

/** Runs a history until something is wrong, or to its recovery. */
export async function runHistory(
  { conditions, steps }: History,
  withLog = false,
  open: Open = async (those) => new MemorySystem(those),
): Promise<RunResult> {
  const system = await open(conditions);
  try {
    const run = new HistoryRun(system);
    const log = withLog ? new HistoryLog(conditions, run.environment) : undefined;
    return await runSteps(run, steps, log);
  } finally {
    await system.close();
  }
}

async function runSteps(
  run: HistoryRun,
  steps: readonly Step[],
  log: HistoryLog | undefined,
): Promise<RunResult> {
  const { system, environment, seen } = run;
  for (const step of steps) {
    environment.clock.advance(step.afterMinutes * MINUTE_MS);
    const result = await run.do(step.command);
    log?.step(step, result);
    if (run.violations.length > 0) break;
  }
  if (run.violations.length === 0) {
    const result = await recover(run, system.conditions.ownersActive);
    log?.recovery(result);
  }
  const { violations } = run;
  for (const violation of violations) log?.violation(violation);
  for (const effect of environment.effects) seen.add(`effect: ${effect}`);
  return { violations, log: log?.lines ?? [], seen: seen.counts, runs: system.invoked };
}
