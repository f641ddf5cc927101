/**
 * What the functions do around their one call: read the settings once a container, and give each
 * invocation its log, its deadline and its account.
 */
import type { Context } from 'aws-lambda';
import type { Log } from '../ports/log.ts';
import type { Subscriber } from '../ports/notifications.ts';
import type { RunJournal } from '../ports/run-journal.ts';
import { systemClock } from './clock.ts';
import { type Composition, type Container, compose, createContainer } from './compose.ts';
import { createLog } from './json-log.ts';
import { loadSettings } from './settings.ts';

let container: Promise<Container> | undefined;

/**
 * What one invocation works with.
 * @param subscribe what else hears of what happens
 */
export async function composeFor(
  context: Context,
  subscribe: (log: Log) => Subscriber,
): Promise<Composition> {
  const ready = await containerOf();
  const log = createLog(ready.settings.core.LOG_LEVEL, systemClock, {
    function: context.functionName,
    requestId: context.awsRequestId,
  });
  return compose(ready, {
    log,
    subscribers: [subscribe(log)],
    deadlineAtMs: systemClock.nowMs() + context.getRemainingTimeInMillis(),
    accountId: accountOf(context),
  });
}

/** Where the runs of the account are recorded. */
export async function runJournalOf(context: Context): Promise<RunJournal> {
  // Not every function records its runs.
  const { dynamodbRunJournal } = await import('../aws/dynamodb-run.ts');
  const { settings, clients } = await containerOf();
  const { IAM_KEY_ROTATOR_TABLE: table } = settings.core;
  return dynamodbRunJournal(table, accountOf(context), clients.dynamodb, systemClock);
}

async function containerOf(): Promise<Container> {
  container ??= start();
  try {
    return await container;
  } catch (error) {
    // Not kept: the next invocation of this container reports the mistakes again.
    container = undefined;
    throw error;
  }
}

/** `arn:aws:lambda:<region>:<account>:function:<name>` */
function accountOf({ invokedFunctionArn }: Context): string {
  return invokedFunctionArn.split(':')[4] ?? '';
}

async function start(): Promise<Container> {
  const settings = await loadSettings(process.env);
  return createContainer(settings, createLog(settings.core.LOG_LEVEL, systemClock));
}
