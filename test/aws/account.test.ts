import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { nameOf } from '../../simulation/aws/calls.ts';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { createAccount, createClients } from '../../src/aws/account.ts';
import type { AccountCredentials } from '../../src/aws/clients.ts';
import { dynamodbJournal } from '../../src/aws/dynamodb-journal.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Account } from '../../src/ports/account.ts';
import type { Log } from '../../src/ports/log.ts';

/** Of the function itself, from the environment. */
const HOME = 'ASIAHOME000000000000';
/** Of a role that the function has assumed in another account. */
const MEMBER = 'ASIAMEMBER0000000000';
const CONTENT_KEY = '/ikr/secret/iam/alice/AIDAALICE';
const TABLE = 'rotations';

let local: LocalAccount;
const before = { ...process.env };
const clock = { nowMs: () => local.clock.nowMs(), sleep: async () => {} };
const quiet = () => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

beforeAll(async () => {
  local = await startLocalAccount({ alias: 'example-prod' });
  await local.createTable(TABLE);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: local.endpoint,
    AWS_REGION: local.region,
    AWS_ACCESS_KEY_ID: HOME,
    AWS_SECRET_ACCESS_KEY: 'home',
    AWS_SESSION_TOKEN: 'home',
  });
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await local.close();
});
beforeEach(() => local.calls.reset());

const accountWith = (credentials?: AccountCredentials) =>
  createAccount(local.accountId, createClients(credentials), { clock, log });

/** One call of every method: a client that is added later shows up here. */
async function useAll({ keys, inventory, contentKeys, describe: nameIt }: Account) {
  const userName = `user-${local.userActions.users().length}`;
  local.userActions.createUser(userName);
  await nameIt();
  await inventory.users();
  await inventory.reportRows();
  const { accessKeyId } = await keys.create(userName);
  await keys.list(userName);
  await keys.userId(userName);
  await keys.owner(accessKeyId);
  await keys.deactivate(userName, accessKeyId);
  await keys.activate(userName, accessKeyId);
  await keys.delete(userName, accessKeyId);
  const key = new Secret('k'.repeat(43));
  await contentKeys.put(CONTENT_KEY, { rotationId: 'rotation-1', userId: 'AIDAALICE', key }, []);
  await contentKeys.get(CONTENT_KEY);
  await contentKeys.remove(CONTENT_KEY, 'rotation-1');
}

/** Which actions were called with which access key. */
function signers(): Record<string, string[]> {
  const by: Record<string, Set<string>> = {};
  for (const call of local.calls.log) {
    const signer = call.signedWith ?? 'nobody';
    by[signer] ??= new Set();
    by[signer].add(nameOf(call));
  }
  return Object.fromEntries(Object.entries(by).map(([key, actions]) => [key, [...actions].sort()]));
}

const CALLS_OF_AN_ACCOUNT = [
  'iam:CreateAccessKey',
  'iam:DeleteAccessKey',
  'iam:GenerateCredentialReport',
  'iam:GetAccessKeyLastUsed',
  'iam:GetAccountAuthorizationDetails',
  'iam:GetCredentialReport',
  'iam:GetUser',
  'iam:ListAccessKeys',
  'iam:ListAccountAliases',
  'iam:UpdateAccessKey',
  'ssm:DeleteParameter',
  'ssm:GetParameter',
  'ssm:PutParameter',
];

describe('an account', () => {
  it('makes every call with the credentials that it was given, and none with those of the function', async () => {
    await useAll(
      await accountWith({ accessKeyId: MEMBER, secretAccessKey: 'x', sessionToken: 'x' }),
    );
    expect(signers()).toEqual({ [MEMBER]: CALLS_OF_AN_ACCOUNT });
  });

  it('makes every call with the credentials of the function when it was given none', async () => {
    await useAll(await accountWith());
    expect(signers()).toEqual({ [HOME]: CALLS_OF_AN_ACCOUNT });
  });

  it('does not lend its credentials to the journal, which is in the home account', async () => {
    const { dynamodb } = createClients({ accessKeyId: MEMBER, secretAccessKey: 'x' });
    await dynamodbJournal(TABLE, local.accountId, dynamodb, clock).readAccount();
    expect(signers()).toEqual({ [HOME]: ['dynamodb:Query'] });
  });

  it('is the one that it was made for, in the Region of its clients, and asks for its alias once', async () => {
    const account = await accountWith();
    expect(account).toMatchObject({ id: local.accountId, region: local.region });
    const identity = { accountId: local.accountId, alias: 'example-prod' };
    expect([await account.describe(), await account.describe()]).toEqual([identity, identity]);
    expect(local.calls.counts()).toEqual({ 'iam:ListAccountAliases': 1 });
  });
});
