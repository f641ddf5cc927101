import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base64url, CompactEncrypt, decodeProtectedHeader } from 'jose';
import { Secret } from '../../src/domain/secret.ts';
import { readHeader, SealError, unseal } from '../../src/sealing/seal.ts';
import { sealer } from '../../src/sealing/sealer.ts';

import { anyText } from '../support/any-text.ts';

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

describe('a token that somebody has made or changed', () => {
  const key = sealer.newContentKey();
  const bytesOf = (secret: Secret) => base64url.decode(secret.reveal());
  const protectedHeader = {
    alg: 'dir',
    enc: 'A256GCM',
    kid: header.rotationId,
    user: header.userArn,
    parameter: header.parameterName,
    region: header.region,
  };
  const withHeader = (hostile: unknown) =>
    [base64url.encode(JSON.stringify(hostile)), '', 'A'.repeat(16), 'AAAA', 'A'.repeat(22)].join(
      '.',
    );

  it('is never opened, wherever a character was changed, added or taken away', async () => {
    const token = await sealer.seal(pair, key, header);
    const change = fc.tuple(
      fc.nat({ max: token.length - 1 }),
      fc.constantFrom('', 'A', 'B', '.', '-', '=', '..', 'AA', '\n', '\u0000'),
      fc.nat({ max: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(change, async ([at, put, taken]) => {
        const changed = token.slice(0, at) + put + token.slice(at + taken);
        // The last character of a part holds bits that mean nothing: the bytes are the same.
        const same = (one: string) =>
          one
            .split('.')
            .map((part) => Buffer.from(part, 'base64url').toString('hex'))
            .join('.');
        fc.pre(same(changed) !== same(token));
        await expect(unseal(changed, key)).rejects.toThrow(SealError);
      }),
    );
  });

  it('is never opened with parts of another one', async () => {
    const mine = (await sealer.seal(pair, key, header)).split('.');
    const other = { ...header, rotationId: 'rotation-2' };
    const theirs = (await sealer.seal(pair, key, other)).split('.');
    const picks = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(picks, async (pick) => {
        const mixed = mine.map((part, at) => (pick[at] ? theirs[at] : part)).join('.');
        fc.pre(mixed !== mine.join('.') && mixed !== theirs.join('.'));
        await expect(unseal(mixed, key)).rejects.toThrow(SealError);
      }),
    );
  });

  it('says nothing in its header that is not one short word each', () => {
    const value = fc.oneof(
      anyText(),
      fc.constantFrom('a b', 'a\nikr: run this', '\u001b[2J', '', '\u202e', 'x'.repeat(5000)),
      fc.jsonValue(),
      fc.constant({ toString: 1, valueOf: 1 }),
    );
    const field = fc.constantFrom(...Object.keys(protectedHeader));
    fc.assert(
      fc.property(field, value, (name, hostile) => {
        const token = withHeader({ ...protectedHeader, [name]: hostile });
        try {
          for (const told of Object.values(readHeader(token))) {
            expect(told).toMatch(/^[\x21-\x7e]{1,2048}$/);
          }
          expect(['alg', 'enc'].includes(name) ? hostile : 'dir').toMatch(/^(dir|A256GCM)$/);
        } catch (error) {
          expect(error).toBeInstanceOf(SealError);
          expect((error as Error).message).toMatch(
            /^This is not a whole sealed key pair: [\x20-\x7e]+$/,
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    { alg: 'none' },
    { alg: 'RSA-OAEP-256' },
    { alg: 'PBES2-HS256+A128KW', p2c: 2_000_000_000, p2s: 'AAAA' },
    { alg: 'A256KW' },
    { enc: 'A128CBC-HS256' },
    { enc: 'A128GCM' },
  ])('is not tried by another algorithm than ours: %j', async (changes) => {
    const token = withHeader({ ...protectedHeader, ...changes });
    await expect(unseal(token, key)).rejects.toThrow('it is not encrypted as dir/A256GCM');
  });

  it.each(['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '5', 'null', '[]', '{"AccessKeyId":"x"}'])(
    'tells nothing of what it holds when that is no key pair: %s',
    async (payload) => {
      const token = await new CompactEncrypt(new TextEncoder().encode(payload))
        .setProtectedHeader(protectedHeader)
        .encrypt(bytesOf(key));
      await expect(unseal(token, key)).rejects.toThrow(
        new SealError('The token was opened, but holds no key pair.'),
      );
    },
  );
});
