import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect } from '@jest/globals';
import type { ContractSuite } from '../contract.ts';

export function stsContract({ it, target }: ContractSuite): void {
  it('tells the account of the caller', async () => {
    const identity = await target().clients.sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: expect.stringMatching(/^\d{12}$/),
      Arn: expect.stringMatching(/^arn:aws:(sts|iam)::\d{12}:/),
      UserId: expect.stringMatching(/^A[A-Z0-9]/),
    });
  });
}
