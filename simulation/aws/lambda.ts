import type { AccountContext } from './context.ts';
import { jsonAnswer, jsonRefusals } from './json-protocol.ts';
import { common, type Service, ServiceError } from './wire.ts';

export interface LambdaFunctions {
  service: Service;
  /** Environment variables by function name. */
  functions: Map<string, Record<string, string>>;
}

/** Lambda's REST API, as far as it tells a function's configuration. */
export function createLambda({ accountId, region }: AccountContext): LambdaFunctions {
  const functions = new Map<string, Record<string, string>>();
  const arn = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  const service: Service = {
    ...common({
      name: 'lambda',
      named: ['FunctionName'],
      arnOf: ({ FunctionName }) => (typeof FunctionName === 'string' ? arn(FunctionName) : '*'),
      refusals: jsonRefusals(
        new ServiceError('TooManyRequestsException', 'Rate exceeded', 429),
        'ServiceException',
      ),
    }),
    read: ({ method, url }) => {
      const path = /^\/2015-03-31\/functions\/([^/?]+)\/configuration/.exec(url);
      if (method !== 'GET' || !path?.[1]) return { action: 'Unknown', params: {} };
      const FunctionName = decodeURIComponent(path[1]).split(':function:').at(-1) ?? '';
      return { action: 'GetFunctionConfiguration', params: { FunctionName } };
    },
    act: ({ action, params }) => {
      if (action !== 'GetFunctionConfiguration') {
        throw new ServiceError('UnknownOperationException', 'Not known here.', 404);
      }
      const FunctionName = String(params.FunctionName);
      const FunctionArn = arn(FunctionName);
      const Variables = functions.get(FunctionName);
      if (!Variables) {
        const message = `Function not found: ${FunctionArn}`;
        throw new ServiceError('ResourceNotFoundException', message, 404, { Type: 'User' });
      }
      const Environment = { Variables };
      return jsonAnswer(200, { FunctionName, FunctionArn, Environment }, 'application/json');
    },
    fail: ({ code, message, status, more }) => {
      const answer = jsonAnswer(status, { Message: message, ...more }, 'application/json');
      return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': code } };
    },
  };
  return { service, functions };
}
