/** Content keys and other secrets, in SSM Parameter Store. */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import * as z from 'zod/mini';
import { Secret } from '../domain/secret.ts';
import type { ContentKeys, StoredContentKey } from '../ports/account.ts';
import { describeError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import { errorName } from './answers.ts';
import { type AccountCredentials, PATIENT } from './clients.ts';

/** The parameter's value: a JWK (RFC 7517 §6.4) with the user's ID as `sub`. */
const jwkSchema = z.object({
  kty: z.literal('oct'),
  k: z.string().check(z.regex(/^[\w-]{43}$/)),
  kid: z.string(),
  sub: z.string(),
});

/** @param credentials those of the environment when missing */
export function createSsm(credentials?: AccountCredentials): SSMClient {
  return new SSMClient({ ...PATIENT, ...(credentials && { credentials }) });
}

interface ContentKeyOptions {
  /** Encrypts the parameters; AWS's own key when missing. */
  readonly kmsKeyId?: string | undefined;
  /** Hears of what stays because it can't be decrypted. */
  readonly log?: Pick<Log, 'warn'>;
}

export function ssmContentKeys(
  ssm: SSMClient,
  { kmsKeyId, log }: ContentKeyOptions = {},
): ContentKeys {
  /** The content key that would be overwritten or deleted. */
  const readStanding = async (
    name: string,
  ): Promise<StoredContentKey | 'undecryptable' | undefined> => {
    try {
      return fromJwk(await readParameter(ssm, name));
    } catch (error) {
      if (!isUndecryptable(error)) throw error;
      log?.warn('a parameter that can not be decrypted stays; delete it once nobody needs it', {
        parameter: name,
        error: describeError(error),
      });
      return 'undecryptable';
    }
  };

  return {
    async put(name, content, mayReplace) {
      const parameter = {
        Name: name,
        Value: toJwk(content),
        Type: 'SecureString',
        ...(kmsKeyId && { KeyId: kmsKeyId }),
      } as const;
      try {
        await ssm.send(new PutParameterCommand(parameter));
        return 'stored';
      } catch (error) {
        if (errorName(error) !== 'ParameterAlreadyExists') throw error;
      }
      const standing = await readStanding(name);
      if (standing === 'undecryptable') return standing;
      const isOwn =
        standing?.userId === content.userId &&
        [content.rotationId, ...mayReplace].includes(standing.rotationId);
      if (!isOwn) {
        const { rotationId, userId } = standing ?? {};
        return { standing: rotationId && userId ? { rotationId, userId } : undefined };
      }
      await ssm.send(new PutParameterCommand({ ...parameter, Overwrite: true }));
      return 'stored';
    },

    async get(name) {
      return fromJwk(await readParameter(ssm, name));
    },

    async remove(name, rotationId) {
      const standing = await readStanding(name);
      // Whose it is can't be told, so it stays; and a rotation must be able to end all the same.
      if (standing === 'undecryptable') return;
      if (standing?.rotationId !== rotationId) return;
      try {
        await ssm.send(new DeleteParameterCommand({ Name: name }));
      } catch (error) {
        if (errorName(error) !== 'ParameterNotFound') throw error;
      }
    },
  };
}

/**
 * Whether the parameter is there, and only its KMS key keeps the value back: the key is disabled or
 * goes (`InvalidKeyId`), or the caller may not decrypt with it
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html).
 * Whoever may not read parameters at all is refused by the same error, which then names SSM's action.
 */
function isUndecryptable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'InvalidKeyId' ||
    (error.name === 'AccessDeniedException' &&
      /kms:Decrypt|AWSKMS|ciphertext refers to/i.test(error.message))
  );
}

/**
 * Reads a SecureString that an administrator put there, such as a mail password.
 * @throws Error that names the parameter and what to do
 */
export async function readSecretParameter(ssm: SSMClient, name: string): Promise<Secret> {
  const value = await readParameter(ssm, name);
  if (!value) {
    throw new Error(
      `The SSM parameter ${name} does not exist or is empty: create it as SecureString`,
    );
  }
  return value;
}

async function readParameter(ssm: SSMClient, name: string): Promise<Secret | undefined> {
  try {
    const { Parameter: parameter } = await ssm.send(
      new GetParameterCommand({ Name: name, WithDecryption: true }),
    );
    return parameter?.Value ? new Secret(parameter.Value) : undefined;
  } catch (error) {
    if (errorName(error) === 'ParameterNotFound') return undefined;
    throw error;
  }
}

function toJwk({ key, rotationId, userId }: StoredContentKey): string {
  return JSON.stringify({
    kty: 'oct',
    k: key.reveal(),
    alg: 'A256GCM',
    kid: rotationId,
    sub: userId,
  });
}

/** `undefined` for anything but a content key: a person may have put something else there. */
function fromJwk(value: Secret | undefined): StoredContentKey | undefined {
  if (!value) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(value.reveal());
  } catch {
    return undefined;
  }
  const jwk = jwkSchema.safeParse(json);
  if (!jwk.success) return undefined;
  const { k, kid, sub } = jwk.data;
  return { key: new Secret(k), rotationId: kid, userId: sub };
}
