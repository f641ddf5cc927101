/** The healthy weeks at the end of a history: nobody may be left in them. */
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import type { Stage } from './stage.ts';

/** How long they last at most. */
const HEALTHY_DAYS = 45;

/** Weeks in which nothing goes wrong. @returns when everybody was settled, in words */
export async function heal(stage: Stage, ownersActive: boolean): Promise<string> {
  // What a run of the history still holds, it lets go.
  stage.world.clock.advance(30 * MINUTE_MS);
  stage.theatre.repair();
  let unsettled: readonly string[] = [];
  for (let day = 1; day <= HEALTHY_DAYS; day++) {
    stage.world.clock.advance(DAY_MS);
    if (ownersActive) stage.actAll();
    await stage.day();
    unsettled = stage.people.ids.flatMap((userId) => stage.ends.unsettled(userId) ?? []);
    if (stage.violations.length > 0) return `something went wrong on day ${day}`;
    if (unsettled.length === 0) return `all was settled after ${day} days`;
  }
  for (const why of unsettled) stage.tell(2, `after ${HEALTHY_DAYS} healthy days, ${why}`);
  return 'it was never settled';
}
