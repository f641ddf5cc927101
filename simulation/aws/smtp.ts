import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { selfSignedCertificate } from './certificate.ts';
import type { LocalWorld } from './index.ts';
import type { ReceivedMail } from './mail.ts';
import type { Fate } from './traffic.ts';

export interface SmtpKnobs {
  user: string;
  password: string;
  /** Recipients refused with 550. */
  refused: Set<string>;
  /** Recipients put off with 451. */
  deferred: Set<string>;
}

export interface LocalSmtp {
  readonly host: string;
  readonly port: number;
  readonly knobs: SmtpKnobs;
  /** The certificate as PEM, and a file of it for `NODE_EXTRA_CA_CERTS`. */
  readonly ca: string;
  readonly caFile: string;
  /** Closes the connections that are open, as servers do with those on which nothing happens. */
  hangUp(): void;
  close(): Promise<void>;
}

/** An SMTP answer; undefined lets the command through. */
type Reply = (Error & { responseCode: number }) | undefined;

/**
 * A real SMTP server that keeps what it accepts in the account's mails. Commands go the account's
 * way of calls, as `smtp:CONNECT`, `AUTH`, `MAIL`, `RCPT` and `DATA`: they are logged, delayed,
 * and struck by the same faults (`throttle` answers 451, `deny` 554, `error500` 421).
 */
export async function startSmtp(
  world: LocalWorld,
  options: { user?: string; password?: string; implicitTls?: boolean; startTls?: boolean } = {},
): Promise<LocalSmtp> {
  const knobs: SmtpKnobs = {
    user: options.user ?? 'mailer@example.com',
    password: options.password ?? 'correct horse',
    refused: new Set(),
    deferred: new Set(),
  };
  const { key, cert } = selfSignedCertificate();
  const folder = await mkdtemp(path.join(tmpdir(), 'local-smtp-'));
  const caFile = path.join(folder, 'ca.pem');
  await writeFile(caFile, cert);

  const sockets = new Map<number, Socket>();
  const drop = (session: SMTPServerSession) => sockets.get(session.remotePort)?.destroy();
  const hangUp = () => {
    for (const socket of sockets.values()) socket.destroy();
  };

  /** Sends a command down the account's road, and answers its fate to the client. */
  const pass = async (
    session: SMTPServerSession,
    action: string,
    resource: Record<string, string>,
    effect: () => Promise<Reply> | Reply,
    answer: (reply: Reply) => void,
  ) => {
    const { traffic } = world;
    const refusals = {
      throttle: (code = '451') => reply(Number(code), 'Try again later'),
      deny: (code = '554') => reply(Number(code), 'Refused'),
      error500: (code = '421') => reply(Number(code), 'Service not available'),
    };
    const call = traffic.calls.begin('smtp', action, resource);
    const fate: Fate<Reply> = await traffic.pass<Reply>(call, refusals, async () => {
      const replied = await effect();
      return { answer: replied, outcome: replied ? String(replied.responseCode) : 'ok' };
    });
    if (fate === 'reset') drop(session);
    else if (fate !== 'silence') answer(fate.answer);
  };

  const server = new SMTPServer({
    secure: options.implicitTls ?? false,
    key,
    cert,
    authMethods: ['PLAIN', 'LOGIN'],
    disabledCommands: options.startTls === false ? ['STARTTLS'] : [],
    disableReverseLookup: true,
    onConnect: (session, callback) => {
      void pass(session, 'CONNECT', {}, () => undefined, callback);
    },
    onAuth: ({ username, password }, session, callback) => {
      const right = username === knobs.user && password === knobs.password;
      const effect = () => (right ? undefined : reply(535, 'Authentication failed'));
      void pass(session, 'AUTH', { user: username ?? '' }, effect, (refusal) =>
        refusal ? callback(refusal) : callback(null, { user: username }),
      );
    },
    onMailFrom: ({ address }, session, callback) => {
      void pass(session, 'MAIL', { from: address }, () => undefined, callback);
    },
    onRcptTo: ({ address }, session, callback) => {
      const effect = () => {
        if (knobs.refused.has(address)) return reply(550, 'No such mailbox');
        return knobs.deferred.has(address) ? reply(451, 'Mailbox busy') : undefined;
      };
      void pass(session, 'RCPT', { to: address }, effect, callback);
    },
    onData: (stream, session, callback) => {
      const accept = async (raw: string) => {
        world.mails.push(await parse(raw, session, world.clock.nowMs()));
        return undefined;
      };
      // The message is read to its end first: what a fault loses is its acceptance.
      textOf(stream).then(
        (raw) => pass(session, 'DATA', {}, () => accept(raw), callback),
        () => drop(session),
      );
    },
  });
  // A client that goes away in the middle is what the faults are for, not an error here.
  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    if (remotePort === undefined) return;
    sockets.set(remotePort, socket);
    socket.on('close', () => sockets.delete(remotePort));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });

  return {
    host: '127.0.0.1',
    port: (server.server.address() as AddressInfo).port,
    knobs,
    ca: cert,
    caFile,
    hangUp,
    close: async () => {
      hangUp();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function reply(responseCode: number, message: string): Error & { responseCode: number } {
  return Object.assign(new Error(message), { responseCode });
}

async function parse(raw: string, session: SMTPServerSession, atMs: number): Promise<ReceivedMail> {
  const { from, replyTo, subject, text, html } = await PostalMime.parse(raw);
  return {
    via: 'smtp',
    from: from?.address ?? '',
    to: session.envelope.rcptTo.map(({ address }) => address),
    replyTo: (replyTo ?? []).map(({ address }) => address ?? ''),
    subject: subject ?? '',
    text: text ?? '',
    html: html ?? '',
    atMs,
    raw,
  };
}
