/**
 * The product as it is deployed, on engines that other people wrote: the built bundles, with moto
 * for IAM, STS, SSM and SES, and DynamoDB Local for the table, its stream and its TTL.
 *
 * The engines run on real time. The functions' own clock is turned instead: set back by some days,
 * whatever they schedule lies in the past of DynamoDB Local, whose TTL service then deletes it for
 * real. It looks every ten seconds. To such functions moto's keys seem to come from the future; where
 * the age of a key matters, the clock is set forward instead, and an administrator's hand brings the
 * timer into the past.
 */
import { randomBytes } from 'node:crypto';
import {
  DeleteTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { VerifyEmailIdentityCommand } from '@aws-sdk/client-ses';
import type { DynamoDBRecord } from 'aws-lambda';
import { createClock, type TurnableClock } from '../../../../simulation/aws/clock.ts';
import {
  type Invocation,
  type LambdaHost,
  startLambda,
} from '../../../../simulation/aws/lambda-host.ts';
import type { Report, ReportRow } from '../../../../src/domain/report.ts';
import { DAY_MS } from '../../../../src/domain/time.ts';
import { type Clients, createClients, destroyClients } from '../../../simulation/contract.ts';
import { engines } from './engines.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { openStream, type TableStream } from './table-stream.ts';
import { createTable } from './targets.ts';
import { createUserActions, type UserActions } from './user-actions.ts';

/** moto's own account. */
const ACCOUNT_ID = '123456789012';
const REGION = 'us-east-1';

export interface World {
  /** The functions' clock. */
  readonly clock: TurnableClock;
  readonly gateway: Gateway;
  readonly rotator: LambdaHost;
  readonly destructor: LambdaHost;
  readonly clients: Clients;
  readonly userActions: UserActions;
  readonly stream: TableStream;
  readonly sender: string;
  /** Makes a managed user with a key; both are as old as moto makes them: new. */
  addUser(
    name: string,
    tags?: Readonly<Record<string, string>>,
  ): Promise<{ userId: string; oldKeyId: string; address: string }>;
  /** The owner opens the mail with the new key, and uses the key; its ID. */
  takeOver(userName: string, address: string): Promise<string>;
  /** Rotates users, whatever the age of their keys; the rows of the report. */
  force(...users: string[]): Promise<readonly ReportRow[]>;
  /** A run of the rotator; throws what the handler threw. */
  rotate(event: unknown, rotator?: LambdaHost): Promise<Report>;
  tryRotate(event: unknown): Promise<Invocation<Report>>;
  /** Another function of the same settings: a second environment of the rotator, for example. */
  host(bundle: 'rotator' | 'destructor'): LambdaHost;
  /** Hands records to the destructor, which must take them all. */
  destroy(records: readonly DynamoDBRecord[]): Promise<void>;
  /** Waits for the TTL service, and hands what is on the stream to the destructor. */
  expire(count?: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param daysAgo how far the functions' clock is set back; a negative number sets it forward
 */
export async function startWorld({
  daysAgo = 0,
  env = {},
}: {
  daysAgo?: number;
  env?: Readonly<Record<string, string>>;
} = {}): Promise<World> {
  const id = randomBytes(4).toString('hex');
  const table = `rotations-${id}`;
  const sender = `keys@${id}.example.com`;
  const clock = createClock(Date.now() - daysAgo * DAY_MS);
  const clients = { ...createClients(engines.moto), ...tableClient() };
  const stream = await startTable(clients.dynamodb, table);
  await clients.ses.send(new VerifyEmailIdentityCommand({ EmailAddress: sender }));
  const gateway = await startGateway(engines.moto);

  const hosts: LambdaHost[] = [];
  const host = (bundle: string): LambdaHost => {
    const started = startLambda({
      entry: `dist/${bundle}/index.mjs`,
      clock,
      accountId: ACCOUNT_ID,
      region: REGION,
      env: {
        AWS_ENDPOINT_URL: gateway.url,
        AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodb,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: 'ASIAEXAMPLEEXAMPLE23',
        AWS_SECRET_ACCESS_KEY: 'not-a-secret',
        AWS_SESSION_TOKEN: 'not-a-token',
        IAM_KEY_ROTATOR_TABLE: table,
        MAIL_FROM: `Key Rotator <${sender}>`,
        ...env,
      },
    });
    hosts.push(started);
    return started;
  };
  const rotator = host('rotator');
  const destructor = host('destructor');

  const world: World = {
    clock,
    gateway,
    rotator,
    destructor,
    clients,
    userActions: createUserActions(clients, { TableName: table, accountId: ACCOUNT_ID }),
    stream,
    sender,
    host,
    async addUser(UserName, tags = {}) {
      const address = `${randomBytes(4).toString('hex')}@example.org`;
      const Tags = Object.entries({ 'IKR:EMAIL': address, ...tags }).map(([Key, Value]) => ({
        Key,
        Value,
      }));
      const { User } = await clients.iam.send(new CreateUserCommand({ UserName, Tags }));
      const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
      return { userId: User?.UserId ?? '', oldKeyId: AccessKey?.AccessKeyId ?? '', address };
    },
    async takeOver(userName, address) {
      const pair = await world.userActions.receive(userName, address);
      await world.userActions.use(pair);
      return pair.accessKeyId;
    },
    async force(...users) {
      return (await world.rotate({ users, force: true })).rows;
    },
    async rotate(event, on = rotator) {
      const answer = await on.invoke<Report>(event);
      if (answer.result) return answer.result;
      throw new Error(answer.error?.message ?? 'the rotator was killed');
    },
    tryRotate: (event) => rotator.invoke<Report>(event),
    async destroy(Records) {
      const answer = await destructor.invoke<{ batchItemFailures: unknown[] }>({ Records });
      const failures = answer.result?.batchItemFailures;
      if (failures?.length === 0) return;
      throw new Error(`${answer.error?.message ?? JSON.stringify(failures)}\n${answer.logs}`);
    },
    async expire(count = 1) {
      await world.destroy(await stream.takeExpired(count));
    },
    async close() {
      await Promise.all(hosts.map((each) => each.close()));
      await gateway.close();
      stream.close();
      await clients.dynamodb.send(new DeleteTableCommand({ TableName: table }));
      destroyClients(clients);
    },
  };
  return world;
}

function tableClient(): Pick<Clients, 'dynamodb'> {
  const { dynamodb, ...others } = createClients(engines.dynamodb);
  for (const client of Object.values(others)) client.destroy();
  return { dynamodb };
}

/** The table as the Terraform module makes it: TTL on `delete_on`, a stream with both images. */
async function startTable(dynamodb: DynamoDBClient, table: string): Promise<TableStream> {
  const created = await dynamodb.send(createTable(table, true));
  await dynamodb.send(
    new UpdateTimeToLiveCommand({
      TableName: table,
      TimeToLiveSpecification: { AttributeName: 'delete_on', Enabled: true },
    }),
  );
  return openStream(engines.dynamodb, created.TableDescription?.LatestStreamArn ?? '');
}
