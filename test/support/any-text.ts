import fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 };

/** Any code point of Unicode that is no half of a pair. */
const codePoint = fc
  .nat({ max: 0x10ffff - SURROGATES.count })
  .map((n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count));

/**
 * Text of any characters. What fast-check calls `binary` draws the same, but makes a table of all of
 * Unicode first: almost a second and 85 MB in every file of tests.
 */
export const anyText = (constraints: { readonly maxLength?: number } = {}) =>
  fc.string({ unit: codePoint, ...constraints });
