/** A number of days as a setting or a tag may say it: the same limits for both. */

/** Ten years. */
export const MAX_DAYS = 3650;
/** A whole number from 1 on in digits alone: no sign, fraction, exponent or blank. */
const WHOLE_NUMBER = /^[1-9]\d{0,8}$/;

/** The number, or `undefined` when the text is none or out of its limits. */
export function wholeNumber(text: string, max: number): number | undefined {
  if (!WHOLE_NUMBER.test(text)) return undefined;
  const number = Number(text);
  return number <= max ? number : undefined;
}

/** What a number of days may be, as the end of “allowed: …”. */
export const ALLOWED_DAYS = `a whole number of days from 1 to ${MAX_DAYS}`;
