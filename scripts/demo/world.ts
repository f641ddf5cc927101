/** The stage: a local AWS account, a mail server, and the built Lambda bundles. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { type Invocation, type LambdaHost, startLambda } from '../../simulation/aws/lambda-host.ts';
import { startMailgun } from '../../simulation/aws/mailgun.ts';
import { startSmtp } from '../../simulation/aws/smtp.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { FIRST_DAY_MS, HOURS } from './calendar.ts';
import type { MailClient } from './options.ts';

export const TABLE = 'iam-key-rotator';
const DIST = path.resolve(import.meta.dirname, '../../dist');

/** The mail server, whichever it is. */
export interface MailServer {
  /** What a client calls to hand a mail over; faults strike there. */
  readonly sending: { readonly service: string; readonly action: string };
  readonly env: Readonly<Record<string, string>>;
  /** From now on no mail can be sent; nobody is told beforehand. */
  stop(): void;
  start(): void;
  /** Refuses an address for good. */
  refuse(address: string): void;
  close(): Promise<void>;
}

export interface World {
  readonly account: LocalAccount;
  readonly mailServer: MailServer;
  /** Two execution environments: two runs at once never share one. */
  readonly rotators: readonly [LambdaHost, LambdaHost];
  readonly destructor: LambdaHost;
  close(): Promise<void>;
}

export type DestructorAnswer = Invocation<DynamoDBBatchResponse>;

const bundle = (name: string) => path.join(DIST, name, 'index.mjs');

/** Whether there are Lambda bundles to run. */
export function isBuilt(): boolean {
  return ['rotator', 'destructor'].every((name) => existsSync(bundle(name)));
}

export async function createWorld(mailClient: MailClient): Promise<World> {
  const startMs = FIRST_DAY_MS + (HOURS[0] ?? 0) * HOUR_MS;
  const account = await startLocalAccount({ startMs });
  await account.createTable(TABLE);
  const mailServer = await MAIL_SERVERS[mailClient](account);
  const env = {
    ...account.env,
    IAM_KEY_ROTATOR_TABLE: TABLE,
    MAIL_CLIENT: mailClient,
    MAIL_FROM: 'Access keys <access-keys@example.com>',
    // What the SDK thinks of this machine's Node is no story of the account.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...mailServer.env,
  };
  const host = (name: string) => startLambda({ entry: bundle(name), env, clock: account.clock });
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

const MAIL_SERVERS: Readonly<Record<MailClient, (account: LocalAccount) => Promise<MailServer>>> = {
  ses: async ({ ses: { knobs } }) => ({
    sending: { service: 'ses', action: 'SendEmail' },
    env: {},
    stop: () => {
      knobs.sendingPaused = true;
    },
    start: () => {
      knobs.sendingPaused = false;
    },
    refuse: (address) => void knobs.rejected.add(address),
    close: async () => {},
  }),

  smtp: async (account) => {
    const smtp = await startSmtp(account);
    const password = '/mail/smtp-password';
    account.hands.putParameter(password, smtp.knobs.password);
    let outage: { remove(): void } | undefined;
    return {
      sending: { service: 'smtp', action: 'DATA' },
      env: {
        SMTP_SERVER: smtp.host,
        SMTP_PORT: String(smtp.port),
        SMTP_PROTOCOL: 'tls',
        SMTP_USER: smtp.knobs.user,
        SMTP_PASSWORD_PARAMETER: password,
        NODE_EXTRA_CA_CERTS: smtp.caFile,
      },
      stop: () => {
        outage = account.faults.add({
          match: { service: 'smtp', action: 'CONNECT' },
          kind: 'reset-before',
          times: Number.POSITIVE_INFINITY,
        });
      },
      start: () => outage?.remove(),
      refuse: (address) => void smtp.knobs.refused.add(address),
      close: () => smtp.close(),
    };
  },

  mailgun: async (account) => {
    const mailgun = await startMailgun(account);
    const apiKey = '/mail/mailgun-key';
    account.hands.putParameter(apiKey, mailgun.knobs.apiKey);
    return {
      sending: { service: 'mailgun', action: 'SendMessage' },
      env: {
        MAILGUN_API_URL: mailgun.url,
        MAILGUN_DOMAIN: mailgun.knobs.domain,
        MAILGUN_API_KEY_NAME: apiKey,
      },
      stop: () => {
        mailgun.knobs.state = 'disabled';
      },
      start: () => {
        mailgun.knobs.state = 'active';
      },
      refuse: (address) => void mailgun.knobs.refused.add(address),
      close: () => mailgun.close(),
    };
  },
};

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
