/** The destructor Lambda: the table's stream calls it when timers are removed. */
import type { Context, DynamoDBBatchResponse } from 'aws-lambda';
import { destructorMetrics, writeMetrics } from '../notifications/metrics.ts';
import { runOf } from '../runtime/lambda.ts';
import { handleBatch } from './batch.ts';

/**
 * @returns the records that the stream must deliver again
 * @throws Error when the event is no batch or the settings can't be used
 */
export async function handler(event: unknown, context: Context): Promise<DynamoDBBatchResponse> {
  const run = await runOf(context);
  const { rows, failures } = await handleBatch(event, run);
  run.log.info('batch', { rows, failures: failures.length });
  writeMetrics(
    destructorMetrics(rows, failures.length, run.postman.counts),
    context.functionName,
    run.clock.nowMs(),
  );
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
}
