import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readSecret, ssmParameters } from '../../src/aws/ssm-parameters.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Parameters } from '../../src/ports.ts';
import { sealer } from '../../src/sealer.ts';
import { type LocalAccount, startLocalAccount } from '../support/account/index.ts';

const NAME = '/ikr/secret/iam/alice';
let account: LocalAccount;
let ssm: SSMClient;
let parameters: Parameters;

beforeAll(async () => {
  account = await startLocalAccount();
  ssm = new SSMClient({
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  parameters = ssmParameters(ssm);
});
afterAll(() => account.close());
beforeEach(() => {
  account.hands.putParameter(NAME, 'x');
  account.hands.deleteParameter(NAME);
  account.clock.advance(60_000);
  account.calls.reset();
});

const content = (with_: Partial<{ rotationId: string; userId: string; key: Secret }> = {}) => ({
  rotationId: 'rotation-1',
  userId: 'AIDAALICE',
  key: sealer.newContentKey(),
  ...with_,
});

describe('the content keys in SSM', () => {
  it('are stored in one call and read back', async () => {
    const stored = content();
    expect(await parameters.put(NAME, stored)).toBe('stored');
    expect(account.calls.counts()).toEqual({ 'ssm:PutParameter': 1 });
    const read = await parameters.get(NAME);
    expect(read?.key.reveal()).toBe(stored.key.reveal());
    expect(read).toMatchObject({ rotationId: 'rotation-1', userId: 'AIDAALICE' });
  });

  it('overwrite an older one of the same user, without deleting it first', async () => {
    await parameters.put(NAME, content());
    await parameters.put(NAME, content({ rotationId: 'rotation-2' }));
    expect(await parameters.get(NAME)).toMatchObject({ rotationId: 'rotation-2' });
    expect(account.calls.count('ssm:DeleteParameter')).toBe(0);
    expect(account.violations).toEqual([]);
  });

  it("leave another user's alone, and tell whose it is", async () => {
    await parameters.put(NAME, content());
    const answer = await parameters.put(NAME, content({ userId: 'AIDABOB', rotationId: 'r-2' }));
    expect(answer).toEqual({ heldBy: { userId: 'AIDAALICE', rotationId: 'rotation-1' } });
    expect(await parameters.get(NAME)).toMatchObject({ userId: 'AIDAALICE' });
  });

  it("take another user's over when asked to, with the new owner's tag before the new value", async () => {
    await parameters.put(NAME, content());
    account.calls.reset();
    await parameters.put(NAME, content({ userId: 'AIDABOB' }), { takeOver: true });
    expect(account.calls.log.map(({ action }) => action)).toEqual([
      'PutParameter',
      'GetParameter',
      'AddTagsToResource',
      'PutParameter',
    ]);
    expect(await parameters.get(NAME)).toMatchObject({ userId: 'AIDABOB' });
  });

  it.each(['not json', '{}', '{"kty":"oct","k":"short","kid":"r","sub":"u"}', '[]', 'null'])(
    'are not found in %j, which a person put there, and overwrite it',
    async (value) => {
      account.hands.putParameter(NAME, value);
      expect(await parameters.get(NAME)).toBeUndefined();
      expect(await parameters.put(NAME, content())).toBe('stored');
    },
  );

  it('are removed with their own rotation only', async () => {
    await parameters.put(NAME, content());
    await parameters.remove(NAME, 'rotation-2');
    expect(await parameters.get(NAME)).toBeDefined();
    await parameters.remove(NAME, 'rotation-1');
    expect(await parameters.get(NAME)).toBeUndefined();
    await parameters.remove(NAME, 'rotation-1');
  });
});

describe('a secret of an administrator', () => {
  it('is read by name', async () => {
    account.hands.putParameter('/mail/password', 'correct horse');
    const secret = await readSecret(ssm, '/mail/password');
    expect(secret.reveal()).toBe('correct horse');
    expect(secret).toBeInstanceOf(Secret);
  });

  it('is asked for by name when it is missing', async () => {
    await expect(readSecret(ssm, '/mail/missing')).rejects.toThrow(
      /\/mail\/missing does not exist or is empty: create it as SecureString/,
    );
  });
});
