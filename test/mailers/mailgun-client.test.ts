import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { selfSignedCertificate } from '../../simulation/aws/certificate.ts';
import { reset } from '../../simulation/aws/server.ts';
import { mailgun } from '../../src/mailers/mailgun.ts';
import type { MailerServices } from '../../src/mailers/plugin.ts';
import type { MailAnswer } from '../../src/ports/mailer.ts';
import { mailTo, services, until } from './contract.ts';
import { type ScriptedHttp, saysRaw, serveHttp } from './scripted-http.ts';
import { NOBODYS_PORT, settingsOf } from './world.ts';

const ACCEPTED = replyOf('200 OK', '{"id":"<1@mg>"}');

function send(url: string, wire: MailerServices['wire'] = {}, key = 'key-01'): Promise<MailAnswer> {
  const environment = {
    MAILGUN_API_URL: url,
    MAILGUN_DOMAIN: 'mg.example.com',
    MAILGUN_API_KEY_NAME: '/ikr/mail-password',
  };
  const mailer = mailgun.create(settingsOf(mailgun.settings, environment), services(key, { wire }));
  return mailer.send(mailTo('zoe@example.com'));
}

/** A reply as it crosses the wire; one that is longer than its body is cut off. */
function replyOf(status: string, body: string, length = body.length): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

describe('A request to Mailgun', () => {
  let server: ScriptedHttp;

  beforeAll(async () => {
    server = await serveHttp();
  });
  afterAll(() => server.close());

  const sendFor = (answer: ScriptedHttp['answer']): Promise<MailAnswer> => {
    server.answer = answer;
    return send(server.url);
  };

  describe.each(['400 Bad Request', '400 BAD REQUEST', '400 ', '400 ECONNREFUSED'])(
    'that is answered by “%s”',
    (status) => {
      it('is refused by a message of Mailgun', async () => {
        const answer = await sendFor(saysRaw(replyOf(status, '{"message":"to is not valid"}')));
        expect(answer).toEqual({
          kind: 'refused',
          reason: 'Mailgun answered 400: to is not valid',
        });
      });

      it.each(['', '{}', '{"error":"no"}', '"no"', '<html>no</html>'])(
        'has no known outcome with the body “%s”, which may be of another',
        async (body) => {
          expect((await sendFor(saysRaw(replyOf(status, body)))).kind).toBe('unknown');
        },
      );

      it('has no known outcome if the answer is cut off', async () => {
        const answer = await sendFor(saysRaw(replyOf(status, '{"message":"no"}', 1000)));
        expect(answer.kind).toBe('unknown');
      });
    },
  );

  it('has no known outcome if it is reset after all was sent', async () => {
    const answer = await sendFor(({ socket }) => socket && reset(socket));
    expect(answer).toEqual({
      kind: 'unknown',
      reason: expect.stringMatching(/^Mailgun did not answer: .*(hang up|ECONNRESET)/),
    });
  });

  it('has no known outcome if time is up before the answer', async () => {
    const time = new AbortController();
    server.answer = () => time.abort(new Error('time is up'));
    expect(await send(server.url, { deadline: () => time.signal })).toEqual({
      kind: 'unknown',
      reason: 'Mailgun did not answer: time is up',
    });
  });

  it('is not made if time was up before', async () => {
    const before = server.requests.length;
    const { kind } = await send(server.url, { deadline: () => AbortSignal.abort() });
    expect(kind).toBe('not-now');
    expect(server.requests).toHaveLength(before);
  });

  it('is not made with a key that cannot be written into it', async () => {
    const before = server.requests.length;
    expect((await send(server.url, {}, 'key–01')).kind).toBe('not-now');
    expect(server.requests).toHaveLength(before);
  });

  it.each([301, 302, 303, 307, 308])(
    'that is redirected by a %i goes nowhere else',
    async (status) => {
      const before = server.requests.length;
      const location = `Location: ${server.url}/elsewhere`;
      const redirect = `HTTP/1.1 ${status} Look there\r\n${location}\r\nContent-Length: 0\r\n\r\n`;
      expect((await sendFor(saysRaw(redirect))).kind).toBe('unknown');
      expect(server.requests).toHaveLength(before + 1);
    },
  );

  describe('where a proxy is set', () => {
    const variable = 'http_proxy';
    const { [variable]: usual } = process.env;
    beforeEach(() => {
      process.env[variable] = `http://127.0.0.1:${NOBODYS_PORT}`;
    });
    afterEach(() => {
      if (usual === undefined) delete process.env[variable];
      else process.env[variable] = usual;
    });

    it('goes to the API all the same', async () => {
      expect((await sendFor(saysRaw(ACCEPTED))).kind).toBe('accepted');
    });
  });
});

describe('A connection to Mailgun', () => {
  const { key, cert: ca } = selfSignedCertificate();
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  /** What came through TLS. */
  let received = '';

  beforeEach(() => {
    received = '';
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  /** Serves without TLS, whatever the client believes. */
  const serve = (onConnection: (socket: Socket) => void): Promise<number> =>
    listen(createServer(onConnection));
  const serveTls = (onMail: (socket: Socket) => void): Promise<number> => {
    const server = createTlsServer({ key, cert: ca }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        received += data.toString('latin1');
        // So ends a form.
        if (received.endsWith('--\r\n')) onMail(socket);
      });
    });
    return listen(server);
  };

  it('that is reset in the middle of a mail leaves it in doubt', async () => {
    const port = await serve((socket) => socket.once('data', () => reset(socket)));
    expect((await send(`http://127.0.0.1:${port}`)).kind).toBe('unknown');
  });

  it('over TLS delivers', async () => {
    const port = await serveTls((socket) => socket.write(ACCEPTED));
    expect((await send(`https://127.0.0.1:${port}`, { ca })).kind).toBe('accepted');
  });

  it('over TLS that is cut after a mail leaves it in doubt', async () => {
    const port = await serveTls((socket) => socket.destroy());
    expect((await send(`https://127.0.0.1:${port}`, { ca })).kind).toBe('unknown');
  });

  it('over TLS that falls silent after a mail leaves it in doubt', async () => {
    const time = new AbortController();
    const port = await serveTls(() => time.abort());
    const answer = await send(`https://127.0.0.1:${port}`, { ca, deadline: () => time.signal });
    expect(answer.kind).toBe('unknown');
  });

  it('carries one mail, as the server may end it without a word', async () => {
    const port = await serveTls((socket) => socket.end(ACCEPTED));
    const url = `https://127.0.0.1:${port}`;
    for (const _ of [1, 2, 3]) expect((await send(url, { ca })).kind).toBe('accepted');
  });

  it('to a server with a strange certificate carries nothing of a mail', async () => {
    const port = await serveTls((socket) => socket.write(ACCEPTED));
    expect(await send(`https://127.0.0.1:${port}`)).toEqual({
      kind: 'not-now',
      reason: expect.stringContaining('certificate'),
    });
    await until(() => sockets.length > 0 && sockets.every(({ destroyed }) => destroyed));
    expect(received).toBe('');
  });

  it('that is cut before TLS stands carries nothing of a mail', async () => {
    const port = await serve((socket) => socket.once('data', () => socket.destroy()));
    expect((await send(`https://127.0.0.1:${port}`, { ca })).kind).toBe('not-now');
  });

  it('that falls silent before TLS stands carries nothing of a mail', async () => {
    const time = new AbortController();
    let greeted = false;
    const port = await serve((socket) =>
      socket.once('data', () => {
        greeted = true;
      }),
    );
    const answer = send(`https://127.0.0.1:${port}`, { ca, deadline: () => time.signal });
    await until(() => greeted);
    time.abort();
    expect((await answer).kind).toBe('not-now');
  });
});
