/** The destructor Lambda: the table's stream calls it when timers are removed. */
import type { Context, DynamoDBBatchResponse } from 'aws-lambda';
import { logTimers } from '../notifications/log.ts';
import { destructorMetrics, writeMetrics } from '../notifications/metrics.ts';
import { composeFor } from '../runtime/lambda.ts';
import { handleBatch } from './batch.ts';

/**
 * @returns the records that the stream must deliver again
 * @throws Error when the event is no batch or the settings can't be used
 */
export async function handler(event: unknown, context: Context): Promise<DynamoDBBatchResponse> {
  const run = await composeFor(context, logTimers);
  const failures = await handleBatch(event, run);
  run.log.info('batch', { rows: run.report.rows, failures: failures.length });
  writeMetrics(
    destructorMetrics(run.report.rows, failures.length, run.mailCounts()),
    context.functionName,
    run.clock.nowMs(),
  );
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
}
