import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { readSecret, ssmParameters } from '../../src/aws/ssm-parameters.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { ContentKeys } from '../../src/ports/account.ts';
import type { LogFields } from '../../src/ports/log.ts';
import { sealer } from '../../src/sealing/sealer.ts';

const NAME = '/ikr/secret/iam/alice';
let account: LocalAccount;
let ssm: SSMClient;
let parameters: ContentKeys;
const warnings: LogFields[] = [];

beforeAll(async () => {
  account = await startLocalAccount();
  ssm = new SSMClient({
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const log = { warn: (_message: string, fields: LogFields = {}) => void warnings.push(fields) };
  parameters = ssmParameters(ssm, { log });
});
afterAll(() => account.close());
beforeEach(() => {
  account.userActions.putParameter(NAME, 'x');
  account.userActions.deleteParameter(NAME);
  account.clock.advance(60_000);
  account.calls.reset();
  account.faults.clear();
  warnings.length = 0;
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
      account.userActions.putParameter(NAME, value);
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

/** `ssm_kms_key_id` was changed, or the key was disabled: what it encrypted can't be read any more. */
describe('a content key that can not be decrypted', () => {
  const USER = 'User: arn:aws:sts::123456789012:assumed-role/rotator/rotator';
  const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';
  const refuse = (code: string, message: string) => {
    const match = { action: 'GetParameter' };
    account.faults.add({ match, kind: 'deny', code, message, times: Number.POSITIVE_INFINITY });
  };
  const standing = async () => {
    account.faults.clear();
    return (await parameters.get(NAME))?.rotationId;
  };

  describe.each([
    [
      'the function may not use its KMS key',
      'AccessDeniedException',
      `${USER} is not authorized to perform: kms:Decrypt on resource: ${KEY} because no identity-based policy allows the kms:Decrypt action (Service: Kms, Status Code: 400)`,
    ],
    [
      'its KMS key is deleted',
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    ],
    ['its KMS key is disabled', 'InvalidKeyId', `${KEY} is disabled.`],
  ])('because %s', (_, code, message) => {
    it('stays, is told, and lets the rotation close', async () => {
      await parameters.put(NAME, content());
      refuse(code, message);
      await parameters.remove(NAME, 'rotation-1');
      expect(await standing()).toBe('rotation-1');
      expect(warnings).toEqual([{ parameter: NAME, error: `${code}: ${message}` }]);
    });

    it.each([false, true])('is not overwritten, and told (%s)', async (takeOver) => {
      await parameters.put(NAME, content());
      refuse(code, message);
      const next = content({ rotationId: 'rotation-2' });
      expect(await parameters.put(NAME, next, { takeOver })).toBe('undecryptable');
      expect(warnings).toEqual([{ parameter: NAME, error: `${code}: ${message}` }]);
      expect(await standing()).toBe('rotation-1');
    });
  });

  it.each([
    [
      'the permission to read parameters',
      'AccessDeniedException',
      `${USER} is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/ikr/secret/iam/kms-decrypt`,
    ],
    ['any word of why', 'AccessDeniedException', 'Access is denied.'],
  ])('is not taken for one that lacks %s', async (_, code, message) => {
    await parameters.put(NAME, content());
    refuse(code, message);
    await expect(parameters.remove(NAME, 'rotation-1')).rejects.toThrow(message);
    await expect(parameters.put(NAME, content())).rejects.toThrow(message);
    expect(warnings).toEqual([]);
  });
});

describe('a secret of an administrator', () => {
  it('is read by name', async () => {
    account.userActions.putParameter('/mail/password', 'correct horse');
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
