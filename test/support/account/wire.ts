import { randomUUID } from 'node:crypto';
import type { ServiceName } from './calls.ts';
import type { Refusals } from './traffic.ts';
import { xml } from './xml.ts';

export interface WireRequest {
  method: string;
  /** Path with query string. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Request parameters, as deep as the protocol nests them. */
export type Param = string | number | boolean | null | Param[] | Params;
export interface Params {
  [name: string]: Param | undefined;
}

/** An error that the service answers; thrown by an action, rendered by the service's protocol. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly status: number;
  /** More members of the error's body. */
  readonly more: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, more: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.more = more;
  }
}

/** One read request: what is asked for, and how to do it. */
export interface Asked {
  action: string;
  params: Params;
}

/** A service on the wire: reads a request, does it, and renders answers and errors. */
export interface Service {
  readonly name: ServiceName;
  read(request: WireRequest): Asked;
  /** Throws a ServiceError to refuse. */
  act(asked: Asked, request: WireRequest): WireAnswer | Promise<WireAnswer>;
  fail(error: ServiceError): WireAnswer;
  /** The errors that faults and limits answer with. */
  readonly refusals: { throttle: ServiceError; deny: ServiceError; error500: ServiceError };
  /** The names of things a call is about, for the log, and the ARN of the thing. */
  describe(asked: Asked): { resource: Record<string, string>; arn: string };
}

export type Action = (params: Params) => unknown;
export type Actions = Record<string, Action>;

interface ServiceParts {
  name: ServiceName;
  actions: Actions;
  refusals: Service['refusals'];
  /** The parameters that name things. Everything else stays out of the log. */
  named: readonly string[];
  arnOf(params: Params): string;
}

/** A service of the Query protocol: form in, XML out (IAM, STS, SES). */
export function queryService(parts: ServiceParts & { xmlns: string }): Service {
  const { actions, xmlns } = parts;
  return {
    ...common(parts),
    read: (request) => {
      const params = nest(new URLSearchParams(request.body.toString('utf8')));
      return { action: text(params, 'Action') ?? '', params };
    },
    act: async ({ action, params }) => {
      const result = await perform(actions, action, params, 'InvalidAction');
      const content = {
        ...(result === undefined ? {} : { [`${action}Result`]: result }),
        ResponseMetadata: { RequestId: randomUUID() },
      };
      return xmlAnswer(200, xml(`${action}Response`, content, xmlns));
    },
    fail: ({ code, message, status }) => {
      const Type = status >= 500 ? 'Receiver' : 'Sender';
      const content = { Error: { Type, Code: code, Message: message }, RequestId: randomUUID() };
      return xmlAnswer(status, xml('ErrorResponse', content, xmlns));
    },
  };
}

/** A service of the AWS JSON protocol, told by `X-Amz-Target` (SSM). */
export function jsonService(parts: ServiceParts & { version: '1.0' | '1.1' }): Service {
  const type = `application/x-amz-json-${parts.version}`;
  return {
    ...common(parts),
    read: readTarget,
    act: async ({ action, params }) => {
      const result = await perform(parts.actions, action, params, 'UnknownOperationException');
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

function xmlAnswer(status: number, body: string): WireAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

/** What all protocols share: refusals, and what a call is about. */
export function common(
  parts: Pick<ServiceParts, 'name' | 'refusals' | 'named' | 'arnOf'>,
): Pick<Service, 'name' | 'refusals' | 'describe'> {
  return {
    name: parts.name,
    refusals: parts.refusals,
    describe: ({ params }) => {
      const resource: Record<string, string> = {};
      for (const name of parts.named) {
        const value = params[name];
        if (typeof value === 'string') resource[name] = value;
      }
      return { resource, arn: parts.arnOf(params) };
    },
  };
}

/** Performs an action, or answers with the protocol's error for an unknown one. */
export async function perform(
  actions: Actions,
  action: string,
  params: Params,
  unknownCode: string,
): Promise<unknown> {
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!act) throw new ServiceError(unknownCode, `The local account does not know ${action}.`);
  return act(params);
}

/** The refusals of a service as answers. */
export function refusalsOf(service: Service): Refusals<WireAnswer> {
  const { throttle, deny, error500 } = service.refusals;
  return {
    throttle: () => service.fail(throttle),
    deny: () => service.fail(deny),
    error500: () => service.fail(error500),
  };
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

/** A text parameter. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

/** A list parameter, of either protocol: the Query protocol numbers its members from 1. */
export function list(params: Params, name: string): Param[] {
  const value = params[name];
  if (Array.isArray(value)) return value;
  if (value === null || typeof value !== 'object') return [];
  const entries = Object.entries(value).sort(([a], [b]) => Number(a) - Number(b));
  return entries.flatMap(([, member]) => (member === undefined ? [] : [member]));
}

/** A structure parameter; empty if absent. */
export function structure(params: Params, name: string): Params {
  const value = params[name];
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** A list of `{ Key, Value }`, as all services write tags. */
export function tagList(params: Params): { key: string; value: string }[] {
  return list(params, 'Tags').map((tag) => {
    const fields = tag as Params;
    return { key: text(fields, 'Key') ?? '', value: text(fields, 'Value') ?? '' };
  });
}
