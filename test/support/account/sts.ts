import type { AccountContext } from './context.ts';
import { queryService, type Service, ServiceError } from './wire.ts';

/** STS: tells the caller who it is. */
export function createSts({ accountId, caller }: AccountContext): Service {
  return queryService({
    name: 'sts',
    xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
    actions: {
      GetCallerIdentity: () => ({
        Arn: caller,
        UserId: 'AROAEXAMPLEEXAMPLE234:session',
        Account: accountId,
      }),
    },
    named: [],
    arnOf: () => '*',
    refusals: {
      throttle: new ServiceError('Throttling', 'Rate exceeded'),
      deny: new ServiceError('AccessDenied', `User: ${caller} is not authorized`, 403),
      error500: new ServiceError('InternalFailure', 'Something went wrong inside STS.', 500),
    },
  });
}
