/**
 * What the core needs from the world. `aws/` and `mailers/` implement it, tests fake it.
 *
 * A method that throws anything but the errors it names has an **unknown outcome**: the effect may
 * or may not have happened, and the caller must leave the record as it is.
 */

import type { AccessKey, AccountIdentity, IamUser, KeyPair } from '../domain/identity.ts';
import type { KeyHints } from '../domain/key-hints.ts';
import type { HistoryItem, RotationRecord, StartedRecord, Timer } from '../domain/record.ts';
import type { SealedHeader } from '../domain/sealed.ts';
import type { Secret } from '../domain/secret.ts';
import type { Mail, MailAnswer, Verification } from './mail.ts';

export interface Clock {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

export interface Inventory {
  /** Every user of the account. Complete or an error: a missing user counts as deleted. */
  users(): Promise<{ users: IamUser[]; notes: string[] }>;
  /**
   * What is known of everybody's keys without listing them. Of a user without an entry nothing is
   * known: the user is newer, or the knowledge can't be had at all, which a note then tells.
   */
  keyHints(): Promise<{ hints: KeyHints; notes: string[] }>;
  account(): Promise<AccountIdentity>;
}

/** Whose an access key is today. */
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
  /** Takes back a deactivation of this program's own. */
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

export interface Parameters {
  /**
   * Stores the content key of a rotation, tagged with its user's ID. It overwrites what the same
   * user left there, and never deletes first.
   * @returns whose content key stands there instead, when it is another user's, or that nobody knows,
   *   when its KMS key does not tell: nothing was written.
   */
  put(
    name: string,
    content: StoredContentKey,
    options?: { readonly takeOver?: boolean },
  ): Promise<
    | 'stored'
    | 'undecryptable'
    | { readonly heldBy: { readonly userId: string; readonly rotationId: string } }
  >;
  /** The content key; `undefined` when there is no such parameter or it holds something else. */
  get(name: string): Promise<StoredContentKey | undefined>;
  /**
   * Deletes the parameter if it still is this rotation's, so that a namesake's survives. One whose
   * KMS key does not tell stays, without an error.
   */
  remove(name: string, rotationId: string): Promise<void>;
}

/** Makes content keys and seals key pairs with them. */
export interface Sealer {
  newRotationId(): string;
  newContentKey(): Secret;
  seal(pair: KeyPair, contentKey: Secret, header: SealedHeader): Promise<string>;
  /** @throws SealError when the content key is another one, or the token was changed or cut. */
  unseal(token: string, contentKey: Secret): Promise<KeyPair>;
}

export interface Journal {
  /**
   * Every user's record, open or closed, and every timer, as they are now. It grows old while the
   * run goes on: whoever acts on it writes on condition of the version read.
   */
  scan(): Promise<{ records: RotationRecord[]; timers: Timer[]; problems: string[] }>;
  /** The record as it is now (a consistent read). */
  read(userId: string): Promise<RotationRecord | undefined>;
  /**
   * The records of several users, by user ID. Who is missing has no record, or it could not be read
   * together with the others: only `read` tells.
   */
  readAll(userIds: readonly string[]): Promise<Map<string, RotationRecord>>;
  /**
   * Opens a rotation, over nothing or over a closed record that neither rests nor backs off.
   * @throws Conflict when another rotation is open, was closed a moment ago, or backs off.
   */
  begin(record: StartedRecord, options?: { readonly ignoreBackOff?: boolean }): Promise<void>;
  /**
   * Replaces `previous` by `next`, if `previous` still stands there in the version that was read.
   * @throws Conflict when it does not.
   */
  replace(previous: RotationRecord, next: RotationRecord): Promise<void>;
  /**
   * Sets the timer of an old key anew; but where a veto travels with it, that veto stays.
   * @param options.givesWay also to the timer of another rotation: whether this one's is the one in
   *   force is not known. Only a veto that may be meant for any rotation takes a timer's place.
   * @returns whether it was set
   */
  putTimer(timer: Timer, options?: { readonly givesWay?: boolean }): Promise<boolean>;
  removeTimer(userId: string, oldKeyId: string): Promise<void>;
  addHistory(item: HistoryItem): Promise<void>;
  /** Closed rotations, oldest first, of one user or of all; and what can't be read, in words. */
  history(userId?: string): Promise<{ items: HistoryItem[]; problems: string[] }>;
}

export interface Mailer {
  readonly name: string;
  /** Asks whether mails can be sent now, without sending one. */
  verify(): Promise<Verification>;
  /** Hands one mail over, in one attempt. Never throws: what it cannot tell is `unknown`. */
  send(mail: Mail): Promise<MailAnswer>;
  /** Lets go of connections. */
  close(): Promise<void>;
}

/** Structured facts for operators. A field never holds an object that may hold a secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
