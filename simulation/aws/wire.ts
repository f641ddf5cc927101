import type { ServiceName } from './calls.ts';
import type { Params } from './params.ts';
import type { Refusals } from './traffic.ts';

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

/** Who calls. */
export interface Caller {
  arn: string;
  userId: string;
  /** Set if the caller is an IAM user. */
  userName?: string;
}

/** The errors that faults, limits and signatures answer with. */
export interface ServiceRefusals {
  readonly throttle: ServiceError;
  readonly deny: ServiceError;
  readonly error500: ServiceError;
  readonly unknownKey: ServiceError;
  readonly badSignature: ServiceError;
}

/** A service on the wire: reads a request, does it, and renders answers and errors. */
export interface Service {
  readonly name: ServiceName;
  read(request: WireRequest): Asked;
  /** Throws a ServiceError to refuse. */
  act(asked: Asked, caller: Caller): WireAnswer | Promise<WireAnswer>;
  fail(error: ServiceError): WireAnswer;
  readonly refusals: ServiceRefusals;
  /** The names of things a call is about, for the log, and the ARN of the thing. */
  describe(asked: Asked): { resource: Record<string, string>; arn: string };
}

export type Action = (params: Params, caller: Caller) => unknown;
export type Actions = Record<string, Action>;

export interface ServiceParts {
  name: ServiceName;
  actions: Actions;
  refusals: ServiceRefusals;
  /** The parameters that name things. Everything else stays out of the log. */
  named: readonly string[];
  arnOf(params: Params): string;
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
  { action, params }: Asked,
  caller: Caller,
  unknownCode: string,
): Promise<unknown> {
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!act) throw new ServiceError(unknownCode, `The local account does not know ${action}.`);
  return act(params, caller);
}

/** The refusals of a service as answers. */
export function refusalsOf(service: Service): Refusals<WireAnswer> {
  const { throttle, deny, error500 } = service.refusals;
  const fail =
    (usual: ServiceError) =>
    (code = usual.code, message = usual.message) =>
      service.fail(new ServiceError(code, message, usual.status, usual.more));
  return { throttle: fail(throttle), deny: fail(deny), error500: fail(error500) };
}
