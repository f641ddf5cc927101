import { CreateAccessKeyCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { type Clients, createClients } from '../../src/aws/clients.ts';

let account: LocalAccount;
let clients: Clients;
const before = { ...process.env };

beforeAll(async () => {
  account = await startLocalAccount();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: account.endpoint,
    AWS_REGION: account.region,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  });
  clients = createClients();
  account.userActions.createUser('alice', {});
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await account.close();
});
beforeEach(() => {
  account.faults.clear();
  account.calls.reset();
});

describe('the clients of IAM', () => {
  it('repeat a call that may be repeated', async () => {
    account.faults.add({ match: { action: 'ListUsers' }, kind: 'error500' });
    await clients.iam.send(new ListUsersCommand({}));
    expect(account.calls.count('iam:ListUsers')).toBe(2);
  });

  it.each(['error500-after', 'reset-after', 'reset-before', 'throttle'] as const)(
    'never repeat the creation of a key, which may have made one already: %s',
    async (kind) => {
      account.faults.add({ match: { action: 'CreateAccessKey' }, kind });
      const create = clients.iamOnce.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
      await expect(create).rejects.toThrow();
      expect(account.calls.count('iam:CreateAccessKey')).toBe(1);
    },
  );
});
