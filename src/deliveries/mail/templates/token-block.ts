/**
 * The sealed key pair as it travels in a mail: JWE compact serialization, in short lines between
 * two marker lines, so that a person sees what to copy and no mail program folds it.
 */
export const BEGIN_TOKEN = '-----BEGIN IKR SEALED KEY PAIR-----';
export const END_TOKEN = '-----END IKR SEALED KEY PAIR-----';

/** Fits the width of a phone, so that the block looks whole, and any line of quoted-printable. */
const LINE_LENGTH = 32;

/** The token between its marker lines; lines end in LF, without one at the end. */
export function wrapToken(token: string): string {
  const lines = token.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'gs')) ?? [];
  return [BEGIN_TOKEN, ...lines, END_TOKEN].join('\n');
}

/**
 * The sealed key pairs in whatever a person pasted: a whole mail or a piece of one, quoted, as HTML
 * or as raw message source, or nothing but a token. Each comes once, in order of appearance.
 *
 * It goes by the shape of a token alone, with or without marker lines. A damaged token may come
 * out damaged: that is found when it is opened, because the encryption is authenticated.
 */
export function findTokens(mailText: string): string[] {
  const sources = [mailText, ...transferDecoded(mailText)];
  return [...new Set(sources.flatMap((source) => tokensIn(squeeze(source))))];
}

/**
 * Takes away what mail programs put into or around the characters of a token. No token holds `=`,
 * `<` or `&`, so none of these steps can harm one.
 */
function squeeze(source: string): string {
  return source
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/&#(\d{1,3});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&[a-z0-9#]{1,8};/gi, '')
    .replace(/[^\w.-]/g, '');
}

/**
 * A token is five parts between dots (RFC 7516 section 7.1): the header, a JSON object whose first name
 * begins with a letter, hence `eyJ`; no encrypted key, as the algorithm is `dir`; 12 bytes of initialisation vector; the ciphertext; and
 * 16 bytes of authentication tag. The lengths alone tell where it ends in the text around it.
 */
function tokensIn(squeezed: string): string[] {
  const parts = squeezed.split('.');
  return parts.flatMap((before, index) => {
    const [key, vector, ciphertext, after] = parts.slice(index + 1, index + 5);
    const start = before.indexOf('eyJ');
    const tag = /^[\w-]{21}[AQgw]/.exec(after ?? '')?.[0];
    if (start < 0 || key !== '' || vector?.length !== 16 || !ciphertext || !tag) return [];
    return [[before.slice(start), key, vector, ciphertext, tag].join('.')];
  });
}

const FULL_LINE_OF_BASE64 = /^[A-Za-z0-9+/]{60,76}$/;
const LAST_LINE_OF_BASE64 = /^[A-Za-z0-9+/]{1,76}={0,2}$/;

/**
 * Two or more full lines of base64 are a body of a raw message in that transfer encoding. Such a
 * message may hold a large attachment as well: one regular expression over all of it would run out
 * of stack.
 */
function transferDecoded(source: string): string[] {
  const bodies: string[] = [];
  let lines: string[] = [];
  for (const line of [...source.split(/\r?\n/), '']) {
    if (FULL_LINE_OF_BASE64.test(line)) {
      lines.push(line);
      continue;
    }
    if (LAST_LINE_OF_BASE64.test(line)) lines.push(line);
    if (FULL_LINE_OF_BASE64.test(lines[1] ?? '')) bodies.push(lines.join(''));
    lines = [];
  }
  return bodies.map((body) => Buffer.from(body, 'base64').toString('utf8'));
}
