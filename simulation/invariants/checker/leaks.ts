/** Searches text for secrets, in plaintext or encoded. */

/** A piece this long is no coincidence: 20 characters of base64 are 120 bits. */
const PIECE = 20;
/** A shorter word that a person chose may stand anywhere by chance. */
const WORD = 8;
/** Whatever an encoded secret can look like is a run of these; a shorter run holds no piece. */
const RUN = new RegExp(`[\\w+/=%\\\\.-]{${PIECE},}`, 'g');

export class LeakSearch {
  /** Pieces of secrets in every encoding, and what each is a piece of. */
  readonly #pieces = new Map<string, string>();
  /** Secrets that a person chose, such as a mail password: looked for as they are. */
  readonly #words = new Map<string, string>();
  readonly #known = new Set<string>();

  /** @param name what the secret is called in a violation */
  add(secret: string, name: string): void {
    if (this.#known.has(secret)) return;
    this.#known.add(secret);
    if (secret.length < WORD) return;
    if (secret.length < 2 * PIECE) this.#words.set(secret, name);
    else for (const piece of piecesOf(secret)) this.#pieces.set(piece, name);
  }

  /** The names of the secrets that are in the text. */
  find(text: string): string[] {
    const found = new Set<string>();
    for (const [word, name] of this.#words) if (text.includes(word)) found.add(name);
    for (const [run] of text.matchAll(RUN)) {
      // JSON may escape a slash.
      const plain = run.includes('\\') ? run.replaceAll('\\', '') : run;
      for (let at = 0; at + PIECE <= plain.length; at++) {
        const name = this.#pieces.get(plain.slice(at, at + PIECE));
        if (name !== undefined) found.add(name);
      }
    }
    return [...found];
  }
}

/** Half a secret is enough: whoever cuts it short leaks it as well. */
function piecesOf(secret: string): Set<string> {
  const bytes = Buffer.from(secret);
  const texts = [secret, encodeURIComponent(secret), bytes.toString('hex')];
  for (let shift = 0; shift < 3; shift++) {
    // In base64 a text looks different at each of three places among others; its ends depend on them.
    const shifted = Buffer.concat([Buffer.alloc(shift, 'x'), bytes]);
    const base64 = shifted.toString('base64').slice(shift === 0 ? 0 : 4, -4);
    texts.push(base64, base64.replaceAll('+', '-').replaceAll('/', '_'));
  }
  // A content key is base64url: as bytes it could be written in other ways as well.
  if (/^[\w-]{43}$/.test(secret)) {
    const raw = Buffer.from(secret, 'base64url');
    texts.push(raw.toString('hex'), raw.toString('base64').replace(/=+$/, ''));
  }
  const upper = texts.map((text) => text.toUpperCase()).filter((text) => /^[0-9A-F]+$/.test(text));
  return new Set(
    [...texts, ...upper].flatMap((text) => [
      text.slice(0, PIECE),
      text.slice(-PIECE),
      text.slice((text.length - PIECE) >> 1).slice(0, PIECE),
    ]),
  );
}
