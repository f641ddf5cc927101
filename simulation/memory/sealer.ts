import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { Secret } from '../../src/domain/secret.ts';
import type { Sealer } from '../../src/ports/sealer.ts';
import { SealError } from '../../src/sealing/seal.ts';

/**
 * A sealer of real tokens (JWE, `dir`, A256GCM) that is fast and answers at once, and whose IDs and
 * keys are the same in every test run.
 */
export function countingSealer(): Sealer {
  let count = 0;
  const digest = (what: string) => createHash('sha256').update(`${what} ${++count}`).digest();
  return {
    newRotationId: () => `rotation-${++count}`,
    newContentKey: () => new Secret(digest('content key').toString('base64url')),

    async seal({ accessKeyId, secretAccessKey }, contentKey, header) {
      const { rotationId: kid, userArn: user, parameterName: parameter, region } = header;
      const protectedHeader = encode({ alg: 'dir', enc: 'A256GCM', kid, user, parameter, region });
      const vector = digest('vector').subarray(0, 12);
      const cipher = createCipheriv('aes-256-gcm', bytesOf(contentKey), vector);
      cipher.setAAD(Buffer.from(protectedHeader));
      const payload = JSON.stringify({
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey.reveal(),
      });
      const sealed = Buffer.concat([cipher.update(payload), cipher.final()]);
      const parts = [vector, sealed, cipher.getAuthTag()];
      return [protectedHeader, '', ...parts.map((part) => part.toString('base64url'))].join('.');
    },

    async unseal(token, contentKey) {
      const [header = '', , ...parts] = token.split('.');
      const [vector, sealed, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
      if (!vector || !sealed || !tag) throw new SealError('this is no token');
      const cipher = createDecipheriv('aes-256-gcm', bytesOf(contentKey), vector);
      cipher.setAAD(Buffer.from(header));
      cipher.setAuthTag(tag);
      try {
        const payload = Buffer.concat([cipher.update(sealed), cipher.final()]).toString();
        const { AccessKeyId, SecretAccessKey } = JSON.parse(payload);
        return { accessKeyId: AccessKeyId, secretAccessKey: new Secret(SecretAccessKey) };
      } catch {
        throw new SealError('the content key does not open this token');
      }
    },
  };
}

function bytesOf(key: Secret): Buffer {
  return Buffer.from(key.reveal(), 'base64url');
}

function encode(json: unknown): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}
