/**
 * An HTTP server that answers what a test tells it, for answers that no decent service gives.
 */
import { createServer, type ServerResponse } from 'node:http';
import { listen, read } from '../../simulation/aws/server.ts';
import type { WireRequest } from '../../simulation/aws/wire.ts';

export interface ScriptedHttp {
  readonly url: string;
  readonly requests: readonly WireRequest[];
  /** Says what becomes of the next requests. */
  answer: (response: ServerResponse, request: WireRequest) => void;
  close(): Promise<void>;
}

export async function serveHttp(): Promise<ScriptedHttp> {
  const requests: WireRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await read(incoming);
    requests.push(request);
    scripted.answer(response, request);
  });
  const scripted: ScriptedHttp = {
    url: `http://127.0.0.1:${await listen(server)}`,
    requests,
    answer: (response) => response.end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return scripted;
}

/** An answer with a status and a body. */
export function says(status: number, body = '', headers: Record<string, string> = {}) {
  return (response: ServerResponse) => void response.writeHead(status, headers).end(body);
}

/** An answer to the letter, after which the connection ends. */
export function saysRaw(answer: string) {
  return ({ socket }: ServerResponse) => void socket?.end(answer);
}

/** An answer that begins well and never ends. */
export function begins(body: string) {
  return (response: ServerResponse) => void response.writeHead(200).write(body);
}

/** An answer that begins well and is cut. */
export function cutsOff(body: string) {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': body.length + 1000 });
    response.write(body, () => response.destroy());
  };
}
