/** Waiting for engines that run on real time: TTL comes round every ten seconds. */
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 60_000;
const PAUSE_MS = 200;

/**
 * Asks until there is an answer.
 * @throws Error when there is none for a minute
 */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const untilMs = performance.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${what}`);
    await sleep(PAUSE_MS);
  }
}
