import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSendQuotaCommand } from '@aws-sdk/client-ses';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { startLambda } from '../../simulation/aws/lambda-host.ts';
import { type Clients, createClients, destroyClients, expectRefusal } from './contract.ts';

let account: LocalAccount;
let clients: Clients;

beforeAll(async () => {
  account = await startLocalAccount();
  clients = createClients(account.endpoint);
  account.userActions.createUser('jane');
});
afterAll(async () => {
  destroyClients(clients);
  await account.close();
});
afterEach(() => {
  account.faults.clear();
  for (const { accessKeyId } of account.userActions.keys('jane'))
    account.userActions.deleteKey(accessKeyId);
});

const createKey = (iam = clients.iam) => iam.send(new CreateAccessKeyCommand({ UserName: 'jane' }));

describe('the refusals of each service', () => {
  const calls: [service: string, call: () => Promise<unknown>, names: string[]][] = [
    ['iam', () => createKey(), ['Throttling', 'AccessDenied', 'ServiceFailureException']],
    [
      'sts',
      () => clients.sts.send(new GetCallerIdentityCommand({})),
      ['Throttling', 'AccessDenied', 'InternalFailure'],
    ],
    [
      'ses',
      () => clients.ses.send(new GetSendQuotaCommand({})),
      ['Throttling', 'AccessDenied', 'InternalFailure'],
    ],
    [
      'ssm',
      () => clients.ssm.send(new GetParameterCommand({ Name: '/a' })),
      ['ThrottlingException', 'AccessDeniedException', 'InternalServerError'],
    ],
    [
      'dynamodb',
      () => clients.dynamodb.send(new PutItemCommand({ TableName: 'any', Item: {} })),
      ['ProvisionedThroughputExceededException', 'AccessDeniedException', 'InternalServerError'],
    ],
    [
      'lambda',
      () => clients.lambda.send(new InvokeCommand({ FunctionName: 'a' })),
      ['TooManyRequestsException', 'AccessDeniedException', 'ServiceException'],
    ],
  ];
  it.each(calls)('are those of %s', async (service, call, names) => {
    const seen: string[] = [];
    for (const kind of ['throttle', 'deny', 'error500'] as const) {
      account.faults.add({ match: { service }, kind });
      seen.push(await call().then(String, ({ name }: Error) => name));
    }
    expect(seen).toEqual(names);
  });

  it('speak the protocol, so that the client retries what can be retried', async () => {
    const patient = new IAMClient({
      endpoint: account.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'none' },
    });
    account.faults.add({ match: { service: 'iam' }, kind: 'throttle' });
    const { AccessKey, $metadata } = await createKey(patient);
    patient.destroy();
    expect([AccessKey?.UserName, $metadata.attempts]).toEqual(['jane', 2]);
  });
});

describe('a lost connection', () => {
  it.each([
    ['reset-before', 0],
    ['reset-after', 1],
  ] as const)('with the fault %s leaves %i key', async (kind, keys) => {
    account.faults.add({ match: { action: 'CreateAccessKey' }, kind });
    await expect(createKey()).rejects.toThrow(/ECONNRESET/);
    expect(account.userActions.keys('jane')).toHaveLength(keys);
  });

  it.each([
    ['timeout-before', 0],
    ['timeout-after', 1],
  ] as const)('with the fault %s leaves %i key, and the client waits', async (kind, keys) => {
    account.faults.add({ match: { action: 'CreateAccessKey' }, kind });
    const giveUp = new AbortController();
    const command = new CreateAccessKeyCommand({ UserName: 'jane' });
    const waiting = clients.iam.send(command, { abortSignal: giveUp.signal });
    while (account.calls.log.at(-1)?.outcome !== kind) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(account.userActions.keys('jane')).toHaveLength(keys);
  });

  it('after a 500 that hides the effect leaves one key', async () => {
    account.faults.add({ match: { action: 'CreateAccessKey' }, kind: 'error500-after' });
    await expectRefusal(createKey(), { name: 'ServiceFailureException', status: 500 });
    expect(account.userActions.keys('jane')).toHaveLength(1);
  });
});

describe('a request', () => {
  it('that is for no service is answered with 404', async () => {
    expect((await fetch(account.endpoint)).status).toBe(404);
  });

  it('for an action that is not known is refused by name', async () => {
    const response = await fetch(account.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.SendCommand', 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'UnknownOperationException' });
  });

  it('is answered with the date of the account', async () => {
    account.clock.set(Date.UTC(2035, 5, 1));
    const { headers } = await fetch(account.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.GetParameter' },
      body: '{}',
    });
    account.clock.set(Date.now());
    expect(headers.get('date')).toMatch(/Jun 2035/);
  });
});

describe('a Lambda that dies at a call', () => {
  const HANDLER = `
    import { createRequire } from 'node:module';
    const require = createRequire(process.env.PACKAGE);
    const { IAMClient, CreateAccessKeyCommand, ListAccessKeysCommand } = require('@aws-sdk/client-iam');
    const iam = new IAMClient({});
    const UserName = 'jane';
    export const handler = async () => {
      await iam.send(new ListAccessKeysCommand({ UserName }));
      await iam.send(new CreateAccessKeyCommand({ UserName }));
      return (await iam.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata.length;
    };
  `;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dying-'));
    await writeFile(path.join(folder, 'index.mjs'), HANDLER);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['die-before', 0],
    ['die-after', 1],
  ] as const)(
    'with the fault %s leaves %i key, and works when called again',
    async (kind, keys) => {
      const lambda = startLambda({
        entry: path.join(folder, 'index.mjs'),
        env: { ...account.env, PACKAGE: path.resolve('package.json') },
        clock: account.clock,
      });
      account.faults.add({
        match: { service: 'iam', action: 'CreateAccessKey' },
        kind,
        onDie: () => lambda.kill(),
      });
      account.calls.reset();
      const died = await lambda.invoke({});
      expect(died).toMatchObject({ died: true });
      expect(account.userActions.keys('jane')).toHaveLength(keys);
      expect(account.calls.counts()).toEqual({
        'iam:ListAccessKeys': 1,
        'iam:CreateAccessKey': 1,
      });
      const again = await lambda.invoke({});
      await lambda.close();
      expect(again).toMatchObject({ result: keys + 1, cold: true });
    },
  );
});
