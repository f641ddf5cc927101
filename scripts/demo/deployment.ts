/** What the demo runs on: a local AWS account, a mail server, and the built Lambda functions. */
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { type Invocation, type LambdaHost, startLambda } from '../../simulation/aws/lambda-host.ts';
import {
  type MailClient,
  type MailServer,
  startMailServer,
} from '../../simulation/mail-servers.ts';
import { bundleOf, type FunctionName } from '../../simulation/scenario/functions.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { FIRST_DAY_MS, HOURS } from './calendar.ts';

export const TABLE = 'iam-key-rotator';

export interface DemoDeployment {
  readonly account: LocalAccount;
  readonly mailServer: MailServer;
  /** Two execution environments: two runs at once never share one. */
  readonly rotators: readonly [LambdaHost, LambdaHost];
  readonly destructor: LambdaHost;
  close(): Promise<void>;
}

export type DestructorAnswer = Invocation<DynamoDBBatchResponse>;

export async function deployDemo(mailClient: MailClient): Promise<DemoDeployment> {
  const startMs = FIRST_DAY_MS + (HOURS[0] ?? 0) * HOUR_MS;
  const account = await startLocalAccount({ startMs });
  await account.createTable(TABLE);
  const mailServer = await startMailServer(mailClient, account);
  const { secret, settings } = mailServer;
  if (secret) account.userActions.putParameter(secret.name, secret.value);
  const env = {
    ...account.env,
    IAM_KEY_ROTATOR_TABLE: TABLE,
    MAIL_CLIENT: mailClient,
    MAIL_FROM: 'Access keys <access-keys@example.com>',
    // What the SDK says about this machine's Node does not belong to the output.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...settings,
  };
  const { clock } = account;
  const host = (name: FunctionName) => startLambda({ entry: bundleOf(name), env, clock });
  const rotators = [host('rotator'), host('rotator')] as const;
  const destructor = host('destructor');
  return {
    account,
    mailServer,
    rotators,
    destructor,
    close: async () => {
      await Promise.all([...rotators, destructor].map((lambda) => lambda.close()));
      await mailServer.close();
      await account.close();
    },
  };
}

/** The stream's event source mapping: what a batch could not handle comes again, and all after it. */
export class StreamReader {
  readonly #account: LocalAccount;
  #backlog: DynamoDBRecord[] = [];

  constructor(account: LocalAccount) {
    this.#account = account;
  }

  /** The records that wait for the destructor; only removals concern it. */
  next(): DynamoDBRecord[] {
    const records = this.#account.stream.take(({ eventName }) => eventName === 'REMOVE');
    this.#backlog = [...this.#backlog, ...records];
    return this.#backlog;
  }

  /** Takes note of the destructor's answer to the last batch. */
  settle(answer: DestructorAnswer): void {
    if (!answer.result) return;
    const failed = answer.result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    const index = this.#backlog.findIndex(({ dynamodb }) =>
      failed.includes(dynamodb?.SequenceNumber ?? ''),
    );
    this.#backlog = index < 0 ? [] : this.#backlog.slice(index);
  }
}
