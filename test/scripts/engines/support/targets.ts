/** What the contract suite runs against: the local account, and engines by other people. */
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAccountAliasCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserCommand,
} from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { VerifyEmailIdentityCommand } from '@aws-sdk/client-ses';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { zipSync } from 'fflate';
import { startLocalAccount } from '../../../../simulation/aws/index.ts';
import {
  type Clients,
  type ContractTarget,
  createClients,
  destroyClients,
} from '../../../simulation/contract.ts';
import { echoFunction } from '../../../simulation/echo-function.ts';
import { engines } from './engines.ts';

export async function startLocal({ denies = false } = {}): Promise<ContractTarget> {
  const account = await startLocalAccount({ alias: 'example' });
  account.ses.knobs.verified = new Set();
  // The sandbox, which moto is in.
  Object.assign(account.ses.knobs, { max24HourSend: 200, maxSendRate: 1 });
  if (denies) account.faults.add({ match: {}, kind: 'deny', times: Number.POSITIVE_INFINITY });
  const clients = createClients(account.endpoint);
  return {
    clients,
    userActions: {
      createUser: account.userActions.createUser,
      deleteUser: account.userActions.deleteUser,
      createTable: account.createTable,
      deployEcho: (name, aliases) => account.lambda.deploy(name, echoFunction, aliases),
      verifySender: (address) => account.ses.knobs.verified?.add(address),
    },
    close: async () => {
      destroyClients(clients);
      await account.close();
    },
  };
}

/** moto as the contract wants it; an administrator's work is done through the services' own API. */
export async function startMoto(): Promise<ContractTarget> {
  // The contract begins with an account in which nobody did anything.
  await fetch(`${engines.motoContract}/moto-api/reset`, { method: 'POST' });
  // Functions are not run: that would take Docker.
  await fetch(`${engines.motoContract}/moto-api/config`, {
    method: 'POST',
    body: JSON.stringify({ lambda: { use_docker: false } }),
  });
  const clients = await motoClients();
  const { iam, ses, lambda, dynamodb } = clients;
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'example' }));
  return {
    clients,
    userActions: {
      createUser: (UserName, { path, tags = {} } = {}) => {
        const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        return iam.send(new CreateUserCommand({ UserName, Path: path, Tags }));
      },
      deleteUser: (UserName) => iam.send(new DeleteUserCommand({ UserName })),
      createTable: (name) => dynamodb.send(createTable(name)),
      async deployEcho(FunctionName, aliases) {
        const { Role } = await iam.send(
          new CreateRoleCommand({ RoleName: FunctionName, AssumeRolePolicyDocument: '{}' }),
        );
        await lambda.send(
          new CreateFunctionCommand({
            FunctionName,
            Role: Role?.Arn,
            Runtime: 'nodejs22.x',
            Handler: 'index.handler',
            Code: { ZipFile: zipSync({ 'index.mjs': new Uint8Array() }) },
            Publish: true,
          }),
        );
        for (const Name of aliases) {
          await lambda.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion: '1' }));
        }
      },
      verifySender: (EmailAddress) => ses.send(new VerifyEmailIdentityCommand({ EmailAddress })),
    },
    close: async () => destroyClients(clients),
  };
}

/** moto, from now on checking the permissions of a role that has none. */
export async function startDenyingMoto(): Promise<ContractTarget> {
  const moto = await startMoto();
  const checkAfter = (calls: string) =>
    fetch(`${engines.motoContract}/moto-api/reset-auth`, { method: 'POST', body: calls });
  await checkAfter('0');
  return {
    ...moto,
    close: async () => {
      await checkAfter('inf');
      await moto.close();
    },
  };
}

/** Clients of the functions' role, in a session of it. */
async function motoClients(): Promise<Clients> {
  const anybody = createClients(engines.motoContract);
  const { Role } = await anybody.iam.send(
    new CreateRoleCommand({ RoleName: 'iam-key-rotator', AssumeRolePolicyDocument: '{}' }),
  );
  const { Credentials } = await anybody.sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'session' }),
  );
  destroyClients(anybody);
  return createClients(engines.motoContract, {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  });
}

/** DynamoDB Local, which has nothing but tables. */
export async function startDynamoDb(): Promise<ContractTarget> {
  const clients = createClients(engines.dynamodb);
  const tables: string[] = [];
  const none = () => Promise.reject(new Error('DynamoDB Local has tables only'));
  return {
    clients,
    userActions: {
      createUser: none,
      deleteUser: none,
      createTable: (name) => {
        tables.push(name);
        return clients.dynamodb.send(createTable(name));
      },
      deployEcho: none,
      verifySender: none,
    },
    close: async () => {
      for (const TableName of tables) {
        await clients.dynamodb.send(new DeleteTableCommand({ TableName }));
      }
      destroyClients(clients);
    },
  };
}

/** The product's table, with the stream that it is deployed with or without it. */
export function createTable(TableName: string, withStream = false): CreateTableCommand {
  return new CreateTableCommand({
    TableName,
    ...(withStream && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'account', AttributeType: 'S' },
      { AttributeName: 'item', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'account', KeyType: 'HASH' },
      { AttributeName: 'item', KeyType: 'RANGE' },
    ],
  });
}
