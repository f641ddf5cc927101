import type { Secret } from '../domain/secret.ts';

/** Reads a SecureString; the client is loaded with the first call, which most runs never make. */
export async function readSecret(parameterName: string): Promise<Secret> {
  const { createSsm, readSecretParameter } = await import('./content-keys.ts');
  return readSecretParameter(createSsm(), parameterName);
}
