import type { AccountContext } from './context.ts';
import { queryRefusals, queryService } from './query-protocol.ts';
import type { Service } from './wire.ts';

/** STS: tells the caller who it is. */
export function createSts({ accountId }: AccountContext): Service {
  return queryService({
    name: 'sts',
    xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
    actions: {
      GetCallerIdentity: (_, { arn, userId }) => ({
        Arn: arn,
        UserId: userId,
        Account: accountId,
      }),
    },
    named: [],
    arnOf: () => '*',
    refusals: queryRefusals('Rate exceeded', 'InternalFailure'),
  });
}
