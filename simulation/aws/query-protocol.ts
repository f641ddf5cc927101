import { randomUUID } from 'node:crypto';
import { type Param, type Params, text } from './params.ts';
import {
  common,
  perform,
  type Service,
  ServiceError,
  type ServiceParts,
  type ServiceRefusals,
  type WireAnswer,
} from './wire.ts';
import { xml } from './xml.ts';

/** A service of the Query protocol: form in, XML out (IAM, STS, SES). */
export function queryService(parts: ServiceParts & { xmlns: string }): Service {
  const { actions, xmlns } = parts;
  return {
    ...common(parts),
    read: (request) => {
      const params = nest(new URLSearchParams(request.body.toString('utf8')));
      return { action: text(params, 'Action') ?? '', params };
    },
    act: async (asked, caller) => {
      const result = await perform(actions, asked, caller, 'InvalidAction');
      const content = {
        ...(result === undefined ? {} : { [`${asked.action}Result`]: result }),
        ResponseMetadata: { RequestId: randomUUID() },
      };
      return xmlAnswer(200, xml(`${asked.action}Response`, content, xmlns));
    },
    fail: ({ code, message, status }) => {
      const Type = status >= 500 ? 'Receiver' : 'Sender';
      const content = { Error: { Type, Code: code, Message: message }, RequestId: randomUUID() };
      return xmlAnswer(status, xml('ErrorResponse', content, xmlns));
    },
  };
}

/** The refusals of a Query service, whose codes differ from those of the JSON services. */
export function queryRefusals(throttle: string, error500Code: string): ServiceRefusals {
  return {
    throttle: new ServiceError('Throttling', throttle),
    deny: new ServiceError('AccessDenied', 'The caller is not authorized to do this.', 403),
    error500: new ServiceError(error500Code, 'An internal error occurred.', 500),
    unknownKey: new ServiceError(
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      403,
    ),
    badSignature: new ServiceError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
      403,
    ),
  };
}

function xmlAnswer(status: number, body: string): WireAnswer {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body };
}

/** `Tags.member.2.Key=x` becomes `{ Tags: [, { Key: 'x' }] }`. */
function nest(form: URLSearchParams): Params {
  const root: Params = {};
  for (const [path, value] of form) {
    const steps = path.split('.').filter((step) => step !== 'member');
    let at: Record<string, Param | undefined> = root;
    steps.forEach((step, i) => {
      if (i === steps.length - 1) {
        at[step] = value;
        return;
      }
      at[step] ??= {};
      at = at[step] as Params;
    });
  }
  return root;
}
