import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { LocalWorld } from './index.ts';
import type { ReceivedMail } from './mail.ts';
import { listen, read, reset } from './server.ts';
import type { WireRequest } from './wire.ts';

export interface MailgunKnobs {
  apiKey: string;
  domain: string;
  state: 'active' | 'unverified' | 'disabled';
  /** The API key is a sending key: it may not read its domain. */
  isSendingKey: boolean;
  /** Recipients refused with 400. */
  refused: Set<string>;
  /** Answers every sending with this status: 402 unpaid, 429 too many, 5xx. */
  sendStatus: number | undefined;
}

export interface LocalMailgun {
  /** For `MAILGUN_API_URL`. */
  readonly url: string;
  readonly knobs: MailgunKnobs;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  /** JSON, or plain text as Mailgun answers who may not come in. */
  body: object | string;
}

/**
 * Stands in for Mailgun's HTTP API. Requests go the account's way of calls, as
 * `mailgun:GetDomain` and `mailgun:SendMessage` (`throttle` answers 429, `deny` 401).
 */
export async function startMailgun(
  world: LocalWorld,
  options: { apiKey?: string; domain?: string } = {},
): Promise<LocalMailgun> {
  const knobs: MailgunKnobs = {
    apiKey: options.apiKey ?? 'key-0123456789',
    domain: options.domain ?? 'mg.example.com',
    state: 'active',
    isSendingKey: false,
    refused: new Set(),
    sendStatus: undefined,
  };
  const refusals = {
    throttle: (code = '429') => problem(Number(code), 'Too many requests'),
    deny: (code = '401') => problem(Number(code), 'Forbidden'),
    error500: (code = '500') => problem(Number(code), 'Internal Server Error'),
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await read(incoming);
    const [, version, first, second] = new URL(request.url, 'http://any').pathname.split('/');
    const sending = request.method === 'POST' && version === 'v3' && second === 'messages';
    const asking = request.method === 'GET' && first === 'domains';
    const domain = (sending ? first : second) ?? '';
    const action = sending ? 'SendMessage' : asking ? 'GetDomain' : 'Unknown';
    const call = world.traffic.calls.begin('mailgun', action, { domain });
    const fate = await world.traffic.pass<Answer>(call, refusals, async () => {
      const answer = await act(action, domain, request);
      return { answer, outcome: answer.status === 200 ? 'ok' : String(answer.status) };
    });
    if (fate === 'reset') reset(incoming.socket);
    if (typeof fate === 'string') return;
    const { status, body } = fate.answer;
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
    response.end(isText ? body : JSON.stringify(body));
  };

  const act = async (action: string, domain: string, request: WireRequest): Promise<Answer> => {
    const expected = `Basic ${Buffer.from(`api:${knobs.apiKey}`).toString('base64')}`;
    const mayNot = action === 'GetDomain' && knobs.isSendingKey;
    if (request.headers.authorization !== expected || mayNot) return problem(401, 'Forbidden');
    if (domain !== knobs.domain) return problem(404, 'Domain not found');
    if (action === 'GetDomain') {
      return { status: 200, body: { domain: { name: domain, state: knobs.state } } };
    }
    if (action !== 'SendMessage') return problem(404, 'Not found');
    if (knobs.sendStatus !== undefined) return problem(knobs.sendStatus, 'Refused');
    const { mail, isTest } = await readMail(request, world.clock.nowMs());
    if (mail.from === '') return problem(400, 'from parameter is missing');
    if (mail.to.length === 0) return problem(400, 'to parameter is missing');
    if (mail.to.some((address) => knobs.refused.has(address))) {
      return problem(400, "'to' parameter is not a valid address. please check documentation");
    }
    if (!isTest) world.mails.push(mail);
    const id = `<${randomUUID()}@${domain}>`;
    return { status: 200, body: { id, message: 'Queued. Thank you.' } };
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    knobs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function problem(status: number, message: string): Answer {
  return { status, body: status === 401 ? message : { message } };
}

async function readMail(
  request: WireRequest,
  atMs: number,
): Promise<{ mail: ReceivedMail; isTest: boolean }> {
  const headers = { 'content-type': String(request.headers['content-type']) };
  const form = await new Response(new Uint8Array(request.body), { headers }).formData();
  const one = (name: string) => String(form.get(name) ?? '');
  const many = (name: string) => form.getAll(name).flatMap((value) => String(value).split(','));
  const mail: ReceivedMail = {
    via: 'mailgun',
    from: one('from'),
    to: ['to', 'cc', 'bcc'].flatMap(many).map((address) => address.trim()),
    replyTo: many('h:Reply-To'),
    subject: one('subject'),
    text: one('text'),
    html: one('html'),
    atMs,
  };
  return { mail, isTest: one('o:testmode') === 'yes' };
}
