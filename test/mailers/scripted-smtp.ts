/**
 * An SMTP server that says at each step what a script tells it, for what no decent server does.
 */
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { selfSignedCertificate } from '../../simulation/aws/certificate.ts';

/** Where in a session the client stands; `BODY` is the first of a message, `END` its last line. */
export type Step = 'GREETING' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'BODY' | 'END';

/** A reply, `drop` for a connection that is cut, or `silence`; told the how-manieth time it is. */
export type Line = string | ((nth: number) => string);
export type Script = Partial<Record<Step, Line>>;

export const DROP = 'drop';
export const SILENCE = 'silence';
/** A refusal that is cut before its end of line. */
export const CUT_SHORT = '550 no, nev';

const ORDERLY: Record<string, string> = {
  GREETING: '220 mail.example.com',
  EHLO: '250-mail.example.com\r\n250 AUTH PLAIN',
  AUTH: '235 welcome',
  MAIL: '250 sender ok',
  RCPT: '250 recipient ok',
  DATA: '354 go ahead',
  BODY: SILENCE,
  END: '250 queued',
  RSET: '250 ok',
  QUIT: '221 bye',
};

export interface ScriptedSmtp {
  readonly port: number;
  readonly ca: string;
  /** Each step that was reached since the last reset, of all connections. */
  readonly steps: readonly string[];
  script: Script;
  /** Cuts all connections, and goes on in an orderly way. */
  reset(): void;
  close(): Promise<void>;
}

export async function serveSmtp(): Promise<ScriptedSmtp> {
  const { key, cert } = selfSignedCertificate();
  let steps: string[] = [];
  const sockets = new Set<TLSSocket>();

  const server = createServer({ key, cert }, (socket) => {
    // A connection of an earlier test may still say its last words.
    const mine = steps;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let inMessage = false;
    let began = false;
    let rest = '';

    const reach = (step: string) => {
      mine.push(step);
      const line = scripted.script[step as Step] ?? ORDERLY[step] ?? '502 what?';
      const nth = mine.filter((other) => other === step).length;
      const reply = typeof line === 'function' ? line(nth) : line;
      if (reply === DROP) socket.destroy();
      else if (reply === CUT_SHORT) socket.end(reply);
      else if (reply !== SILENCE) socket.write(`${reply}\r\n`);
      if (step === 'DATA') inMessage = reply.startsWith('354');
      began = false;
    };
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      for (;;) {
        const end = rest.indexOf('\r\n');
        if (end < 0) return;
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (!inMessage) {
          reach(line.split(' ')[0]?.toUpperCase() ?? '');
        } else if (line === '.') {
          inMessage = false;
          reach('END');
        } else if (!began) {
          reach('BODY');
          began = true;
        }
      }
    });
    reach('GREETING');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const scripted: ScriptedSmtp = {
    port: (server.address() as AddressInfo).port,
    ca: cert,
    get steps() {
      return steps;
    },
    script: {},
    reset: () => {
      for (const socket of sockets) socket.destroy();
      steps = [];
      scripted.script = {};
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return scripted;
}
