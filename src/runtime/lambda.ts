/**
 * What both Lambda functions do around their one call: read the settings once a container, and
 * give each invocation its log, its deadline and its account.
 */
import type { Context } from 'aws-lambda';
import { loadSettings } from '../config/settings.ts';
import type { Run } from '../rotation/run-context.ts';
import { createPlant, createRun, type Plant, systemClock } from './compose.ts';
import { createLog } from './log.ts';

let plant: Promise<Plant> | undefined;

/** The run of one invocation. */
export async function runOf(context: Context): Promise<Run> {
  plant ??= start();
  let ready: Plant;
  try {
    ready = await plant;
  } catch (error) {
    // Not kept: the next invocation of this container tells the mistakes again.
    plant = undefined;
    throw error;
  }
  return createRun(ready, {
    log: createLog(ready.settings.logLevel, systemClock, {
      function: context.functionName,
      requestId: context.awsRequestId,
    }),
    deadlineAtMs: systemClock.nowMs() + context.getRemainingTimeInMillis(),
    // arn:aws:lambda:<region>:<account>:function:<name>
    accountId: async () => context.invokedFunctionArn.split(':')[4] ?? '',
  });
}

async function start(): Promise<Plant> {
  const settings = await loadSettings(process.env);
  return createPlant(settings, createLog(settings.logLevel, systemClock));
}
