/** Points in time are epoch milliseconds and end in `AtMs`; lengths end in `Ms`. */
export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
/** Full days, not calendar days: a key is a day older 24 hours later, in every time zone. */
export const DAY_MS = 24 * HOUR_MS;

/** The end of the year 9999: a later moment can't be printed, nor reckoned with. */
export const LATEST_MS = Date.UTC(10_000, 0) - 1;

/**
 * How far a computer's clock may be off and still be taken seriously. A lease and a back-off that end
 * later than this allows are a hand's or a broken clock's work; those of a clock that is merely wrong
 * are kept, since ending another run's lease is worse than waiting a day.
 */
export const CLOCK_SKEW_MS = 24 * HOUR_MS;

/** DynamoDB's TTL counts whole seconds; rounding up never lets an item expire early. */
export function toEpochSeconds(atMs: number): number {
  return Math.ceil(atMs / SECOND_MS);
}

/** The ISO 8601 form that reports, history items and machine-readable output use. */
export function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/**
 * A moment as a person reads it, always in UTC: `27 November 2026, 14:05 UTC`. Written out here,
 * because `Intl` takes longer to load than all other code of a function.
 */
export function humanMoment(atMs: number): string {
  const date = new Date(atMs);
  const time = date.toISOString().slice(11, 16);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${time} UTC`;
}
