/**
 * What the functions do around their one call: read the settings once a container, and give each
 * invocation its log, its deadline and its account.
 */
import type { Context } from 'aws-lambda';
import type { Log } from '../ports/log.ts';
import type { Subscriber } from '../ports/notifications.ts';
import {
  type Composition,
  type Container,
  compose,
  createContainer,
  systemClock,
} from './compose.ts';
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
  container ??= start();
  let ready: Container;
  try {
    ready = await container;
  } catch (error) {
    // Not kept: the next invocation of this container reports the mistakes again.
    container = undefined;
    throw error;
  }
  const log = createLog(ready.settings.core.LOG_LEVEL, systemClock, {
    function: context.functionName,
    requestId: context.awsRequestId,
  });
  return compose(ready, {
    log,
    subscribers: [subscribe(log)],
    deadlineAtMs: systemClock.nowMs() + context.getRemainingTimeInMillis(),
    // arn:aws:lambda:<region>:<account>:function:<name>
    accountId: context.invokedFunctionArn.split(':')[4] ?? '',
  });
}

async function start(): Promise<Container> {
  const settings = await loadSettings(process.env);
  return createContainer(settings, createLog(settings.core.LOG_LEVEL, systemClock));
}
