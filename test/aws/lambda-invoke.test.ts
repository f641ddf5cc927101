import { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import type { DeployedFunction } from '../../simulation/aws/lambda.ts';
import { invokeFunction } from '../../src/aws/lambda-invoke.ts';
import { echoFunction } from '../simulation/echo-function.ts';

let account: LocalAccount;
const before = { ...process.env };
/** An invocation that goes on until it is told to end. */
let end: () => void;
const slow: DeployedFunction = {
  async invoke(event, how) {
    await new Promise<void>((resolve) => {
      end = resolve;
      started();
    });
    return echoFunction.invoke(event, how);
  },
};
let started: () => void;

beforeAll(async () => {
  account = await startLocalAccount();
  Object.assign(process.env, account.env);
  account.lambda.deploy('echo', echoFunction, ['read']);
  account.lambda.deploy('slow', slow, ['read']);
});
afterEach(() => {
  jest.restoreAllMocks();
  account.faults.clear();
  account.calls.reset();
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) {
    if (before[name] === undefined) delete process.env[name];
  }
  Object.assign(process.env, before);
  await account.close();
});

const invoke = (event: unknown, more: object = {}) =>
  invokeFunction({ functionName: 'echo', qualifier: 'read', event, ...more });
const invocations = () => account.calls.count('lambda:InvokeFunction');

describe('an invocation', () => {
  it('answers with what the function returned, and which version of it that was', async () => {
    expect(await invoke({ a: 'é' })).toEqual({
      payload: '{"a":"é"}',
      isError: false,
      version: '1',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('answers with the error that the function ended with', async () => {
    const { payload, isError } = await invoke({ fail: 'no' });
    expect(isError).toBe(true);
    expect(JSON.parse(payload)).toMatchObject({ errorMessage: 'no' });
  });

  it('is queued when nobody waits for its answer', async () => {
    expect(await invoke({}, { isAsync: true })).toMatchObject({ payload: '', isError: false });
  });

  it.each(['reset-before', 'reset-after', 'error500', 'error500-after', 'throttle'] as const)(
    'is made once, whatever becomes of it: %s',
    async (kind) => {
      account.faults.add({ match: { action: 'InvokeFunction' }, kind, times: 9 });
      await expect(invoke({})).rejects.toThrow();
      expect(invocations()).toBe(1);
    },
  );

  it('has a connection of its own, because a kept one may be closed when it is used', async () => {
    const connects = jest.spyOn(Socket.prototype, 'connect');
    await invoke({});
    await invoke({});
    expect(connects).toHaveBeenCalledTimes(2);
  });

  it('keeps its connection alive while the function works', async () => {
    const keepAlive = jest.spyOn(Socket.prototype, 'setKeepAlive');
    await invoke({});
    expect(keepAlive).toHaveBeenCalledWith(true, 30_000);
  });

  it('is let go of, and the function goes on', async () => {
    const controller = new AbortController();
    const begun = new Promise<void>((resolve) => {
      started = resolve;
    });
    const waiting = invoke({}, { functionName: 'slow', signal: controller.signal });
    const ended = expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await begun;
    controller.abort();
    await ended;
    expect(account.calls.log).toMatchObject([{ action: 'InvokeFunction', outcome: 'pending' }]);
    end();
  });
});
