/** The settings that a deployed function runs with, on Lambda. */
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/**
 * The environment variables of a function.
 * @param name its name or ARN
 * @throws Error when Lambda can't tell, e.g. because it may not decrypt them
 */
export async function functionEnvironment(
  lambda: LambdaClient,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: name }),
  );
  if (Environment?.Error) {
    const { ErrorCode = 'unknown error', Message = '' } = Environment.Error;
    throw new Error(`Lambda can't read the environment of ${name}: ${ErrorCode} ${Message}`.trim());
  }
  return Environment?.Variables ?? {};
}
