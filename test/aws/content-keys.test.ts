import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { readSecretParameter, ssmContentKeys } from '../../src/aws/content-keys.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { ContentKeys } from '../../src/ports/account.ts';
import type { LogFields } from '../../src/ports/log.ts';
import { sealer } from '../../src/sealing/sealer.ts';

const NAME = '/ikr/secret/iam/alice/AIDAALICE';
/** A content key, of alice's first rotation unless told. */
const content = (with_: Partial<{ rotationId: string; userId: string; key: Secret }> = {}) => ({
  rotationId: 'rotation-1',
  userId: 'AIDAALICE',
  key: sealer.newContentKey(),
  ...with_,
});

let account: LocalAccount;
let ssm: SSMClient;
let contentKeys: ContentKeys;
const warnings: LogFields[] = [];
const asked: object[] = [];

beforeAll(async () => {
  account = await startLocalAccount();
  ssm = new SSMClient({
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
  ssm.middlewareStack.add((next) => (call) => {
    asked.push(call.input);
    return next(call);
  });
  const log = { warn: (_message: string, fields: LogFields = {}) => void warnings.push(fields) };
  contentKeys = ssmContentKeys(ssm, { log });
});
afterAll(() => account.close());
beforeEach(() => {
  account.userActions.putParameter(NAME, 'x');
  account.userActions.deleteParameter(NAME);
  account.clock.advance(60_000);
  account.calls.reset();
  account.faults.clear();
  warnings.length = 0;
  asked.length = 0;
});

describe('the content keys in SSM', () => {
  it('are stored in one call and read back', async () => {
    const stored = content();
    expect(await contentKeys.put(NAME, stored, [])).toBe('stored');
    expect(account.calls.counts()).toEqual({ 'ssm:PutParameter': 1 });
    const read = await contentKeys.get(NAME);
    expect(read?.key.reveal()).toBe(stored.key.reveal());
    expect(read).toMatchObject({ rotationId: 'rotation-1', userId: 'AIDAALICE' });
  });

  it('carry no tags: whose they are is in their names', async () => {
    await contentKeys.put(NAME, content(), []);
    expect(asked).toEqual([expect.objectContaining({ Name: NAME, Type: 'SecureString' })]);
    expect(asked[0]).not.toHaveProperty('Tags');
  });

  it('overwrite what a known earlier rotation of the user left, without deleting it first', async () => {
    await contentKeys.put(NAME, content(), []);
    account.calls.reset();
    const next = content({ rotationId: 'rotation-2' });
    expect(await contentKeys.put(NAME, next, ['rotation-0', 'rotation-1'])).toBe('stored');
    expect(account.calls.log.map(({ action }) => action)).toEqual([
      'PutParameter',
      'GetParameter',
      'PutParameter',
    ]);
    const read = await contentKeys.get(NAME);
    expect(read).toMatchObject({ rotationId: 'rotation-2' });
    expect(read?.key.reveal()).toBe(next.key.reveal());
    expect(account.violations).toEqual([]);
  });

  it('overwrite what the same rotation left when its run was interrupted', async () => {
    await contentKeys.put(NAME, content(), []);
    const again = content();
    expect(await contentKeys.put(NAME, again, [])).toBe('stored');
    expect((await contentKeys.get(NAME))?.key.reveal()).toBe(again.key.reveal());
  });

  it.each([
    ["another user's", content({ userId: 'AIDABOB' }), ['rotation-1']],
    ["another user's of the same rotation", content({ userId: 'AIDABOB', rotationId: 'mine' }), []],
    ['that of a rotation which is not known', content(), ['rotation-0']],
    ['that of a rotation when none is known', content(), []],
  ])('leave %s alone, and tell whose it is', async (_, standing, mayReplace) => {
    await contentKeys.put(NAME, standing, []);
    account.calls.reset();
    const answer = await contentKeys.put(NAME, content({ rotationId: 'mine' }), mayReplace);
    const { userId, rotationId } = standing;
    expect(answer).toEqual({ standing: { userId, rotationId } });
    expect(account.calls.count('ssm:PutParameter')).toBe(1);
    expect((await contentKeys.get(NAME))?.key.reveal()).toBe(standing.key.reveal());
  });

  it.each(['not json', '{}', '{"kty":"oct","k":"short","kid":"r","sub":"u"}', '[]', 'null'])(
    'are not found in %j, which a person put there, and leave it alone',
    async (value) => {
      account.userActions.putParameter(NAME, value);
      expect(await contentKeys.get(NAME)).toBeUndefined();
      expect(await contentKeys.put(NAME, content(), ['rotation-1'])).toEqual({
        standing: undefined,
      });
      await contentKeys.remove(NAME, 'rotation-1');
      expect(account.calls.count('ssm:DeleteParameter')).toBe(0);
      expect(account.calls.count('ssm:PutParameter')).toBe(1);
    },
  );

  it('are removed with their own rotation only', async () => {
    await contentKeys.put(NAME, content(), []);
    await contentKeys.remove(NAME, 'rotation-2');
    expect(await contentKeys.get(NAME)).toBeDefined();
    await contentKeys.remove(NAME, 'rotation-1');
    expect(await contentKeys.get(NAME)).toBeUndefined();
    await contentKeys.remove(NAME, 'rotation-1');
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
    return (await contentKeys.get(NAME))?.rotationId;
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
      await contentKeys.put(NAME, content(), []);
      refuse(code, message);
      await contentKeys.remove(NAME, 'rotation-1');
      expect(await standing()).toBe('rotation-1');
      expect(warnings).toEqual([{ parameter: NAME, error: `${code}: ${message}` }]);
    });

    it('is not overwritten, whatever may be replaced, and told', async () => {
      await contentKeys.put(NAME, content(), []);
      refuse(code, message);
      const next = content({ rotationId: 'rotation-2' });
      expect(await contentKeys.put(NAME, next, ['rotation-1'])).toBe('undecryptable');
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
    await contentKeys.put(NAME, content(), []);
    refuse(code, message);
    await expect(contentKeys.remove(NAME, 'rotation-1')).rejects.toThrow(message);
    await expect(contentKeys.put(NAME, content(), [])).rejects.toThrow(message);
    expect(warnings).toEqual([]);
  });
});

describe('a secret of an administrator', () => {
  it('is read by name', async () => {
    account.userActions.putParameter('/mail/password', 'correct horse');
    const secret = await readSecretParameter(ssm, '/mail/password');
    expect(secret.reveal()).toBe('correct horse');
    expect(secret).toBeInstanceOf(Secret);
  });

  it('is asked for by name when it is missing', async () => {
    await expect(readSecretParameter(ssm, '/mail/missing')).rejects.toThrow(
      /\/mail\/missing does not exist or is empty: create it as SecureString/,
    );
  });
});
