/**
 * What stands between the functions and moto: it passes everything on, and can play a trick on one
 * call. moto has no faults of its own to ask for.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What happens to a call. */
export interface Trick {
  /** Before moto hears of it; may change the request's body. */
  before?(body: string): string | Promise<string>;
  /** After its effect: then nobody gets the answer. */
  instead?(): unknown;
}

export interface Gateway {
  readonly url: string;
  /** Every call so far, as `iam:CreateAccessKey`. */
  readonly calls: readonly string[];
  /** Plays a trick on the next call of this name that has none yet. */
  trick(name: string, trick: Trick): void;
  close(): Promise<void>;
}

/** moto does not know this call of SES; sending is enabled, as in any account at first. */
const SENDING_ENABLED = `<GetAccountSendingEnabledResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">
  <GetAccountSendingEnabledResult><Enabled>true</Enabled></GetAccountSendingEnabledResult>
</GetAccountSendingEnabledResponse>`;

export async function startGateway(target: string): Promise<Gateway> {
  const calls: string[] = [];
  const tricks: [name: string, trick: Trick][] = [];

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = (await buffer(request)).toString('utf8');
    const name = nameOf(request, body);
    calls.push(name);
    if (name === 'ses:GetAccountSendingEnabled') {
      response.setHeader('content-type', 'text/xml').end(SENDING_ENABLED);
      return;
    }
    const index = tricks.findIndex(([of]) => of === name);
    const [, trick] = (index >= 0 && tricks.splice(index, 1)[0]) || [];
    if (trick?.before) body = await trick.before(body);

    const answer = await fetch(target, { method: 'POST', headers: headersOf(request), body });
    const content = Buffer.from(await answer.arrayBuffer());
    if (trick?.instead) {
      await trick.instead();
      request.socket.destroy();
      return;
    }
    const type = answer.headers.get('content-type') ?? 'text/xml';
    response.writeHead(answer.status, { 'content-type': type }).end(content);
  };

  const server = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    trick: (name, trick) => void tricks.push([name, trick]),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The service from the signature's scope, the action from the form or the target header. */
function nameOf(request: IncomingMessage, body: string): string {
  const scope = /Credential=[^,]*\/([\w-]+)\/aws4_request/.exec(
    request.headers.authorization ?? '',
  );
  const target = request.headers['x-amz-target'];
  const action =
    target === undefined
      ? new URLSearchParams(body).get('Action')
      : String(target).slice(String(target).indexOf('.') + 1);
  return `${scope?.[1]}:${action}`;
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const passed = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target'];
  return Object.fromEntries(
    passed.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
