/**
 * The mail addresses that the product accepts: what browsers accept in `<input type="email">`
 * (https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address), at most 254 characters
 * (RFC 5321 §4.5.3.1.3). No quoting, comments or control characters, so an address can be put in a
 * header as it is. Nor does it begin an encoded word (RFC 2047, `=?`): mail programs and servers
 * decode one wherever it stands, and so read another address than was checked.
 */
const ADDRESS =
  /^(?!.*=\?)[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const MAX_LENGTH = 254;

export function isAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && ADDRESS.test(text);
}

/** The part after the `@`, in lower case. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** A sender, `user@example.com` or `Name <user@example.com>`, taken apart. */
export interface Sender {
  readonly name?: string;
  readonly address: string;
}

/** A display name that needs no quoting beyond double quotes, and can break no header. */
const DISPLAY_NAME = /^[^\p{Cc}"<>\\]{1,128}$/u;

/** Takes a sender apart; `undefined` when it is neither of the two forms. */
export function parseSender(text: string): Sender | undefined {
  const named = /^(?:"([^"]*)"|([^"<]*?))\s*<([^<>]+)>$/.exec(text.trim());
  if (!named) return isAddress(text.trim()) ? { address: text.trim() } : undefined;
  const name = (named[1] ?? named[2] ?? '').trim();
  const address = (named[3] ?? '').trim();
  if (!isAddress(address)) return undefined;
  if (name === '') return { address };
  return DISPLAY_NAME.test(name) ? { name, address } : undefined;
}
