/** The demo's days. Day 1 begins at midnight UTC of a Monday; every moment has its hour. */
import { DAY_MS } from '../../src/domain/time.ts';

export const FIRST_DAY_MS = Date.UTC(2027, 0, 4);

/** The schedule: every six hours. */
export const ROTATOR_HOURS = [1, 7, 13, 19];
/** In between, the TTL service looks for expired items. */
const TTL_HOURS = [4, 10, 16, 22];
/** When people come to work. */
export const PEOPLE_HOUR = 9;

/** The whole hours of a day at which something may happen. */
export const HOURS = [...ROTATOR_HOURS, ...TTL_HOURS, PEOPLE_HOUR].sort((a, b) => a - b);

/** A key of this age becomes 80 days old on that day, at that hour. */
export function ageToBeDueOn(day: number, hour = ROTATOR_HOURS[0] ?? 0): number {
  const first = ROTATOR_HOURS[0] ?? 0;
  return 80 - (day - 1) - (hour - first) / 24;
}

export function dayOf(atMs: number): number {
  return Math.floor((atMs - FIRST_DAY_MS) / DAY_MS) + 1;
}

/** `Monday 4 January 2027` */
export function longDate(day: number): string {
  return date(FIRST_DAY_MS + (day - 1) * DAY_MS, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).replace(',', '');
}

/** `11 January` */
export function shortDate(atMs: number): string {
  return date(atMs, { day: 'numeric', month: 'long' });
}

/** `09:00`, the full hour in which something happened. */
export function clockTime(atMs: number): string {
  return `${String(new Date(atMs).getUTCHours()).padStart(2, '0')}:00`;
}

function date(atMs: number, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...parts }).format(atMs);
}
