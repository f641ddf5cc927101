import { randomUUID } from 'node:crypto';
import type { Params } from './params.ts';
import {
  type Asked,
  common,
  perform,
  type Service,
  ServiceError,
  type ServiceParts,
  type ServiceRefusals,
  type WireAnswer,
  type WireRequest,
} from './wire.ts';

/** A service of the AWS JSON protocol, told by `X-Amz-Target` (SSM). */
export function jsonService(parts: ServiceParts & { version: '1.0' | '1.1' }): Service {
  const type = `application/x-amz-json-${parts.version}`;
  return {
    ...common(parts),
    read: readTarget,
    act: async (asked, caller) => {
      const result = await perform(parts.actions, asked, caller, 'UnknownOperationException');
      return jsonAnswer(200, result ?? {}, type);
    },
    fail: ({ code, message, status, more }) =>
      jsonAnswer(status, { __type: code, ...(message ? { message } : {}), ...more }, type),
  };
}

/** Action and parameters of an AWS JSON request. */
export function readTarget(request: WireRequest): Asked {
  const target = String(request.headers['x-amz-target'] ?? '');
  const body = request.body.length > 0 ? request.body.toString('utf8') : '{}';
  return {
    action: target.slice(target.indexOf('.') + 1),
    params: JSON.parse(body) as Params,
  };
}

export function jsonAnswer(status: number, body: unknown, type: string): WireAnswer {
  return {
    status,
    headers: { 'content-type': type, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
  };
}

/** The refusals of a service that speaks JSON. */
export function jsonRefusals(throttle: ServiceError, error500Code: string): ServiceRefusals {
  return {
    throttle,
    deny: new ServiceError('AccessDeniedException', 'The caller is not authorized to do this.'),
    error500: new ServiceError(error500Code, 'An internal error occurred.', 500),
    unknownKey: new ServiceError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ),
    badSignature: new ServiceError(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
    ),
  };
}
