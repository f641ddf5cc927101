/** A key pair in the forms that shells, programs and the AWS CLI read. */
import type { KeyPair } from '../domain/identity.ts';
import { Failure } from './failure.ts';
import { shellWord } from './words.ts';

export const KEY_PAIR_FORMATS = ['env', 'json', 'credentials'] as const;
export type KeyPairFormat = (typeof KEY_PAIR_FORMATS)[number];

/** A section name of the AWS CLI's files that needs no quoting. */
export const PROFILE_NAME = /^[\w.@+/-]{1,128}$/;

/** What a line of a shell or of a file of credentials can hold without becoming two. */
const ONE_WORD = /^[\x21-\x7e]{1,256}$/;

/**
 * @param profileName of the section in the file of credentials
 * @throws Failure when it is no key pair of AWS
 */
export function formatKeyPair(
  { accessKeyId, secretAccessKey }: KeyPair,
  format: KeyPairFormat,
  profileName: string,
): string {
  const secret = secretAccessKey.reveal();
  if (!/^\w{16,128}$/.test(accessKeyId) || !ONE_WORD.test(secret)) {
    throw new Failure('The token was opened, but what it holds is no key pair of AWS.');
  }
  switch (format) {
    case 'env':
      return `export AWS_ACCESS_KEY_ID=${shellWord(accessKeyId)}\nexport AWS_SECRET_ACCESS_KEY=${shellWord(secret)}\n`;
    case 'json':
      // The form of `credential_process`, which the AWS CLI and the SDKs read.
      return `${JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secret }, undefined, 2)}\n`;
    case 'credentials':
      return `[${profileName}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secret}\n`;
  }
}
