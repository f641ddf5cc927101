/**
 * An AWS account as the product works in it. Credentials enter where one is made, and nowhere else.
 *
 * A method that throws anything but the errors it names has an **unknown outcome**: the effect may
 * or may not have happened, and the caller must leave the record as it is.
 */
import type { AccessKey, AccountIdentity, IamUser, KeyPair } from '../domain/identity.ts';
import type { ReportRows } from '../domain/report-row.ts';
import type { Secret } from '../domain/secret.ts';

export interface Account {
  /** The 12-digit ID. */
  readonly id: string;
  readonly region: string;
  readonly keys: Keys;
  readonly inventory: Inventory;
  readonly contentKeys: ContentKeys;
  /** The account as mails name it; asked for once. */
  describe(): Promise<AccountIdentity>;
}

export interface Inventory {
  /** Every user of the account. Complete or an error: a missing user counts as deleted. */
  users(): Promise<{ users: IamUser[]; notes: string[] }>;
  /**
   * The credential report: what is known of everybody's keys without listing them. Of a user without
   * a row nothing is known: the user is newer, or the report can't be had at all, which a note tells.
   */
  reportRows(): Promise<{ rows: ReportRows; notes: string[] }>;
}

/** The current owner of an access key, and its last use. */
export type KeyOwner =
  | { readonly kind: 'found'; readonly userName: string; readonly lastUsedAtMs?: number }
  /** IAM says that there is no such key. */
  | { readonly kind: 'gone' }
  /** IAM does not say: it answers so for keys that are gone, and to callers without permission. */
  | { readonly kind: 'hidden' };

export interface Keys {
  /** The user's access keys as IAM lists them now; `undefined` when there is no user of that name. */
  list(userName: string): Promise<AccessKey[] | undefined>;
  /**
   * Creates an access key: one attempt, never repeated by the client.
   * @throws KeyNotCreated when IAM answered that it made none.
   */
  create(userName: string): Promise<KeyPair & { readonly createdAtMs: number }>;
  deactivate(userName: string, accessKeyId: string): Promise<'done' | 'gone'>;
  /** Undoes a deactivation by this program. */
  activate(userName: string, accessKeyId: string): Promise<'done' | 'gone'>;
  delete(userName: string, accessKeyId: string): Promise<'done' | 'gone'>;
  /** Owner and last use of a key by its ID alone, so a renamed user is still found. */
  owner(accessKeyId: string): Promise<KeyOwner>;
  /** The unique ID of the user of that name, `undefined` when there is none. */
  userId(userName: string): Promise<string | undefined>;
}

/** What a parameter says about itself once it is read. */
export interface StoredContentKey {
  readonly rotationId: string;
  readonly userId: string;
  /** The AES key, base64url. */
  readonly key: Secret;
}

/** Content keys, one SSM parameter a user. */
export interface ContentKeys {
  /**
   * Stores the content key of a rotation. It overwrites only what an earlier rotation of this user
   * left, and never deletes first.
   * @param mayReplace the IDs of those rotations
   * @returns `stored`; otherwise nothing was written: `undecryptable` when the standing value's KMS
   *   key does not open it, or whose value it is (`undefined` when it is no content key at all)
   */
  put(
    name: string,
    content: StoredContentKey,
    mayReplace: readonly string[],
  ): Promise<
    | 'stored'
    | 'undecryptable'
    | { readonly standing: Pick<StoredContentKey, 'rotationId' | 'userId'> | undefined }
  >;
  /** The content key; `undefined` when there is no such parameter or it holds something else. */
  get(name: string): Promise<StoredContentKey | undefined>;
  /**
   * Deletes the parameter if it still is this rotation's. One whose KMS key does not open it stays,
   * without an error.
   */
  remove(name: string, rotationId: string): Promise<void>;
}
