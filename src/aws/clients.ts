/**
 * The SDK clients, made once a container. Endpoints, Region and credentials come from the SDK's
 * own configuration.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AdaptiveRetryStrategy, DefaultRateLimiter } from '@smithy/core/retry';

/**
 * How long (in milliseconds) a service may take to accept a connection, to answer, and to go on
 * with an answer it has begun. A request that takes too long would only be warned about by itself:
 * then a lost answer would hold the whole run up until its function is stopped.
 */
export const TIMEOUTS = {
  connectionTimeout: 3_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
  socketTimeout: 10_000,
};

/** What signs the calls into one account, such as those of an assumed role. */
export type AccountCredentials = NonNullable<IAMClientConfig['credentials']>;

export interface Clients {
  readonly iam: IAMClient;
  /** For the one call that is not idempotent: it never repeats a request by itself. */
  readonly iamOnce: IAMClient;
  /** The home account's, whatever the credentials are: the journal is central. */
  readonly dynamodb: DynamoDBDocumentClient;
  /** What the account's other clients are made with; those of the environment when missing. */
  readonly credentials?: AccountCredentials;
}

/**
 * For calls that are made once and never repeated: a connection of their own. A kept one may be
 * closed by the service in the moment in which it is used again, and then nobody knows whether the
 * call was heard.
 */
const OWN_CONNECTION = {
  httpAgent: { keepAlive: false, maxSockets: 50 },
  httpsAgent: { keepAlive: false, maxSockets: 50 },
};

/** Throttled calls are repeated this often, at the pace that the service allows. */
const MAX_ATTEMPTS = 8;

/** The adaptive mode slows all calls of a client down when the service throttles. */
export const PATIENT = {
  retryMode: 'adaptive',
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: TIMEOUTS,
} as const;

/**
 * Items as plain objects. A number that JavaScript can't hold exactly comes as the nearest one, and
 * is told of with its item: by itself, the SDK would refuse the whole answer for one item that
 * somebody wrote by hand.
 */
export function documentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: Number },
  });
}

/**
 * The clients of one account.
 * @param credentials of a role in that account; those of the environment when missing
 */
export function createClients(credentials?: AccountCredentials): Clients {
  // IAM counts all calls together, so its two clients keep one pace. It slows down less and speeds
  // up sooner than the SDK's own: most of a run that is throttled is spent on finding the pace.
  const rateLimiter = new DefaultRateLimiter({ beta: 0.9, scaleConstant: 4 });
  const iam = (maxAttempts: number, agents: object = {}) =>
    new IAMClient({
      retryStrategy: new AdaptiveRetryStrategy(maxAttempts, { rateLimiter }),
      requestHandler: { ...TIMEOUTS, ...agents },
      ...(credentials && { credentials }),
    });
  return {
    iam: iam(MAX_ATTEMPTS),
    iamOnce: iam(1, OWN_CONNECTION),
    dynamodb: documentClient(new DynamoDBClient(PATIENT)),
    ...(credentials && { credentials }),
  };
}
