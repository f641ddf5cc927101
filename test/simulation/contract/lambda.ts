import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal } from '../contract.ts';

export function lambdaContract({ it, target }: ContractSuite): void {
  const lambda = () => target().clients.lambda;

  it('tells the environment of a function by its name or ARN', async () => {
    await target().userActions.setFunction('rotator', { MAIL_FROM: 'a@example.com' });
    const byName = await lambda().send(
      new GetFunctionConfigurationCommand({ FunctionName: 'rotator' }),
    );
    expect(byName.Environment?.Variables).toEqual({ MAIL_FROM: 'a@example.com' });
    const byArn = await lambda().send(
      new GetFunctionConfigurationCommand({ FunctionName: byName.FunctionArn }),
    );
    expect(byArn.Environment?.Variables).toEqual({ MAIL_FROM: 'a@example.com' });
  });

  it('refuses a function that does not exist', () =>
    expectRefusal(lambda().send(new GetFunctionConfigurationCommand({ FunctionName: 'none' })), {
      name: 'ResourceNotFoundException',
      status: 404,
    }));
}
