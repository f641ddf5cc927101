/**
 * A local AWS account: IAM, STS, SSM, SES, Lambda's configuration and DynamoDB (with a stream and
 * TTL) on one port, for unmodified SDK clients. What it claims about AWS is in `contract.ts`.
 *
 * ```ts
 * const account = await startLocalAccount();
 * await account.createTable('rotations');
 * account.userActions.createUser('jane', { tags: { 'IKR:EMAIL': 'jane@example.com' } });
 * account.userActions.createKey('jane', { ageMs: 85 * DAY_MS });
 *
 * // Any process, any SDK: give it the account's environment.
 * const { env, clock } = account;
 * const rotator = startLambda({ entry: 'dist/rotator/index.mjs', env: { ...env, … }, clock });
 * const { result, error, died, logs } = await rotator.invoke({});
 *
 * account.mails;                                  // what SES took
 * account.clock.advance(8 * DAY_MS);              // a week passes
 * await account.expire('rotations');              // the TTL service does its work …
 * const Records = account.stream.take();          // … and these go to the destructor
 *
 * // A request that is signed with a user's own key is checked, and is a use of that key.
 * new STSClient({ endpoint: account.endpoint, credentials: keyPairOfJane, … });
 *
 * // Functions behind Lambda's Invoke, with their aliases.
 * account.lambda.deploy('ikr-rotator', createFunction({ entry: 'dist/rotator/index.mjs', … }), ALIASES);
 *
 * // Mail servers share the account's clock, mails, log, latency and faults.
 * const smtp = await startSmtp(account);          // NODE_EXTRA_CA_CERTS = smtp.caFile
 * const mailgun = await startMailgun(account);    // MAILGUN_API_URL = mailgun.url
 *
 * // Knobs
 * account.latencyMs['*'] = 40;                    // or 'iam', or 'iam:CreateAccessKey'
 * account.limit('iam', 25);                       // calls a second of real time
 * account.iam.knobs.listLagMs = 10_000;
 * account.ses.knobs.sendingPaused = true;
 * account.faults.add({ match: { service: 'iam', action: 'CreateAccessKey' }, kind: 'reset-after' });
 * account.faults.add({ match: { nth: 7 }, kind: 'die-after', onDie: () => rotator.kill() });
 *
 * account.calls.counts();                         // { 'iam:CreateAccessKey': 1, … }
 * account.calls.log;                              // in order, with ARN and outcome, no secrets
 * await rotator.close();
 * await account.close();
 * ```
 */
import { createClock, type TurnableClock } from './clock.ts';
import type { AccountContext } from './context.ts';
import { DynamoDb } from './dynamodb.ts';
import { createIam, type IamKnobs } from './iam.ts';
import type { CredentialReport } from './iam-report.ts';
import { createIdentify } from './identity.ts';
import { createLambda, type Lambda } from './lambda.ts';
import type { ReceivedMail } from './mail.ts';
import { type Door, openDoor, serve } from './server.ts';
import { createSes, type SesKnobs } from './ses.ts';
import { createSsm } from './ssm.ts';
import type { Stream } from './stream.ts';
import { createSts } from './sts.ts';
import { Traffic } from './traffic.ts';
import { createUserActions, type UserActions } from './user-actions.ts';

export type { Call } from './calls.ts';
export type { TurnableClock } from './clock.ts';
export type { FaultKind, FaultRule } from './faults.ts';
export type { ReceivedMail } from './mail.ts';
export type { Item, Stream } from './stream.ts';
export type { KeyHistory, UserActions } from './user-actions.ts';

export interface LocalAccountOptions {
  /** What the account's clock shows at first; real time unless told. */
  startMs?: number;
  /** Its clock, if it is to share one; `startMs` is not looked at then. */
  clock?: TurnableClock;
  /** Where it answers, if that is to outlive it; a door of its own unless told. */
  door?: Door;
  accountId?: string;
  alias?: string;
  region?: string;
}

/** What SMTP and Mailgun stand-ins share with the account. */
export interface LocalWorld {
  readonly clock: TurnableClock;
  readonly traffic: Traffic;
  readonly mails: ReceivedMail[];
}

export interface LocalAccount extends LocalWorld {
  readonly endpoint: string;
  /** The variables a client needs. */
  readonly env: Readonly<Record<string, string>>;
  readonly accountId: string;
  readonly alias: string;
  readonly region: string;
  readonly userActions: UserActions;
  readonly calls: Traffic['calls'];
  readonly faults: Traffic['faults'];
  readonly latencyMs: Traffic['latencyMs'];
  limit(name: string, perSecond: number | undefined): void;
  readonly iam: { readonly knobs: IamKnobs; readonly report: CredentialReport };
  readonly ses: { readonly knobs: SesKnobs };
  readonly dynamodb: DynamoDb;
  readonly stream: Stream;
  createTable(name: string): Promise<void>;
  expire: DynamoDb['expire'];
  readonly lambda: Omit<Lambda, 'service'>;
  /** Every secret access key ever made. */
  readonly secrets: ReadonlySet<string>;
  /** Every value of a SecureString ever put. */
  readonly secureValues: ReadonlySet<string>;
  /** Rules of the services that were broken without an error. */
  readonly violations: string[];
  close(): Promise<void>;
}

/** Starts an empty account on a free port of 127.0.0.1. */
export async function startLocalAccount(options: LocalAccountOptions = {}): Promise<LocalAccount> {
  const { accountId = '111122223333', alias = 'example', region = 'us-east-1' } = options;
  const { clock = createClock(options.startMs), door = await openDoor() } = options;
  const traffic = new Traffic(clock);
  const mails: ReceivedMail[] = [];
  const role = {
    arn: `arn:aws:sts::${accountId}:assumed-role/iam-key-rotator/session`,
    userId: 'AROAEXAMPLEEXAMPLE234:session',
  };
  const context: AccountContext = { clock, accountId, alias, region, role };

  const iam = createIam(context);
  const ssm = createSsm(context);
  const ses = createSes(context, mails);
  const lambda = createLambda(context);
  const dynamodb = new DynamoDb(context);
  const services = [
    iam.service,
    createSts(context),
    ssm.service,
    ses.service,
    lambda.service,
    dynamodb.service,
  ];
  serve(services, traffic, clock, createIdentify(context, iam.users), door);
  const { endpoint } = door;

  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLEEXAMPLE23',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_SESSION_TOKEN: 'not-a-token',
    },
    accountId,
    alias,
    region,
    clock,
    traffic,
    mails,
    userActions: createUserActions(context, iam, ssm, dynamodb),
    calls: traffic.calls,
    faults: traffic.faults,
    latencyMs: traffic.latencyMs,
    limit: (name, perSecond) => traffic.limit(name, perSecond),
    iam: { knobs: iam.knobs, report: iam.report },
    ses: { knobs: ses.knobs },
    dynamodb,
    stream: dynamodb.stream,
    createTable: (name) => dynamodb.createTable(name),
    expire: (table, how) => dynamodb.expire(table, how),
    lambda,
    secrets: iam.users.secrets,
    secureValues: ssm.secureValues,
    violations: ssm.violations,
    close: async () => {
      if (!options.door) await door.close();
    },
  };
}
