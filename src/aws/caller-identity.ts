/** Whose credentials are in use, on STS. */
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

export interface CallerIdentity {
  readonly arn: string;
  readonly accountId: string;
}

export async function callerIdentity(sts: STSClient): Promise<CallerIdentity> {
  const { Arn, Account } = await sts.send(new GetCallerIdentityCommand({}));
  if (!Arn || !Account) throw new Error('STS does not tell whose credentials these are');
  return { arn: Arn, accountId: Account };
}
