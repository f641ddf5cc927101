/** The recovery at the end of a history: weeks in which nothing goes wrong, and nobody may be left. */
import { recordKey } from '../../../../simulation/scenario/table-items.ts';
import { DAY_MS, MINUTE_MS } from '../../../../src/domain/time.ts';
import type { HistoryRun } from './history-run.ts';

/** How long it lasts at most. */
const MAX_DAYS = 45;

/**
 * Administrators do what the reports tell them: a parameter that holds no content key of a rotation in
 * the journal stands in the way until a person deletes it.
 */
function deleteForeignContentKeys({ environment, users }: HistoryRun): void {
  const { parameters } = environment;
  const known = new Set<string | undefined>();
  for (const userId of users.ids) {
    const record = environment.table.get(recordKey(environment.accountId, userId));
    if (record?.state !== 'CLOSED') known.add(record?.rotationId as string | undefined);
  }
  for (const name of parameters.names()) {
    const rotationId = parameters.rotationIn(name);
    if (rotationId === undefined || !known.has(rotationId)) parameters.delete(name);
  }
}

/** @returns when everybody was settled, in words */
export async function recover(run: HistoryRun, ownersActive: boolean): Promise<string> {
  const { environment, system } = run;
  // What a run of the history still holds, it lets go.
  environment.clock.advance(30 * MINUTE_MS);
  system.repairMail();
  deleteForeignContentKeys(run);
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
