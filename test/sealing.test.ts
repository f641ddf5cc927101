import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { Secret } from '../src/domain/secret.ts';
import { readHeader, SealError, sealer, unseal } from '../src/sealing.ts';

const header = {
  rotationId: 'rotation-1',
  userArn: 'arn:aws:iam::123456789012:user/alice',
  parameterName: '/ikr/secret/iam/alice',
  region: 'eu-central-1',
};
const pair = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
};

describe('a sealed key pair', () => {
  it('is opened by its content key', async () => {
    const key = sealer.newContentKey();
    const opened = await unseal(await sealer.seal(pair, key, header), key);
    expect(opened.accessKeyId).toBe(pair.accessKeyId);
    expect(opened.secretAccessKey.reveal()).toBe(pair.secretAccessKey.reveal());
  });

  it('says in its protected header how it is sealed, and whose it is', async () => {
    const token = await sealer.seal(pair, sealer.newContentKey(), header);
    expect(decodeProtectedHeader(token)).toMatchObject({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'rotation-1',
    });
    expect(readHeader(token)).toEqual(header);
  });

  it('shows neither the pair nor the content key', async () => {
    const key = sealer.newContentKey();
    const token = await sealer.seal(pair, key, header);
    const visible = token
      .split('.')
      .map((part) => part + Buffer.from(part, 'base64url').toString('latin1'))
      .join('');
    expect(visible).not.toContain(pair.secretAccessKey.reveal());
    expect(visible).not.toContain(pair.accessKeyId);
    expect(visible).not.toContain(key.reveal());
  });

  it('has a content key of 256 bits that is never the same', () => {
    const keys = Array.from({ length: 50 }, () => sealer.newContentKey().reveal());
    expect(new Set(keys).size).toBe(50);
    for (const key of keys) expect(Buffer.from(key, 'base64url')).toHaveLength(32);
  });

  it('is refused with a clear message when the content key is another one', async () => {
    const token = await sealer.seal(pair, sealer.newContentKey(), header);
    await expect(unseal(token, sealer.newContentKey())).rejects.toThrow(
      /content key does not open this token/,
    );
  });

  it.each([1, 20, 60, 100, 200, 400])('is refused when it is cut by %d characters', async (cut) => {
    const key = sealer.newContentKey();
    const token = await sealer.seal(pair, key, header);
    await expect(unseal(token.slice(0, -cut), key)).rejects.toThrow(SealError);
  });

  it('is refused when its header was exchanged', async () => {
    const key = sealer.newContentKey();
    const mine = await sealer.seal(pair, key, header);
    const other = await sealer.seal(pair, key, { ...header, userArn: 'arn:aws:iam::1:user/eve' });
    const swapped = [other.split('.')[0], ...mine.split('.').slice(1)].join('.');
    await expect(unseal(swapped, key)).rejects.toThrow(SealError);
  });

  it('never tells the secret in an error', async () => {
    const key = sealer.newContentKey();
    const token = await sealer.seal(pair, key, header);
    const error = await unseal(`${token}x`, key).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(key.reveal());
  });

  it.each(['', 'x', 'a.b.c.d.e', 'eyJhbGciOiJub25lIn0..x.y.z', '....'])(
    'is not what %j is',
    (token) => {
      expect(() => readHeader(token)).toThrow(/not a whole sealed key pair/);
    },
  );
});
