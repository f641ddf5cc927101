/**
 * Untrusted text (names, tags) made harmless before it stands in a mail.
 */

/** Line breaks, tabs and every kind of blank, the Unicode line and paragraph separators included. */
const BLANK = /[\s\p{Z}\u0085]/gu;

/**
 * Characters without a shape: control characters, format characters (those that turn the direction
 * of writing or have no width are among them), lone surrogates and private use.
 */
const SHAPELESS = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu;

/**
 * One line of visible characters: nothing in it breaks a line or a header, hides, or lets text read
 * otherwise than it is written.
 */
export function plain(text: string): string {
  return text.replace(BLANK, ' ').replace(SHAPELESS, '');
}

/** Like {@link plain}, with single blanks and a bounded length in characters. */
export function plainWithin(text: string, maxLength: number): string {
  const characters = [...plain(text).replace(/ +/g, ' ').trim()];
  if (characters.length <= maxLength) return characters.join('');
  return `${characters.slice(0, maxLength - 3).join('')}...`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands between two tags or in a quoted attribute of HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
