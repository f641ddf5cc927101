import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SESClient } from '@aws-sdk/client-ses';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dynamodbContract } from './contract/dynamodb.ts';
import { iamKeysContract } from './contract/iam-keys.ts';
import { iamReportContract } from './contract/iam-report.ts';
import { iamUsersContract } from './contract/iam-users.ts';
import { lambdaContract } from './contract/lambda.ts';
import { sesContract } from './contract/ses.ts';
import { ssmContract } from './contract/ssm.ts';
import { stsContract } from './contract/sts.ts';

export interface Clients {
  iam: IAMClient;
  sts: STSClient;
  ssm: SSMClient;
  ses: SESClient;
  lambda: LambdaClient;
  dynamodb: DynamoDBClient;
}

/** What the suite needs an administrator to do first. */
export interface ContractUserActions {
  createUser(
    name: string,
    options?: { path?: string; tags?: Readonly<Record<string, string>> },
  ): unknown;
  deleteUser(name: string): unknown;
  createTable(name: string): unknown;
  /** Deploys a function that does as `echoFunction` does, with version 1 behind the aliases. */
  deployEcho(name: string, aliases: readonly string[]): unknown;
  verifySender(address: string): unknown;
}

export interface ContractTarget {
  clients: Clients;
  userActions: ContractUserActions;
  close(): Promise<void>;
}

/** Gives the target of the running suite, and turns the tests round that it is known to fail. */
export interface ContractSuite {
  target(): ContractTarget;
  it(name: string, test: () => Promise<void>): void;
}

/** An error as a client sees it: name and HTTP status. */
export interface Refusal {
  name: string;
  status?: number;
  message?: RegExp;
}

const PARTS = {
  'IAM users': iamUsersContract,
  'IAM credential report': iamReportContract,
  'IAM access keys': iamKeysContract,
  STS: stsContract,
  SSM: ssmContract,
  SES: sesContract,
  Lambda: lambdaContract,
  DynamoDB: dynamodbContract,
};

export interface ContractOptions {
  /** Tests that the target is known to fail: they must fail, or the list is out of date. */
  differences?: ReadonlySet<string>;
  /** What the target stands in for; everything unless told. */
  parts?: readonly (keyof typeof PARTS)[];
}

/** What the product relies on at AWS, as tests against any stand-in of it. */
export function describeAccountContract(
  title: string,
  start: () => Promise<ContractTarget>,
  { differences = new Set(), parts }: ContractOptions = {},
): void {
  describe(title, () => {
    let target: ContractTarget;
    beforeAll(async () => {
      target = await start();
    });
    afterAll(() => target?.close());
    const unheard = new Set(differences);
    const suite: ContractSuite = {
      target: () => target,
      it: (name, test) => (unheard.delete(name) ? it.failing : it)(name, test),
    };
    for (const [part, contract] of Object.entries(PARTS)) {
      if (!parts || parts.includes(part as keyof typeof PARTS)) {
        describe(part, () => contract(suite));
      }
    }
    it('has a test for every difference', () => expect([...unheard]).toEqual([]));
  });
}

/** Expects a call to be refused in the service's own words. */
export async function expectRefusal(call: Promise<unknown>, refusal: Refusal): Promise<void> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({
    name: refusal.name,
    ...(refusal.status && { $metadata: { httpStatusCode: refusal.status } }),
    ...(refusal.message && { message: expect.stringMatching(refusal.message) }),
  });
}

/** Credentials of a role, which engines take without a look at the secret. */
const SESSION = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE23',
  secretAccessKey: 'not-a-secret',
  sessionToken: 'not-a-token',
};

/** Clients as the product makes them, without retries: a test wants the first answer. */
export function createClients(endpoint: string, credentials = SESSION): Clients {
  const config = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  return {
    iam: new IAMClient(config),
    sts: new STSClient(config),
    ssm: new SSMClient(config),
    ses: new SESClient(config),
    lambda: new LambdaClient(config),
    dynamodb: new DynamoDBClient(config),
  };
}

export function destroyClients(clients: Clients): void {
  for (const client of Object.values(clients)) client.destroy();
}
