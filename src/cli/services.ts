/**
 * What commands need from AWS, made when it is first asked for: by then `--profile` and `--region`
 * are in the environment, where the SDK reads them.
 */
import { IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { type CallerIdentity, callerIdentity } from '../aws/caller-identity.ts';
import { PATIENT, TIMEOUTS } from '../aws/clients.ts';
import { ssmContentKeys } from '../aws/content-keys.ts';
import { iamUsers, type Users } from '../aws/iam-users.ts';
import { type Invoke, invokeFunction } from '../aws/lambda-invoke.ts';
import type { ContentKeys } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../runtime/clock.ts';

export interface Services {
  readonly clock: Clock;
  users(): Users;
  /** @param region where the parameters are; the user's own Region when missing */
  contentKeys(region?: string): Pick<ContentKeys, 'get'>;
  /** Whose credentials these are. */
  caller(region?: string): Promise<CallerIdentity>;
  /** Invokes a function. */
  readonly invoke: Invoke;
}

/** One-off questions: a person waits for the answer. */
const ONE_OFF = {
  maxAttempts: 3,
  requestHandler: TIMEOUTS,
};

export function createServices(clock: Clock = systemClock): Services {
  let users: Users | undefined;
  const at = (region?: string) => ({ ...ONE_OFF, ...(region !== undefined && { region }) });
  return {
    clock,
    users: () => {
      users ??= iamUsers(new IAMClient(PATIENT));
      return users;
    },
    contentKeys: (region) => ssmContentKeys(new SSMClient(at(region))),
    caller: (region) => callerIdentity(new STSClient(at(region))),
    invoke: invokeFunction,
  };
}
