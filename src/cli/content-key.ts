/** A content key that a person gives by hand, so that a mail can be opened without AWS. */
import * as z from 'zod/mini';
import { Secret } from '../domain/secret.ts';
import { UsageError } from './failure.ts';
import { readTextFile } from './input.ts';

export interface GivenKey {
  readonly key: Secret;
  /** What the JWK says of its rotation; a bare key says nothing. */
  readonly rotationId?: string;
}

const KEY = /^[\w-]{43}$/;
const jwkSchema = z.object({
  kty: z.literal('oct'),
  k: z.string().check(z.regex(KEY)),
  kid: z.optional(z.string()),
});

/**
 * Reads a content key.
 * @param given a JWK, 43 characters of base64url, or `@` and the name of a file with either
 * @throws UsageError that never repeats what was given
 */
export async function readContentKey(given: string): Promise<GivenKey> {
  const text = (given.startsWith('@') ? await readTextFile(given.slice(1)) : given).trim();
  const bare = text.replace(/=$/, '').replace(/\+/g, '-').replace(/\//g, '_');
  if (KEY.test(bare)) return { key: new Secret(bare) };
  const jwk = jwkSchema.safeParse(parse(text));
  if (!jwk.success) {
    throw new UsageError(
      'The key given with --key is no content key: it must be the JWK from the parameter, {"kty":"oct","k":"…","kid":"…"}, or 43 characters of base64url.',
    );
  }
  const { k, kid } = jwk.data;
  return { key: new Secret(k), ...(kid !== undefined && { rotationId: kid }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
