/**
 * The SDK clients, made once a container. Endpoints, Region and credentials come from the SDK's
 * own configuration.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 10_000 };

export interface Clients {
  readonly iam: IAMClient;
  /** For the one call that is not idempotent: it never repeats a request by itself. */
  readonly iamOnce: IAMClient;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly ssm: SSMClient;
}

export function createClients(): Clients {
  // The adaptive mode slows all calls of a client down when the service throttles.
  const shared = { retryMode: 'adaptive', maxAttempts: 8, requestHandler: TIMEOUTS } as const;
  return {
    iam: new IAMClient(shared),
    iamOnce: new IAMClient({ maxAttempts: 1, requestHandler: TIMEOUTS }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(shared), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    ssm: new SSMClient(shared),
  };
}
