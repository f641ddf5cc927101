/**
 * A sender as it stands in a header.
 */
import type { Sender } from '../domain/address.ts';

/** An encoded word may be 75 characters long (RFC 2047 §2); 12 of them are its frame. */
const BYTES_IN_ENCODED_WORD = 45;

/** `address` or `"Name" <address>`: a display name has neither quotes nor backslashes. */
export function formatSender({ name, address }: Sender): string {
  return name ? `"${name}" <${address}>` : address;
}

/** The same in ASCII alone: a name beyond it becomes encoded words (RFC 2047). */
export function encodeSender(sender: Sender): string {
  const { name, address } = sender;
  if (!name || /^[\x20-\x7e]*$/.test(name)) return formatSender(sender);
  return `${encodedWords(name)} <${address}>`;
}

function encodedWords(text: string): string {
  const words = [''];
  for (const character of text) {
    const longer = `${words.at(-1)}${character}`;
    if (Buffer.byteLength(longer) > BYTES_IN_ENCODED_WORD) words.push(character);
    else words[words.length - 1] = longer;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
