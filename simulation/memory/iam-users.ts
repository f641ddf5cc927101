/** Users and access keys as IAM keeps them. */
import type { AccessKey, IamUser, Tag } from '../../src/domain/identity.ts';
import { SECOND_MS } from '../../src/domain/time.ts';

export const ACCOUNT_ID = '123456789012';

export interface StoredKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly createdAtMs: number;
  /** By our clock. */
  readonly appearedAtMs: number;
  status: AccessKey['status'];
  /** By IAM's clock: when it was created, or its status changed. */
  changedAtMs: number;
  usedAtMs: number[];
}

export interface StoredUser {
  readonly userId: string;
  userName: string;
  path: string;
  tags: Tag[];
  keys: StoredKey[];
  /** What `list` said from when on. */
  listed: { readonly sinceMs: number; readonly keys: readonly AccessKey[] }[];
}

/** IAM dates in whole seconds. */
export function wholeSeconds(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
}

export function visible({ accessKeyId, status, createdAtMs }: StoredKey): AccessKey {
  return { accessKeyId, status, createdAtMs };
}

export function arnOf({ path, userName }: StoredUser): string {
  return `arn:aws:iam::${ACCOUNT_ID}:user${path}${userName}`;
}

export function described(user: StoredUser): IamUser {
  const { userId, userName, tags } = user;
  return { userId, userName, arn: arnOf(user), tags };
}

export function toTags(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
