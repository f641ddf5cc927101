/** What came of invocations of the built functions. */
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { Invocation } from '../../../simulation/aws/lambda-host.ts';

/** Everything that left the function. */
export function outputOf({ logs, result, error }: Invocation): string[] {
  return [...logs, JSON.stringify({ result, error })];
}

/** What is logged as a warning or an error, and the error that ended the invocation. */
export function warningsIn({ logs, error }: Invocation): string[] {
  const lines = logs.flatMap((line) => {
    if (!/"level":"(warn|error)"/.test(line)) return [];
    const { timestamp: _, requestId: __, ...said } = JSON.parse(line) as Record<string, unknown>;
    return [JSON.stringify(said)];
  });
  return error ? [...lines, `${error.name}: ${error.message}`] : lines;
}

export function isTimedOut({ error }: Invocation): boolean {
  return error?.name === 'Sandbox.Timedout';
}

/** What the stream delivers again: from the first record that failed, or all of them. */
export function remaining(
  batch: DynamoDBRecord[],
  result: DynamoDBBatchResponse | undefined,
): DynamoDBRecord[] {
  if (!result) return batch;
  const failed = new Set(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
  return first < 0 ? [] : batch.slice(first);
}
