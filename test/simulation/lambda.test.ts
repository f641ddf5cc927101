import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import type { DeployedFunction } from '../../simulation/aws/lambda.ts';
import { expectRefusal } from './contract.ts';

let account: LocalAccount;
let lambda: LambdaClient;
/** What the function was invoked with. */
let invoked: { event: unknown; qualifier: string | undefined; requestId: string }[];
/** What comes of the next invocations; a result when there is nothing left. */
let outcomes: ('error' | 'died')[];

const recording: DeployedFunction = {
  async invoke(event, { qualifier, requestId }) {
    invoked.push({ event, qualifier, requestId });
    const about = { logs: [], durationMs: 0, cold: false };
    const outcome = outcomes.shift();
    if (outcome === 'died') return { ...about, died: true };
    if (outcome === 'error')
      return { ...about, error: { name: 'Error', message: 'no', stack: '' } };
    return { ...about, result: 'done' };
  },
};

beforeAll(async () => {
  account = await startLocalAccount();
  account.lambda.deploy('rotator', recording, ['read', 'admin']);
  lambda = new LambdaClient({
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'none' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  lambda.destroy();
  await account.close();
});
beforeEach(() => {
  invoked = [];
  outcomes = [];
  account.lambda.knobs.denied.clear();
  account.calls.reset();
});

const invoke = (Qualifier: string | undefined, more: { InvocationType?: 'Event' } = {}) =>
  lambda.send(
    new InvokeCommand({
      FunctionName: 'rotator',
      Qualifier,
      Payload: Buffer.from('{"secret":"hush"}'),
      ...more,
    }),
  );

describe('an invocation', () => {
  it('is logged with function and alias, and never with its event', async () => {
    await invoke('read');

    expect(account.calls.log).toMatchObject([
      {
        action: 'InvokeFunction',
        resource: { FunctionName: 'rotator', Qualifier: 'read' },
        arn: 'arn:aws:lambda:us-east-1:111122223333:function:rotator:read',
        outcome: 'ok',
      },
    ]);
    expect(JSON.stringify(account.calls.log)).not.toContain('hush');
  });

  it('is denied by alias, in the words of IAM', async () => {
    account.lambda.knobs.denied.add('admin');

    await expectRefusal(invoke('admin'), {
      name: 'AccessDeniedException',
      status: 403,
      message:
        /^User: arn:aws:sts::\S+ is not authorized to perform: lambda:InvokeFunction on resource: arn:\S+:rotator:admin because/,
    });
    expect(invoked).toEqual([]);
    expect((await invoke('read')).StatusCode).toBe(200);
    expect((await invoke(undefined)).StatusCode).toBe(200);
    expect(invoked.map(({ qualifier }) => qualifier)).toEqual(['read', undefined]);
  });

  it('tells when the function was killed', async () => {
    outcomes = ['died'];

    const { FunctionError, Payload } = await invoke('read');

    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toMatchObject({
      errorType: 'Runtime.ExitError',
    });
  });
});

describe('an asynchronous invocation', () => {
  it('is repeated twice after errors, under the same ID', async () => {
    outcomes = ['error', 'died', 'error', 'error'];

    expect((await invoke('read', { InvocationType: 'Event' })).StatusCode).toBe(202);
    await account.lambda.settled();

    expect(invoked).toHaveLength(3);
    expect(new Set(invoked.map(({ requestId }) => requestId)).size).toBe(1);
    expect(invoked.map(({ event }) => event)).toEqual(Array(3).fill({ secret: 'hush' }));
  });

  it('is not repeated once it has succeeded', async () => {
    outcomes = ['error'];
    await invoke('read', { InvocationType: 'Event' });
    await account.lambda.settled();
    expect(invoked).toHaveLength(2);
  });
});
