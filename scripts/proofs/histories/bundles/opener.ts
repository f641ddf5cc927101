/** Opens sealed key pairs at once: the onlooker judges while an effect happens, and can't wait. */
import { createDecipheriv } from 'node:crypto';
import type { LocalAccount } from '../../../../simulation/aws/index.ts';
import { readJwk } from '../../../../simulation/invariants/post.ts';
import { readHeader } from '../../../../src/sealing/seal.ts';
import type { Opener } from '../scenery.ts';

/** With every content key that was ever put into SSM, whatever became of it. */
export function wireOpener(account: LocalAccount): Opener {
  return {
    look(token) {
      const { rotationId } = readHeader(token);
      const jwk = [...account.secureValues].map(readJwk).find((one) => one?.kid === rotationId);
      const accessKeyId = jwk?.k === undefined ? undefined : unseal(token, jwk.k);
      return accessKeyId === undefined ? undefined : { accessKeyId, contentKey: jwk?.k ?? '' };
    },
  };
}

/** A compact JWE under A256GCM. @returns the access key ID in it */
function unseal(token: string, contentKey: string): string | undefined {
  const [header = '', , ...rest] = token.split('.');
  const [vector, text, tag] = rest.map((part) => Buffer.from(part, 'base64url'));
  if (!vector || !text || !tag) return undefined;
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(contentKey, 'base64url'), vector);
  cipher.setAAD(Buffer.from(header)).setAuthTag(tag);
  try {
    const plain = Buffer.concat([cipher.update(text), cipher.final()]).toString();
    return /AKIA[A-Z0-9]{16}/.exec(plain)?.[0];
  } catch {
    return undefined;
  }
}
