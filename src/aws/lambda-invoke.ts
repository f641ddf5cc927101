/** Invokes a function, on Lambda. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

export interface Invocation {
  /** Name or ARN, without a qualifier. */
  readonly functionName: string;
  readonly qualifier: string;
  readonly event: unknown;
  /** Have the event queued: the answer says only that it was. */
  readonly isAsync?: boolean;
  readonly region?: string | undefined;
  /** Lets go of the connection; the function goes on. */
  readonly signal?: AbortSignal | undefined;
}

export interface Invoked {
  /** What the function returned, or the error that it ended with, as JSON. */
  readonly payload: string;
  readonly isError: boolean;
  readonly version?: string | undefined;
  /** Names the invocation in the function's log. */
  readonly requestId?: string | undefined;
}

export type Invoke = (invocation: Invocation) => Promise<Invoked>;

/** A function may work for 15 minutes before its answer begins. */
const ANSWER_MS = 16 * 60_000;
/** Network devices on the way forget connections that are silent for some minutes. */
const KEEP_ALIVE_MS = 30_000;

const AGENT = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS };

/**
 * Invokes a function once. Neither this client nor a reused connection ever sends an invocation
 * again whose answer was lost: the function may be at work on it.
 */
export async function invokeFunction(invocation: Invocation): Promise<Invoked> {
  const { functionName, qualifier, event, isAsync = false, region, signal } = invocation;
  const lambda = new LambdaClient({
    maxAttempts: 1,
    ...(region !== undefined && { region }),
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
      socketTimeout: ANSWER_MS,
      httpAgent: AGENT,
      httpsAgent: AGENT,
    },
  });
  try {
    const answer = await lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        Qualifier: qualifier,
        InvocationType: isAsync ? 'Event' : 'RequestResponse',
        Payload: Buffer.from(JSON.stringify(event)),
      }),
      { ...(signal && { abortSignal: signal }) },
    );
    return {
      payload: answer.Payload ? Buffer.from(answer.Payload).toString('utf8') : '',
      isError: answer.FunctionError !== undefined,
      version: answer.ExecutedVersion,
      requestId: answer.$metadata.requestId,
    };
  } finally {
    lambda.destroy();
  }
}
