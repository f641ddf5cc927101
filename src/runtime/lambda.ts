/**
 * What both Lambda functions do around their one call: read the settings once a container, and
 * give each invocation its log, its deadline and its account.
 */
import type { Context } from 'aws-lambda';
import { loadSettings } from '../config/settings.ts';
import type { RunJournal } from '../ports/run-journal.ts';
import type { Run } from '../rotation/run-context.ts';
import { systemClock } from './clock.ts';
import { createPlant, createRun, type Plant } from './compose.ts';
import { createLog } from './log.ts';

let plant: Promise<Plant> | undefined;

/** The run of one invocation. */
export async function runOf(context: Context): Promise<Run> {
  const ready = await plantOf();
  return createRun(ready, {
    log: createLog(ready.settings.logLevel, systemClock, {
      function: context.functionName,
      requestId: context.awsRequestId,
    }),
    deadlineAtMs: systemClock.nowMs() + context.getRemainingTimeInMillis(),
    accountId: async () => accountOf(context),
  });
}

/** Where the runs of the account are recorded. */
export async function runJournalOf(context: Context): Promise<RunJournal> {
  // Not every function records its runs.
  const { dynamodbRunJournal } = await import('../aws/dynamodb-run.ts');
  const { settings, clients } = await plantOf();
  return dynamodbRunJournal(settings.table, accountOf(context), clients.dynamodb, systemClock);
}

async function plantOf(): Promise<Plant> {
  plant ??= start();
  try {
    return await plant;
  } catch (error) {
    // Not kept: the next invocation of this container tells the mistakes again.
    plant = undefined;
    throw error;
  }
}

/** `arn:aws:lambda:<region>:<account>:function:<name>` */
function accountOf({ invokedFunctionArn }: Context): string {
  return invokedFunctionArn.split(':')[4] ?? '';
}

async function start(): Promise<Plant> {
  const settings = await loadSettings(process.env);
  return createPlant(settings, createLog(settings.logLevel, systemClock));
}
