import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TurnableClock } from './clock.ts';
import type { Identify } from './identity.ts';
import { readSignature } from './sigv4.ts';
import type { Traffic } from './traffic.ts';
import {
  type Asked,
  type Caller,
  refusalsOf,
  type Service,
  ServiceError,
  type WireAnswer,
  type WireRequest,
} from './wire.ts';

const TARGETS: Readonly<Record<string, string>> = {
  AmazonSSM: 'ssm',
  DynamoDB_20120810: 'dynamodb',
};

type Handle = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * An HTTP server on a free port of 127.0.0.1 that can outlive the account behind it: a Lambda host
 * keeps its environment, and meets the next account at the same address.
 */
export interface Door {
  readonly endpoint: string;
  /** Who answers from now on. */
  lead(handle: Handle): void;
  close(): Promise<void>;
}

export async function openDoor(): Promise<Door> {
  let handle: Handle = async (_, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    lead: (next) => {
      handle = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Serves all services at one door. */
export function serve(
  services: readonly Service[],
  traffic: Traffic,
  clock: TurnableClock,
  identify: Identify,
  door: Door,
): void {
  door.lead(async (incoming, response) => {
    const request = await read(incoming);
    const service = services.find(({ name }) => name === serviceOf(request));
    if (!service) {
      response.writeHead(404).end('The local account has no such service.');
      return;
    }
    const asked = service.read(request);
    const { resource, arn } = service.describe(asked);
    const signedWith = readSignature(request)?.accessKeyId;
    const call = traffic.calls.begin(service.name, asked.action, resource, arn, signedWith);
    const fate = await traffic.pass(call, refusalsOf(service), () =>
      act(service, asked, () => identify(request, service)),
    );
    if (fate === 'reset') reset(incoming.socket);
    if (typeof fate === 'string') return;
    const { status, headers, body } = fate.answer;
    response.writeHead(status, {
      ...headers,
      date: new Date(clock.nowMs()).toUTCString(),
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}

/** Listens on a free port of 127.0.0.1 and answers its number. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/**
 * Resets a connection. One whose client is gone is already shutting down, and is only destroyed:
 * Node would lose the handle of a socket that is reset then, and spin for ever when it exits.
 */
export function reset(socket: Socket): void {
  if (socket.writable) socket.resetAndDestroy();
  else socket.destroy();
}

/** Reads a request to its end. */
export async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = 'GET', url = '/', headers } = incoming;
  return { method, url, headers, body: Buffer.concat(chunks) };
}

/** The service a request is for: by its target, or by the scope it is signed for. */
function serviceOf(request: WireRequest): string | undefined {
  const target = String(request.headers['x-amz-target'] ?? '').split('.')[0] ?? '';
  return TARGETS[target] ?? readSignature(request)?.service;
}

async function act(
  service: Service,
  asked: Asked,
  identify: () => Caller,
): Promise<{ answer: WireAnswer; outcome: string }> {
  try {
    const answer = await service.act(asked, identify());
    return { answer, outcome: answer.status < 300 ? 'ok' : errorType(answer) };
  } catch (error) {
    const known =
      error instanceof ServiceError
        ? error
        : new ServiceError('InternalFailure', String(error), 500);
    return { answer: service.fail(known), outcome: known.code };
  }
}

/** The error a passed-on answer (DynamoDB's) carries. */
function errorType({ body }: WireAnswer): string {
  const { __type: type } = JSON.parse(body) as { __type?: string };
  return type?.split('#').at(-1) ?? 'error';
}
