/**
 * Requests by mailgun.js, and exactly what became of them.
 *
 * The package reports whatever goes wrong as an `APIError`, a lost connection as one with the status
 * 400: read like that, a mail that arrived would count as refused, and its key be withdrawn. Nor has
 * it options to end a request or to stay with one server. But it lets its request provider be
 * wrapped, and hands on to axios what is added to the data of a request: so every reply is seen here
 * as it came, and every connection is watched.
 */
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import Mailgun from 'mailgun.js';
import type { Reply, ReplyBody } from './mailgun-answers.ts';

export type MailgunClient = ReturnType<Mailgun['client']>;

/** Where to ask, and how. */
export interface MailgunAccess {
  /** The origin of the API. */
  readonly url: string;
  readonly key: string;
  /** Ends the request, everything included. */
  readonly signal: AbortSignal;
  /** A certificate authority (PEM) to trust in place of the usual ones. */
  readonly ca: string | undefined;
}

type Proxy = NonNullable<Parameters<Mailgun['client']>[0]['proxy']>;

/** Whatever `HTTPS_PROXY` says: axios reads `false` so, which the types of mailgun.js do not know. */
const NO_PROXY = false as unknown as Proxy;

/** Makes one request, in one attempt; never throws. */
export async function ask(
  { url, key, signal, ca }: MailgunAccess,
  request: (client: MailgunClient) => Promise<unknown>,
): Promise<Reply> {
  const client = new Mailgun(FormData).client({ username: 'api', key, url, proxy: NO_PROXY });
  const provider = client.request.requestProvider;
  const makeRequest = provider.makeRequest.bind(provider);
  const connection = new Connection(ca);
  const options = {
    signal,
    // Unlike axios's own, it follows no redirect: a redirected mail is not known to be taken, and
    // the key and the mail are for no other server.
    transport: connection,
    // What a status means is told by `mailgun-answers.ts`, and a text from JSON only before parsing.
    validateStatus: () => true,
    transformResponse: parseObject,
  };
  let reply: Reply | undefined;
  provider.makeRequest = async (path, method, data, config) => {
    const response = await makeRequest(path, method, Object.assign({}, data, options), config);
    reply = { status: response.status, body: response.body };
    return response;
  };
  try {
    await request(client);
    return reply ?? { failure: 'no request was made', connected: false };
  } catch (error) {
    // mailgun.js also throws when it cannot make sense of a reply; the reply says why.
    if (reply) return reply;
    const failure = signal.aborted ? signal.reason : error;
    return { failure: describe(failure), connected: connection.stood };
  }
}

/** Node's own transport, which tells whether anything of a request may have left. */
class Connection {
  /** Not before the server has shown its certificate does Node let a byte of a request through. */
  stood = false;
  readonly #ca: string | undefined;

  constructor(ca: string | undefined) {
    this.#ca = ca;
  }

  /** What axios calls in place of `http.request` and `https.request`. */
  request(options: RequestOptions, onReply: (reply: IncomingMessage) => void): ClientRequest {
    const isTls = options.protocol === 'https:';
    // Each request has its own connection: a server may have ended one that was kept, and a mail
    // that is sent into it is in doubt.
    const own = { ...options, agent: false, ca: this.#ca };
    const made = (isTls ? https : http).request(own, onReply);
    made.once('socket', (socket) => {
      this.stood = !socket.connecting;
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        this.stood = true;
      });
    });
    return made;
  }
}

function parseObject(text: string): ReplyBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An `APIError` has the code of an error as its message, and the message in its details. */
function describe(error: unknown): string {
  const { details, message } = (error ?? {}) as { details?: unknown; message?: unknown };
  return String(details || message || error);
}
