/** Opens sealed key pairs at once: an observer judges while an effect happens, and can't wait. */
import { createDecipheriv } from 'node:crypto';
import { readHeader } from '../../src/sealing/seal.ts';
import type { LocalAccount } from '../aws/index.ts';
import { readContentKey } from './content-key.ts';

/** What is in a sealed key pair, and which content key opens it. */
export interface OpenedPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly contentKey: string;
}

export interface Opener {
  open(token: string): OpenedPair | undefined;
}

/** With every content key that was ever put into SSM, whatever became of it. */
export function accountOpener({ secureValues }: LocalAccount): Opener {
  return {
    open(token) {
      const { rotationId } = readHeader(token);
      const keys = [...secureValues].map(readContentKey);
      const contentKey = keys.findLast((key) => key?.kid === rotationId)?.k;
      return contentKey === undefined ? undefined : unseal(token, contentKey);
    },
  };
}

/** A compact JWE under A256GCM. */
function unseal(token: string, contentKey: string): OpenedPair | undefined {
  const [header = '', , ...rest] = token.split('.');
  const [vector, text, tag] = rest.map((part) => Buffer.from(part, 'base64url'));
  if (!vector || !text || !tag) return undefined;
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(contentKey, 'base64url'), vector);
  cipher.setAAD(Buffer.from(header)).setAuthTag(tag);
  try {
    const pair = JSON.parse(Buffer.concat([cipher.update(text), cipher.final()]).toString()) as {
      AccessKeyId: string;
      SecretAccessKey: string;
    };
    return { accessKeyId: pair.AccessKeyId, secretAccessKey: pair.SecretAccessKey, contentKey };
  } catch {
    return undefined;
  }
}
