/** Small things to say: lengths of time, numbers of things, near misses, shell words. */
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../domain/time.ts';

/** `1 user`, `2 users`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** How far off a moment is, rounded: `in 3 days`, `2 hours ago`, `now`. */
export function distance(atMs: number, nowMs: number): string {
  const leftMs = Math.abs(atMs - nowMs);
  if (leftMs < MINUTE_MS) return 'now';
  const length =
    leftMs >= 2 * DAY_MS
      ? count(Math.round(leftMs / DAY_MS), 'day')
      : leftMs >= 2 * HOUR_MS
        ? count(Math.round(leftMs / HOUR_MS), 'hour')
        : count(Math.round(leftMs / MINUTE_MS), 'minute');
  return atMs > nowMs ? `in ${length}` : `${length} ago`;
}

/** A date in UTC, `2026-11-27`. */
export function date(atMs: number): string {
  return iso(atMs).slice(0, 10);
}

/** A moment in UTC, `2026-11-27 14:05 UTC`. */
export function moment(atMs: number): string {
  return `${iso(atMs).slice(0, 16).replace('T', ' ')} UTC`;
}

/** Full days between two moments. */
export function fullDays(fromMs: number, toMs: number): number {
  return Math.floor((toMs - fromMs) / DAY_MS);
}

/** A word for a shell, quoted where it needs to be. */
export function shellWord(text: string): string {
  return /^[\w+=,.@:/-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}

/**
 * The candidate that a misspelt word most likely means; `undefined` when none is near.
 * @param within how many letters may be added, dropped, changed or swapped
 */
export function nearest(
  word: string,
  candidates: readonly string[],
  within: number,
): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(word, candidate) }))
    .filter(({ edits }) => edits <= within)
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate;
}

/** Optimal string alignment distance: a swap of two neighbours counts as one edit. */
function editsBetween(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= from.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      (rows[i] as number[])[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + same,
        swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(from.length, to.length);
}
