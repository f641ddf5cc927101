import { DAY_MS, HOUR_MS } from './time.ts';

/**
 * Its multiples lie spread out between whole numbers. It is that of days, since runs are hours, half
 * days, or days apart: some of its own multiples, such as 144, are nearly whole.
 */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * The list, begun elsewhere in each hour. Where time is short and the end of a list is left, a run
 * at another time begins with it, or near it: whatever the schedule is, nobody is left for ever, and
 * nothing need be remembered from run to run.
 */
export function inTurn<T>(all: readonly T[], nowMs: number): T[] {
  const days = (Math.floor(nowMs / HOUR_MS) * HOUR_MS) / DAY_MS;
  const turn = (days * GOLDEN_RATIO) % 1;
  const first = Math.floor(turn * all.length);
  return [...all.slice(first), ...all.slice(0, first)];
}
