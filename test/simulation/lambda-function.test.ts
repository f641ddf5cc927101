import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createClock } from '../../simulation/aws/clock.ts';
import { createFunction, type LambdaFunction } from '../../simulation/aws/lambda-function.ts';

/** Every invocation waits until as many as it is told are at work at the same time. */
const HANDLER = `
const shared = globalThis;
shared.invocations = 0;
export const handler = async ({ do: what }, context) => {
  shared.invocations += 1;
  console.log(what);
  if (what === 'wait') await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    invocations: shared.invocations,
    mail: process.env.MAIL_FROM,
    arn: context.invokedFunctionArn,
    version: context.functionVersion,
    requestId: context.awsRequestId,
  };
};
`;

let folder: string;
let lambda: LambdaFunction;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lambda-function-'));
  await writeFile(path.join(folder, 'index.mjs'), HANDLER);
});
afterEach(() => lambda.close());
afterAll(() => rm(folder, { recursive: true }));

interface Told {
  invocations: number;
  mail: string;
  arn: string;
  version: string;
  requestId: string;
}
let requests = 0;
const start = () => {
  lambda = createFunction({
    entry: path.join(folder, 'index.mjs'),
    env: { MAIL_FROM: 'old' },
    clock: createClock(),
    functionName: 'rotator',
  });
};
const invoke = async (what: string, qualifier?: string): Promise<Told> => {
  const requestId = `request-${++requests}`;
  const { result } = await lambda.invoke({ do: what }, { qualifier, requestId });
  return result as Told;
};

describe('a function', () => {
  it('takes an idle environment, and a new one when none is idle', async () => {
    start();
    expect((await invoke('go')).invocations).toBe(1);
    expect((await invoke('go')).invocations).toBe(2);

    const both = await Promise.all([invoke('wait'), invoke('wait')]);

    expect(both.map(({ invocations }) => invocations).sort()).toEqual([1, 3]);
    expect(lambda.logs).toEqual(['go', 'go', 'wait', 'wait']);
  });

  it('is told by which alias it was invoked, and under which ID', async () => {
    start();
    const arn = 'arn:aws:lambda:us-east-1:111122223333:function:rotator';

    expect(await invoke('go', 'read')).toMatchObject({
      arn: `${arn}:read`,
      version: '1',
      requestId: `request-${requests}`,
    });
    expect(await invoke('go')).toMatchObject({ arn, version: '$LATEST' });
  });

  it('has its new settings from the next invocation on', async () => {
    start();
    const [running] = await Promise.all([invoke('wait'), lambda.configure({ MAIL_FROM: 'new' })]);

    expect(running.mail).toBe('old');
    expect(await invoke('go')).toMatchObject({ mail: 'new', invocations: 1 });
  });
});
