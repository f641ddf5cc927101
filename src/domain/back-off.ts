/** How long a user waits for the next rotation after the last one was closed. */
import { CLOCK_SKEW_MS, DAY_MS, SECOND_MS } from './time.ts';

const BACK_OFF_DAYS = [1, 2, 4, 7];
const LONGEST_BACK_OFF_MS = Math.max(...BACK_OFF_DAYS) * DAY_MS;

/** How long to wait after so many failed rotations in a row. */
export function backOffMs(failures: number): number {
  const index = Math.min(failures, BACK_OFF_DAYS.length) - 1;
  return (BACK_OFF_DAYS[index] ?? 0) * DAY_MS;
}

/** No back-off ends later than this, but by hand or by a wrong clock: then it is ignored. */
export function latestRetryAtMs(nowMs: number): number {
  return nowMs + LONGEST_BACK_OFF_MS + CLOCK_SKEW_MS;
}

/** Whether it is still too early for another try. */
export function backsOff(retryNotBeforeMs: number, nowMs: number): boolean {
  return retryNotBeforeMs > nowMs && retryNotBeforeMs <= latestRetryAtMs(nowMs);
}

/**
 * How long the name of a content key rests once a rotation is closed: it may not be used again for 30
 * seconds after its deletion
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html), and the
 * clocks of two runs may differ by a minute.
 */
const REST_MS = 90 * SECOND_MS;

/** When a rotation was closed whose parameter still rests: after the one moment, up to the other. */
export function restingSince(nowMs: number): {
  readonly afterMs: number;
  readonly untilMs: number;
} {
  // A date far ahead was written by hand or by a wrong clock, as with a back-off.
  return { afterMs: nowMs - REST_MS, untilMs: nowMs + CLOCK_SKEW_MS };
}

/** Whether it is too early for any other rotation, even one that a person forces. */
export function rests(closedAtMs: number, nowMs: number): boolean {
  const { afterMs, untilMs } = restingSince(nowMs);
  return closedAtMs > afterMs && closedAtMs <= untilMs;
}
