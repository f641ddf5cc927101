/**
 * Sealing a key pair: JWE compact serialization (RFC 7516), `alg: dir`, `enc: A256GCM`, under a
 * content key that is made for one rotation and lives in SSM.
 *
 * With `dir`, the content key itself encrypts (RFC 7518 §4.5). A key is used for one payload only:
 * sealing the same pair again is never needed, since the sealed pair is kept.
 */
import { base64url, CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import type { KeyPair } from '../domain/identity.ts';
import { Secret } from '../domain/secret.ts';
import type { SealedHeader } from '../ports/sealer.ts';

/** A token that cannot be opened; the message says why and what to do. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** Seals a key pair under the content key of its rotation. */
export async function seal(
  pair: KeyPair,
  contentKey: Secret,
  header: SealedHeader,
): Promise<string> {
  const payload = JSON.stringify({
    AccessKeyId: pair.accessKeyId,
    SecretAccessKey: pair.secretAccessKey.reveal(),
  });
  return new CompactEncrypt(new TextEncoder().encode(payload))
    .setProtectedHeader({
      alg: 'dir',
      enc: 'A256GCM',
      kid: header.rotationId,
      user: header.userArn,
      parameter: header.parameterName,
      region: header.region,
    })
    .encrypt(base64url.decode(contentKey.reveal()));
}

/** Longer than any ARN and any parameter's name. */
const MAX_NAME_LENGTH = 2048;

/** What may stand in a message before the token is opened: one word, whoever wrote it. */
function isName(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= MAX_NAME_LENGTH && /^[\x21-\x7e]+$/.test(value)
  );
}

/**
 * What a token says about itself. It is not authenticated before the token is opened.
 * @throws SealError when the text is no sealed key pair, or not all of one
 */
export function readHeader(token: string): SealedHeader {
  const broken = (why: string) =>
    new SealError(`This is not a whole sealed key pair: ${why}. Copy it again, from BEGIN to END.`);
  const parts = token.split('.');
  if (parts.length !== 5) throw broken(`it has ${parts.length} parts instead of 5`);
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw broken('its first part cannot be read');
  }
  const { alg, enc, kid, user, parameter, region } = header;
  if (alg !== 'dir' || enc !== 'A256GCM') {
    throw broken('it is not encrypted as dir/A256GCM');
  }
  if (!isName(kid) || !isName(user) || !isName(parameter) || !isName(region)) {
    throw broken('its header does not name the rotation, the user, the parameter and the Region');
  }
  return { rotationId: kid, userArn: user, parameterName: parameter, region };
}

/**
 * Opens a sealed key pair.
 * @throws SealError when the content key is another one, or the token was changed or cut
 */
export async function unseal(token: string, contentKey: Secret): Promise<KeyPair> {
  readHeader(token);
  let plaintext: Uint8Array;
  try {
    const opened = await compactDecrypt(token, base64url.decode(contentKey.reveal()), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    plaintext = opened.plaintext;
  } catch {
    // The cause is left out on purpose: what an error of the cipher holds is not ours to show.
    throw new SealError(
      'The content key does not open this token: it belongs to another rotation, or the token was cut or changed on its way.',
    );
  }
  const { AccessKeyId, SecretAccessKey } = parseObject(new TextDecoder().decode(plaintext));
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
    throw new SealError('The token was opened, but holds no key pair.');
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: new Secret(SecretAccessKey) };
}

/** The error of `JSON.parse` would quote what it cannot read, and that may be a secret. */
function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
