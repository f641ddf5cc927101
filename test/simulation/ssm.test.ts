import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { type Clients, createClients, destroyClients } from './contract.ts';

let account: LocalAccount;
let clients: Clients;

beforeAll(async () => {
  account = await startLocalAccount();
  clients = createClients(account.endpoint);
});
afterAll(async () => {
  destroyClients(clients);
  await account.close();
});

const put = (Name: string, Value = 'value', Overwrite = false) =>
  clients.ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite }));
const remove = (Name: string) => clients.ssm.send(new DeleteParameterCommand({ Name }));
const get = async (Name: string) =>
  (await clients.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter;

describe('SSM in the local account', () => {
  it('notes a name that is used again within 30 seconds, and answers as usual', async () => {
    await put('/reuse/soon');
    await remove('/reuse/soon');
    account.clock.advance(29_000);
    await put('/reuse/soon', 'again');
    expect((await get('/reuse/soon'))?.Value).toBe('again');
    expect(account.violations).toEqual([
      'ssm: /reuse/soon was created again within 30 seconds of its deletion',
    ]);
    account.violations.length = 0;
  });

  it('finds nothing wrong with a name that is used again later, or overwritten', async () => {
    await put('/reuse/late');
    await remove('/reuse/late');
    account.clock.advance(30_000);
    await put('/reuse/late');
    await put('/reuse/late', 'over', true);
    expect(account.violations).toEqual([]);
  });

  it('keeps the values of SecureStrings for leak tests, and out of the log', async () => {
    await put('/leak', 'first secret');
    await put('/leak', 'second secret', true);
    expect(account.secureValues).toContain('first secret');
    expect(account.secureValues).toContain('second secret');
    expect(JSON.stringify(account.calls.log)).not.toContain('second secret');
  });

  it('logs the name of a parameter and the ARN that a policy has to allow', async () => {
    account.calls.reset();
    await put('/logged');
    expect(account.calls.log).toMatchObject([
      {
        service: 'ssm',
        action: 'PutParameter',
        resource: { Name: '/logged', Type: 'SecureString' },
        arn: 'arn:aws:ssm:us-east-1:111122223333:parameter/logged',
        outcome: 'ok',
      },
    ]);
  });

  it('lets people put and delete parameters', async () => {
    account.userActions.putParameter('/by/a-person', 'password');
    expect((await get('/by/a-person'))?.Value).toBe('password');
    expect(account.userActions.parameterNames()).toContain('/by/a-person');
    account.userActions.deleteParameter('/by/a-person');
    await expect(get('/by/a-person')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });
});
