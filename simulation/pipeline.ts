/**
 * The whole product as it is deployed: the built bundles on a local AWS account, with the mail
 * server of choice. Tests turn the clock and look at what became of the users.
 *
 * ```ts
 * const pipeline = await startPipeline({ env: { DEACTIVATE_AFTER_DAYS: '3' } });
 * pipeline.addUser('alice', { keyAgeDays: 85 });
 * await pipeline.rotate();                   // a run of the rotator
 * pipeline.useNewKey('alice');
 * await pipeline.pass(8);                    // days, with the schedule's runs and the TTL service
 * await pipeline.close();
 * ```
 */

import type { Report, ReportRow } from '../src/domain/report.ts';
import { DAY_MS, HOUR_MS } from '../src/domain/time.ts';
import { ALIASES } from '../src/rotation/commands/aliases.ts';
import type { Answer } from '../src/rotation/commands/answers.ts';
import type { Command } from '../src/rotation/commands/requests.ts';
import { nameOf } from './aws/calls.ts';
import { type LocalAccount, startLocalAccount, type TurnableClock } from './aws/index.ts';
import { type Invocation, type LambdaHost, startLambda } from './aws/lambda-host.ts';
import { type LocalMailgun, startMailgun } from './aws/mailgun.ts';
import { type LocalSmtp, startSmtp } from './aws/smtp.ts';

export const TABLE = 'rotations';
export type MailClient = 'ses' | 'smtp' | 'mailgun';

export interface PipelineOptions {
  readonly mailClient?: MailClient;
  /** Settings of both functions, over the pipeline's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The clock of everything; one that runs with real time unless told. */
  readonly clock?: TurnableClock;
}

export interface Pipeline {
  readonly account: LocalAccount;
  readonly smtp: LocalSmtp | undefined;
  readonly mailgun: LocalMailgun | undefined;
  readonly rotator: LambdaHost;
  readonly destructor: LambdaHost;
  /** Everything the functions returned or threw, as JSON. */
  readonly answers: readonly string[];
  /** What each function called, as `service:Action`. */
  readonly called: { readonly rotator: Set<string>; readonly destructor: Set<string> };
  /** Every stream record that the destructor was given, as JSON. */
  readonly streamed: readonly string[];
  addUser(
    name: string,
    options?: { keyAgeDays?: number; tags?: Readonly<Record<string, string>> },
  ): { userId: string; oldKeyId: string };
  /** One run of the rotator; its report. Throws what the handler threw. */
  rotate(event?: unknown): Promise<Report>;
  /** The same without an opinion about the outcome. */
  tryRotate(event?: unknown): Promise<Invocation<Report>>;
  /** A command, through the alias that is allowed everything; its result. Throws what refuses it. */
  command(command: Command): Promise<unknown>;
  /** The TTL service removes what is due, and the destructor gets the stream's records. */
  expire(): Promise<Invocation<{ batchItemFailures: { itemIdentifier: string }[] }>>;
  /** Days go by: four runs of the rotator each, TTL before every run. */
  pass(days: number): Promise<void>;
  row(report: Report, userName: string): ReportRow;
  /** The owner uses the youngest key of the user. */
  useNewKey(userName: string): string;
  record(userName: string): Promise<Record<string, unknown> | undefined>;
  timers(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function startPipeline(options: PipelineOptions = {}): Promise<Pipeline> {
  const { mailClient = 'ses' } = options;
  const account = await startLocalAccount({ ...(options.clock && { clock: options.clock }) });
  await account.createTable(TABLE);
  const smtp = mailClient === 'smtp' ? await startSmtp(account) : undefined;
  const mailgun = mailClient === 'mailgun' ? await startMailgun(account) : undefined;
  const env = {
    ...account.env,
    IAM_KEY_ROTATOR_TABLE: TABLE,
    MAIL_FROM: 'Key Rotator <keys@example.com>',
    MAIL_CLIENT: mailClient,
    ...(smtp && smtpSettings(account, smtp)),
    ...(mailgun && mailgunSettings(account, mailgun)),
    ...options.env,
  };
  const { clock } = account;
  const host = (name: string) => startLambda({ entry: `dist/${name}/index.mjs`, env, clock });
  const rotator = host('rotator');
  const destructor = host('destructor');
  // Also the function that the command line invokes over HTTP.
  account.lambda.deploy('ikr-rotator', rotator, ALIASES);
  const answers: string[] = [];
  const streamed: string[] = [];
  const called = { rotator: new Set<string>(), destructor: new Set<string>() };
  const userIds = new Map<string, string>();

  const invoke = async <T>(
    lambda: LambdaHost,
    event: unknown,
    qualifier?: string,
  ): Promise<Invocation<T>> => {
    const before = account.calls.log.length;
    const answer = await lambda.invoke<T>(event, { qualifier });
    const name = lambda === rotator ? 'rotator' : 'destructor';
    for (const call of account.calls.log.slice(before)) called[name].add(nameOf(call));
    answers.push(JSON.stringify(answer));
    return answer;
  };

  const pipeline: Pipeline = {
    account,
    smtp,
    mailgun,
    rotator,
    destructor,
    answers,
    streamed,
    called,
    addUser(name, { keyAgeDays = 85, tags = {} } = {}) {
      const { userId } = account.userActions.createUser(name, {
        tags: { 'IKR:EMAIL': `${name.replace(/[^a-z0-9]/gi, '-')}@example.com`, ...tags },
      });
      userIds.set(name, userId);
      const key = account.userActions.createKey(name, { ageMs: keyAgeDays * DAY_MS });
      return { userId, oldKeyId: key.accessKeyId };
    },
    async rotate(event = {}) {
      const answer = await pipeline.tryRotate(event);
      if (answer.error) throw new Error(answer.error.message);
      if (answer.died) throw new Error('the rotator was killed');
      return answer.result;
    },
    tryRotate: (event = {}) => invoke<Report>(rotator, event),
    async command(command) {
      const answer = await invoke<Answer>(rotator, command, 'admin');
      if (answer.error) throw new Error(answer.error.message);
      if (answer.died) throw new Error('the rotator was killed');
      const { result, refusal } = answer.result;
      if (refusal) throw new Error(refusal.message);
      return result;
    },
    async expire() {
      await account.expire(TABLE);
      const Records = account.stream.take();
      streamed.push(...Records.map((record) => JSON.stringify(record)));
      return invoke(destructor, { Records });
    },
    async pass(days) {
      for (let hours = 0; hours < days * 24; hours += 6) {
        clock.advance(6 * HOUR_MS);
        await pipeline.expire();
        await pipeline.tryRotate();
      }
    },
    row(report, userName) {
      const found = report.rows.find((row) => row.userName === userName);
      if (!found) throw new Error(`the report has no row about ${userName}`);
      return found;
    },
    useNewKey(userName) {
      const youngest = account.userActions
        .keys(userName)
        .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
      if (!youngest) throw new Error(`${userName} has no key`);
      account.userActions.useKey(youngest.accessKeyId);
      return youngest.accessKeyId;
    },
    async record(userName) {
      const userId = userIds.get(userName);
      return (await plainItems(account)).find(({ item }) => item === `${userId}/rotation`);
    },
    async timers() {
      return (await plainItems(account)).filter((item) => 'delete_on' in item);
    },
    async close() {
      await Promise.all([rotator.close(), destructor.close()]);
      await Promise.all([smtp?.close(), mailgun?.close()]);
      await account.close();
    },
  };
  return pipeline;
}

function smtpSettings(account: LocalAccount, smtp: LocalSmtp): Record<string, string> {
  account.userActions.putParameter('/mail/smtp-password', smtp.knobs.password);
  return {
    SMTP_SERVER: smtp.host,
    SMTP_PORT: String(smtp.port),
    SMTP_PROTOCOL: 'tls',
    SMTP_USER: smtp.knobs.user,
    SMTP_PASSWORD_PARAMETER: '/mail/smtp-password',
    NODE_EXTRA_CA_CERTS: smtp.caFile,
  };
}

function mailgunSettings(account: LocalAccount, mailgun: LocalMailgun): Record<string, string> {
  account.userActions.putParameter('/mail/mailgun-key', mailgun.knobs.apiKey);
  return {
    MAILGUN_API_URL: mailgun.url,
    MAILGUN_DOMAIN: mailgun.knobs.domain,
    MAILGUN_API_KEY_NAME: '/mail/mailgun-key',
  };
}

/** The table's items with plain values, as a person sees them in the console. */
async function plainItems(account: LocalAccount): Promise<Record<string, unknown>[]> {
  const items = await account.userActions.items(TABLE);
  return items.map((item) =>
    Object.fromEntries(
      Object.entries(item as Record<string, Record<string, unknown>>).map(([name, typed]) => {
        const [type, value] = Object.entries(typed)[0] ?? [];
        return [name, type === 'N' ? Number(value) : value];
      }),
    ),
  );
}
