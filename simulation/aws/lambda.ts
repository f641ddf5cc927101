import type { AccountContext } from './context.ts';
import { jsonRefusals } from './json-protocol.ts';
import type { Invocation, LambdaFailure } from './lambda-host.ts';
import { type Params, text } from './params.ts';
import { type Caller, common, type Service, ServiceError, type WireAnswer } from './wire.ts';

/** What stands behind a function's name. */
export interface DeployedFunction {
  invoke(
    event: unknown,
    options: { readonly qualifier: string | undefined; readonly requestId: string },
  ): Promise<Invocation>;
}

export interface LambdaKnobs {
  /** Qualifiers of functions that nobody may invoke; `$LATEST` for the function without an alias. */
  readonly denied: Set<string>;
  /** How often an asynchronous invocation is repeated after an error: at once, and not minutes later. */
  asyncRetries: number;
}

export interface Lambda {
  readonly service: Service;
  readonly knobs: LambdaKnobs;
  /** Deploys a function, in place of one of that name. */
  deploy(name: string, code: DeployedFunction, aliases?: readonly string[]): void;
  /** Waits until every asynchronous invocation has ended. */
  settled(): Promise<void>;
}

interface Deployed {
  readonly code: DeployedFunction;
  readonly aliases: readonly string[];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_REQUEST_BYTES = 6_291_456;
const MAX_ASYNC_BYTES = 1_048_576;
const MAX_ANSWER_BYTES = 6_291_556;

const LATEST = '$LATEST';
const INVOCATIONS = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?(.*))?$/;
/** `name`, `account:function:name` or an ARN, each with or without `:qualifier`. */
const FUNCTION_NAME =
  /^(?:(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:function:)?([\w-]+)(?::([\w$-]+))?$/;

/** Lambda's REST API, as far as it invokes functions. */
export function createLambda({ accountId, region }: AccountContext): Lambda {
  const functions = new Map<string, Deployed>();
  const knobs: LambdaKnobs = { denied: new Set(), asyncRetries: 2 };
  const atWork = new Set<Promise<unknown>>();
  const arnOf = ({ FunctionName, Qualifier }: Params) => {
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${FunctionName}`;
    return Qualifier === undefined ? arn : `${arn}:${Qualifier}`;
  };

  const find = (params: Params, caller: Caller): Deployed => {
    const qualifier = text(params, 'Qualifier');
    const arn = arnOf(params);
    if (knobs.denied.has(qualifier ?? LATEST)) {
      const message = `User: ${caller.arn} is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no identity-based policy allows the lambda:InvokeFunction action`;
      throw new ServiceError('AccessDeniedException', message, 403);
    }
    const found = functions.get(text(params, 'FunctionName') ?? '');
    const isKnown = qualifier === undefined || qualifier === LATEST;
    if (found && (isKnown || found.aliases.includes(qualifier))) return found;
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`, 404, {
      Type: 'User',
    });
  };

  const inBackground = (code: DeployedFunction, event: unknown, params: Params) => {
    const options = { qualifier: text(params, 'Qualifier'), requestId: crypto.randomUUID() };
    const attempt = async () => {
      for (let retries = knobs.asyncRetries; retries >= 0; retries--) {
        const { error, died } = await code.invoke(event, options);
        if (!error && !died) return;
      }
    };
    const work: Promise<void> = attempt().finally(() => atWork.delete(work));
    atWork.add(work);
  };

  const invoke = async (params: Params, caller: Caller): Promise<WireAnswer> => {
    const { code } = find(params, caller);
    const isAsync = params.InvocationType === 'Event';
    const payload = text(params, 'Payload') ?? '';
    const event = readPayload(payload, isAsync ? MAX_ASYNC_BYTES : MAX_REQUEST_BYTES);
    if (isAsync) {
      inBackground(code, event, params);
      return { status: 202, headers: { 'content-type': 'application/json' }, body: '' };
    }
    const qualifier = text(params, 'Qualifier');
    const requestId = crypto.randomUUID();
    const invocation = await code.invoke(event, { qualifier, requestId });
    const { body, isError } = answerOf(invocation, requestId);
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': requestId,
        'x-amz-executed-version': qualifier === undefined ? LATEST : '1',
        ...(isError && { 'x-amz-function-error': 'Unhandled' }),
      },
      body,
    };
  };

  const service: Service = {
    ...common({
      name: 'lambda',
      named: ['FunctionName', 'Qualifier'],
      arnOf,
      refusals: jsonRefusals(
        new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429),
        'ServiceException',
      ),
    }),
    read: ({ method, url, headers, body }) => {
      const path = INVOCATIONS.exec(url);
      if (method !== 'POST' || !path?.[1]) return { action: 'Unknown', params: {} };
      const [, name = '', alias] = FUNCTION_NAME.exec(decodeURIComponent(path[1])) ?? [];
      const qualifier = new URLSearchParams(path[2] ?? '').get('Qualifier') ?? alias;
      return {
        action: 'InvokeFunction',
        params: {
          FunctionName: name,
          ...(qualifier !== undefined && { Qualifier: qualifier }),
          InvocationType: String(headers['x-amz-invocation-type'] ?? 'RequestResponse'),
          Payload: body.toString('utf8'),
        },
      };
    },
    act: ({ action, params }, caller) => {
      if (action === 'InvokeFunction') return invoke(params, caller);
      throw new ServiceError('UnknownOperationException', 'Not known here.', 404);
    },
    fail: ({ code, message, status, more }) => ({
      status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': crypto.randomUUID(),
        'x-amzn-errortype': code,
      },
      body: JSON.stringify({ Message: message, ...more }),
    }),
  };
  return {
    service,
    knobs,
    deploy: (name, code, aliases = []) => void functions.set(name, { code, aliases }),
    async settled() {
      while (atWork.size > 0) await Promise.all(atWork);
    },
  };
}

function readPayload(payload: string, maxBytes: number): unknown {
  const bytes = Buffer.byteLength(payload);
  if (bytes > maxBytes) {
    const message = `${bytes} byte payload is too large for the function (limit ${maxBytes} bytes)`;
    throw new ServiceError('RequestTooLargeException', message, 413);
  }
  if (payload === '') return {};
  try {
    return JSON.parse(payload);
  } catch (error) {
    const message = `Could not parse request body into json: ${String(error)}`;
    throw new ServiceError('InvalidRequestContentException', message, 400, { Type: 'User' });
  }
}

/** The body of an answer: what the function returned, or the error that it ended with. */
function answerOf(invocation: Invocation, requestId: string): { body: string; isError: boolean } {
  const failed = (errorType: string, errorMessage: string, more: object = {}) => ({
    body: JSON.stringify({ errorType, errorMessage, ...more }),
    isError: true,
  });
  if (invocation.died) {
    const message = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
    return failed('Runtime.ExitError', message);
  }
  if (invocation.error) {
    const { name, message, stack }: LambdaFailure = invocation.error;
    return failed(name, message, { trace: stack.split('\n') });
  }
  const body = JSON.stringify(invocation.result) ?? 'null';
  if (Buffer.byteLength(body) <= MAX_ANSWER_BYTES) return { body, isError: false };
  return failed(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${MAX_ANSWER_BYTES} bytes).`,
  );
}
