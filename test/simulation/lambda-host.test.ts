import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createClock } from '../../simulation/aws/clock.ts';
import { type LambdaHost, startLambda } from '../../simulation/aws/lambda-host.ts';
import { listen } from '../../simulation/aws/server.ts';
import { startSmtp } from '../../simulation/aws/smtp.ts';
import { Traffic } from '../../simulation/aws/traffic.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';

const HANDLER = `
import { createRequire } from 'node:module';
let invocations = 0;
const DO = {
  echo: (event) => event,
  count: () => ++invocations,
  env: () => process.env,
  date: () => [Date.now(), new Date().getTime(), Date.parse(Date()), new Date(0).getTime(),
    new Date() instanceof Date, new Date().constructor === Date],
  turned: async ({ fromMs }) => {
    while (Date.now() - fromMs < 3600000) await new Promise((resolve) => setImmediate(resolve));
    return 'turned';
  },
  context: (_, context) => ({ ...context, remainingMs: context.getRemainingTimeInMillis() }),
  talk: () => {
    console.log('one\\ntwo');
    console.error('three');
    process.stdout.write('four');
  },
  fail: () => { console.log('soon'); throw new TypeError('wrong'); },
  hang: () => { console.log('hanging'); return new Promise(() => {}); },
  exit: () => process.exit(3),
  verify: async ({ port }) => {
    const { createTransport } = createRequire(process.env.PACKAGE)('nodemailer');
    const transport = createTransport({ host: '127.0.0.1', port, requireTLS: true });
    return transport.verify().then(String, String).finally(() => transport.close());
  },
  sleep: async ({ ms }) => {
    const fromMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return Date.now() - fromMs;
  },
  race: async ({ url, ms }) => {
    const late = new Promise((resolve) => setTimeout(resolve, ms, 'late'));
    return Promise.race([late, fetch(url).then((response) => response.text())]);
  },
  abort: async ({ ms }) => {
    const signal = AbortSignal.timeout(ms);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return signal.reason.name;
  },
  crash: () => { setImmediate(() => { throw new Error('loose end'); }); return new Promise(() => {}); },
};
export const handler = async (event, context) => DO[event.do](event, context);
`;

let folder: string;
let host: LambdaHost;
const clock = createClock();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lambda-host-'));
  await writeFile(path.join(folder, 'index.mjs'), HANDLER);
  await writeFile(path.join(folder, 'broken.mjs'), 'throw new Error("cannot load");');
});
afterEach(() => host.close());
afterAll(() => rm(folder, { recursive: true }));

function start(entry = 'index.mjs', env: Record<string, string> = {}): LambdaHost {
  host = startLambda({ entry: path.join(folder, entry), env, clock, functionName: 'rotator' });
  return host;
}

describe('a Lambda host', () => {
  it('userActions the event over and answers with the result', async () => {
    const { result } = await start().invoke({ do: 'echo', Records: [{ a: 1 }] });
    expect(result).toEqual({ do: 'echo', Records: [{ a: 1 }] });
  });

  it('keeps its environment warm between invocations', async () => {
    const first = await start().invoke({ do: 'count' });
    const second = await host.invoke({ do: 'count' });
    expect([first.result, first.cold]).toEqual([1, true]);
    expect([second.result, second.cold]).toEqual([2, false]);
  });

  it('runs invocations one after another', async () => {
    start();
    const all = await Promise.all([1, 2, 3].map(() => host.invoke({ do: 'count' })));
    expect(all.map(({ result }) => result)).toEqual([1, 2, 3]);
  });

  it('shows the function no environment but its own', async () => {
    process.env.OF_THE_TEST = 'secret';
    const { result } = await start('index.mjs', { MAIL_FROM: 'a@example.com' }).invoke({
      do: 'env',
    });
    delete process.env.OF_THE_TEST;
    expect(result).toEqual({
      MAIL_FROM: 'a@example.com',
      AWS_LAMBDA_FUNCTION_NAME: 'rotator',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    });
  });

  it('lets every way to ask the time follow the turned clock', async () => {
    clock.advance(400 * DAY_MS);
    const { result } = await start().invoke<[number, number, number, number, boolean, boolean]>({
      do: 'date',
    });
    const [now, constructed, called, epoch, isDate, isItsConstructor] = result ?? [];
    for (const time of [now, constructed, called]) {
      expect(Math.abs(Number(time) - clock.nowMs())).toBeLessThan(60_000);
    }
    expect([epoch, isDate, isItsConstructor]).toEqual([0, true, true]);
  });

  it('shows a clock that is turned in the middle of an invocation', async () => {
    await start().invoke({ do: 'count' });
    const running = host.invoke({ do: 'turned', fromMs: clock.nowMs() });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(2 * 3_600_000);
    expect((await running).result).toBe('turned');
  });

  it('gives the handler a context with the time that remains', async () => {
    const { result } = await start().invoke<Record<string, unknown>>(
      { do: 'context' },
      { timeoutMs: 60_000 },
    );
    expect(result).toMatchObject({
      functionName: 'rotator',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:rotator',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(result?.remainingMs).toBeGreaterThan(0);
    expect(result?.remainingMs).toBeLessThanOrEqual(60_000);
  });

  it('collects what is written, by lines, for each invocation', async () => {
    const talked = await start().invoke({ do: 'talk' });
    const silent = await host.invoke({ do: 'count' });
    expect(talked.logs).toEqual(['one', 'two', 'three', 'four']);
    expect(silent.logs).toEqual([]);
    expect(host.logs).toEqual(['one', 'two', 'three', 'four']);
  });

  it('answers with the error of a handler that fails, and stays warm', async () => {
    const failed = await start().invoke({ do: 'fail' });
    expect(failed.error).toMatchObject({
      name: 'TypeError',
      message: 'wrong',
      stack: expect.stringContaining('index.mjs'),
    });
    expect(failed.logs).toEqual(['soon']);
    expect((await host.invoke({ do: 'count' })).cold).toBe(false);
  });

  it.each([
    ['exits', 'exit', { name: 'Runtime.ExitError' }],
    ['throws outside its handler', 'crash', { message: 'loose end' }],
  ])(
    'answers with an error when the function %s, and starts cold after it',
    async (_, what, error) => {
      expect((await start().invoke({ do: what })).error).toMatchObject(error);
      expect(await host.invoke({ do: 'count' })).toMatchObject({ result: 1, cold: true });
    },
  );

  it('answers with the error of a bundle that cannot be loaded', async () => {
    const { error } = await start('broken.mjs').invoke({});
    expect(error?.message).toBe('cannot load');
  });

  it('ends an invocation at its time-out, and the environment with it', async () => {
    const { error } = await start().invoke({ do: 'hang' }, { timeoutMs: 200 });
    expect(error).toMatchObject({
      name: 'Sandbox.Timedout',
      message: expect.stringContaining('timed out after 0.20 seconds'),
    });
    expect((await host.invoke({ do: 'count' })).cold).toBe(true);
  });

  it('trusts the certificates of NODE_EXTRA_CA_CERTS, as a process does', async () => {
    const smtp = await startSmtp({ clock, traffic: new Traffic(clock), mails: [] });
    const event = { do: 'verify', port: smtp.port };
    const env = { PACKAGE: path.resolve('package.json') };
    const wary = await start('index.mjs', env).invoke(event);
    await host.close();
    const trusting = await start('index.mjs', { ...env, NODE_EXTRA_CA_CERTS: smtp.caFile }).invoke(
      event,
    );
    await smtp.close();
    expect(wary.result).toMatch(/self-signed certificate/);
    expect(trusting.result).toBe('true');
  });

  it('dies at once when killed, and starts cold after it', async () => {
    await start().invoke({ do: 'count' });
    const running = host.invoke({ do: 'hang' });
    await new Promise((resolve) => setImmediate(resolve));
    await host.kill();
    expect(await running).toMatchObject({ died: true });
    expect(await host.invoke({ do: 'count' })).toMatchObject({ result: 1, cold: true });
  });
});

describe('a Lambda host with a fast clock', () => {
  const startFast = (speed: number) => {
    const fast = createClock(Date.UTC(2030, 0, 1), speed);
    host = startLambda({ entry: path.join(folder, 'index.mjs'), env: {}, clock: fast });
    return fast;
  };

  it('skips what the function merely sleeps, and turns the clock by it', async () => {
    const fast = startFast(2);
    const { result } = await host.invoke<number>({ do: 'sleep', ms: 5 * HOUR_MS });
    expect(result).toBeGreaterThanOrEqual(5 * HOUR_MS);
    expect(fast.nowMs()).toBeGreaterThanOrEqual(Date.UTC(2030, 0, 1) + 5 * HOUR_MS);
  });

  it('skips no time while an answer is on its way', async () => {
    const asked: ServerResponse[] = [];
    const server = createServer((_, response) => void asked.push(response));
    const url = `http://127.0.0.1:${await listen(server)}/`;
    startFast(2);
    const running = host.invoke({ do: 'race', url, ms: 5 * HOUR_MS });
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    // Long enough for many looks at what the function does.
    await new Promise((resolve) => setTimeout(resolve, 100));
    asked[0]?.end('in time');
    const { result } = await running;
    server.closeAllConnections();
    server.close();
    expect(result).toBe('in time');
  });

  it('lets time-outs take their part of the time', async () => {
    startFast(100_000);
    const life = { timeoutMs: 1_000 * HOUR_MS };
    const { result } = await host.invoke({ do: 'abort', ms: 5 * HOUR_MS }, life);
    expect(result).toBe('TimeoutError');
  });
});
