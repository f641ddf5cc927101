import type { Opener } from '../../../../simulation/scenario/opener.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Sealer } from '../../../../src/ports/sealer.ts';
import { SealError } from '../../../../src/sealing/seal.ts';

/** What every content key of this sealer begins with, so that a leak is seen. */
export const CONTENT_KEY_MARK = 'CONTENT-KEY';

/** A sealer that only remembers what it sealed: cryptography has its own tests, and takes time. */
export type InstantSealer = Sealer & Opener;

export function instantSealer(): InstantSealer {
  const sealed = new Map<string, { pair: Parameters<Sealer['seal']>[0]; contentKey: string }>();
  let count = 0;
  return {
    newRotationId: () => `rotation-${++count}`,
    newContentKey: () => new Secret(`${CONTENT_KEY_MARK}-${++count}`),

    async seal(pair, contentKey, { rotationId: kid, userArn: user, parameterName, region }) {
      const header = { alg: 'dir', enc: 'A256GCM', kid, user, parameter: parameterName, region };
      // The shape that mails are searched for: 12 bytes of vector, a ciphertext, 16 bytes of tag.
      const token = [
        Buffer.from(JSON.stringify(header)).toString('base64url'),
        '',
        String(++count).padStart(16, 'V'),
        'C'.repeat(120),
        'T'.repeat(21).concat('A'),
      ].join('.');
      sealed.set(token, { pair, contentKey: contentKey.reveal() });
      return token;
    },

    async unseal(token, contentKey) {
      const found = sealed.get(token);
      if (found?.contentKey !== contentKey.reveal()) {
        throw new SealError('the content key does not open this token');
      }
      return found.pair;
    },

    open(token) {
      const found = sealed.get(token);
      if (!found) return undefined;
      const { accessKeyId, secretAccessKey } = found.pair;
      const { contentKey } = found;
      return { accessKeyId, secretAccessKey: secretAccessKey.reveal(), contentKey };
    },
  };
}
