/** The recovery at the end of a history: weeks in which nothing goes wrong, and nobody may be left. */
import { DAY_MS, MINUTE_MS } from '../../../../src/domain/time.ts';
import type { HistoryRun } from './history-run.ts';

/** How long it lasts at most. */
const MAX_DAYS = 45;

/** @returns when everybody was settled, in words */
export async function recover(run: HistoryRun, ownersActive: boolean): Promise<string> {
  const { environment, system } = run;
  // What a run of the history still holds, it lets go.
  environment.clock.advance(30 * MINUTE_MS);
  system.repairMail();
  let unsettled: readonly string[] = [];
  for (let day = 1; day <= MAX_DAYS; day++) {
    environment.clock.advance(DAY_MS);
    if (ownersActive) run.users.actAll();
    await run.day();
    unsettled = run.users.ids.flatMap((userId) => run.whyUnsettled(userId) ?? []);
    if (run.violations.length > 0) return `something went wrong on day ${day}`;
    if (unsettled.length === 0) return `all was settled after ${day} days`;
  }
  for (const why of unsettled) run.stuck(`after ${MAX_DAYS} days without a fault, ${why}`);
  return 'it was never settled';
}
