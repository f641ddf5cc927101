import { InvokeCommand, type InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal } from '../contract.ts';

export function lambdaContract({ it, target }: ContractSuite): void {
  const invoke = (FunctionName: string, event: object, Qualifier?: string) =>
    target().clients.lambda.send(
      new InvokeCommand({ FunctionName, Qualifier, Payload: Buffer.from(JSON.stringify(event)) }),
    );
  const queue = (FunctionName: string) =>
    target().clients.lambda.send(
      new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from('{}') }),
    );
  const payloadOf = ({ Payload }: InvokeCommandOutput): unknown =>
    JSON.parse(Buffer.from(Payload ?? []).toString('utf8'));

  it('invokes a function by an alias, and answers with what it returned', async () => {
    await target().userActions.deployEcho('by-alias', ['read']);
    const answer = await invoke('by-alias', { a: ['é', 1] }, 'read');
    expect(payloadOf(answer)).toEqual({ a: ['é', 1] });
    expect(answer.FunctionError).toBeUndefined();
  });

  it('tells the version behind an alias, and which one none means', async () => {
    await target().userActions.deployEcho('versions', ['read']);
    const byAlias = await invoke('versions', {}, 'read');
    const byName = await invoke('versions', {});
    expect([byAlias, byName]).toMatchObject([
      { StatusCode: 200, ExecutedVersion: '1' },
      { StatusCode: 200, ExecutedVersion: '$LATEST' },
    ]);
  });

  it('takes the alias as a part of the name, and ARNs', async () => {
    await target().userActions.deployEcho('named', ['read']);
    const arn = 'arn:aws:lambda:us-east-1:111122223333:function:named';
    for (const name of ['named:read', '111122223333:function:named:read', `${arn}:read`]) {
      expect(await invoke(name, {})).toMatchObject({ ExecutedVersion: '1' });
    }
    expect(await invoke(arn, {}, 'read')).toMatchObject({ ExecutedVersion: '1' });
  });

  it('answers with the error of a function that fails, as an answer', async () => {
    await target().userActions.deployEcho('failing', []);
    const answer = await invoke('failing', { fail: 'out of order' });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(payloadOf(answer)).toMatchObject({ errorType: 'Error', errorMessage: 'out of order' });
  });

  it('answers with an error when a function returns more than 6 MB', async () => {
    await target().userActions.deployEcho('large', []);
    const answer = await invoke('large', { repeat: 6_400_000 });
    expect(answer.FunctionError).toBe('Unhandled');
    expect(payloadOf(answer)).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  it('queues an asynchronous invocation, and answers with nothing', async () => {
    await target().userActions.deployEcho('queued', []);
    const answer = await queue('queued');
    expect(answer.StatusCode).toBe(202);
    expect(answer.Payload?.length ?? 0).toBe(0);
    expect(answer.FunctionError).toBeUndefined();
  });

  it('refuses an event that is no JSON', async () => {
    await target().userActions.deployEcho('json', []);
    const command = new InvokeCommand({ FunctionName: 'json', Payload: Buffer.from('{') });
    await expectRefusal(target().clients.lambda.send(command), {
      name: 'InvalidRequestContentException',
      status: 400,
    });
  });

  it('refuses a function that does not exist', () =>
    expectRefusal(invoke('none', {}), {
      name: 'ResourceNotFoundException',
      status: 404,
      message: /^Function not found: arn:aws:lambda:us-east-1:\d{12}:function:none/,
    }));

  it('refuses an alias that does not exist', async () => {
    await target().userActions.deployEcho('aliased', ['read']);
    await expectRefusal(invoke('aliased', {}, 'admin'), {
      name: 'ResourceNotFoundException',
      status: 404,
    });
  });
}
