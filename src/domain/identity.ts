import type { Secret } from './secret.ts';

/** An access key as IAM lists it. The list never holds the secret. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAtMs: number;
}

/** An access key ID and its secret access key: what IAM hands out once, and never again. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** An IAM user. `userId` (`AIDA…`) is who it is; name, path and ARN are only what it is called today. */
export interface IamUser {
  readonly userId: string;
  readonly userName: string;
  readonly arn: string;
  readonly tags: readonly Tag[];
}

/** The AWS account, as mails name it. */
export interface AccountIdentity {
  readonly accountId: string;
  readonly alias?: string;
}

/** A user's keys as IAM listed them, and when it was asked: a new key may be missing for a while. */
export interface Listed {
  readonly keys: readonly AccessKey[];
  readonly listedAtMs: number;
}
