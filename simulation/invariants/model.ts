/** What the observer of an account knows, and how it tells what is wrong. */
import type { Call } from '../aws/index.ts';

export type InvariantNumber = 1 | 2 | 3 | 4 | 5 | 6;

/** What holds after every step of every day, whatever AWS, mailers and people do. */
export const INVARIANTS: Readonly<Record<InvariantNumber, string>> = {
  1: 'Nobody is locked out, and no old key goes before the new one was used',
  2: 'A key that nobody got goes with the next run; if in doubt, after two weeks',
  3: 'An old key is gone a day after its date, and idle at the age limit',
  4: 'No key is touched unscheduled or as the only active one; a veto holds',
  5: 'No secret in a log, an error, a report, or in clear in the table',
  6: 'A second run at the same time changes nothing',
};

export interface Violation {
  readonly invariant: InvariantNumber;
  /** On the account's clock. */
  readonly atMs: number;
  readonly userName: string;
  /** In words; names keys by their ID, never by a secret. */
  readonly what: string;
}

/** One access key, as the observer has followed it. */
export interface Key {
  readonly id: string;
  readonly userId: string;
  readonly secret: string;
  readonly createdAtMs: number;
  readonly madeBy: 'program' | 'person';
  /** When its owner got the secret: with its creation, or with the first mail that holds it. */
  ownedSinceMs?: number;
  /** The first use that was seen. */
  usedAtMs?: number;
  /** Whether it had been used when the observer looked the last time. */
  usedBefore: boolean;
  statuses: readonly { readonly sinceMs: number; readonly status: 'Active' | 'Inactive' }[];
  deletedAtMs?: number;
}

/** Something that was done to an access key. */
export interface Effect {
  readonly kind: 'create' | 'deactivate' | 'activate' | 'delete';
  readonly by: 'program' | 'person';
  readonly key: Key;
  readonly atMs: number;
  /** Whether the key worked until then. */
  readonly wasActive: boolean;
}

export interface UserView {
  readonly userId: string;
  userName: string;
  /** Every mail address the user's tag ever had. */
  readonly addresses: Set<string>;
  readonly keys: Key[];
  /** Set once the user does not exist any more. */
  gone: boolean;
}

export function exists(key: Key, atMs: number): boolean {
  return key.createdAtMs <= atMs && !(key.deletedAtMs !== undefined && key.deletedAtMs <= atMs);
}

export function isActive(key: Key, atMs: number): boolean {
  const status = key.statuses.findLast(({ sinceMs }) => sinceMs <= atMs)?.status;
  return exists(key, atMs) && status === 'Active';
}

export function isOwned(key: Key, atMs: number): boolean {
  return key.ownedSinceMs !== undefined && key.ownedSinceMs <= atMs;
}

/** Whether AWS or the way to it failed the caller; refusals that belong to the work are none. */
export function isFault({ service, outcome }: Call): boolean {
  return (
    ['iam', 'ssm', 'dynamodb', 'sts'].includes(service) &&
    (outcome === 'pending' ||
      outcome === 'throttle' ||
      outcome === 'deny' ||
      outcome === 'error500' ||
      /-(before|after)$/.test(outcome))
  );
}
