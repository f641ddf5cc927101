/**
 * Why something is done or not: a code for programs, and one sentence for people.
 *
 * Programs, tests and `--json` use the code; nothing ever parses a sentence. A reason is data (a code
 * and a few words), so that it can be stored and told again by a later version.
 */
import * as z from 'zod/mini';
import { humanMoment } from './time.ts';

/** Moments are in ISO 8601, so that `details` can be stored; people read them in words. */
const at = (iso: string) => humanMoment(Date.parse(iso));

/** One sentence a code, without a full stop at its end. */
const SENTENCES = {
  // Nobody is rotated, or not now.
  unmanaged: () => 'the user is not managed: there is no IKR:EMAIL tag',
  'opted-out': () => 'the user is no longer tagged with a mail address',
  'unknown-user': () => 'there is no user of that name',
  'invalid-tags': ({ problems }: { problems: string }) => problems,
  'no-key': () => 'the user has no access key',
  'inactive-key': () => 'the only access key is inactive',
  'two-keys': () => 'the user has two access keys, so there is no room for a new one',
  'not-due': ({ days }: { days: number }) =>
    `the key is replaced ${days} days after it was created`,
  'backing-off': ({ why, until }: { why: string; until: string }) =>
    `the last rotation failed (${why}); the next one begins ${at(until)} at the earliest`,
  resting: () => 'a rotation of the user was closed a moment ago; the next run looks again',
  due: () => 'the key is due',
  seen: () => 'the user was seen for the first time',
  'record-unreadable': ({ problem }: { problem: string }) => problem,
  'user-renamed': () => 'the user was renamed or deleted during this run',
  'user-unlisted': ({ what }: { what: string }) =>
    `the user is missing in the list of users, but IAM knows the ${what}`,
  'user-gone': () => 'the user does not exist any more',

  // The run has no room for more.
  leased: ({ until }: { until: string }) => `another run is working on it until ${at(until)}`,
  conflict: ({ message }: { message: string }) => `another run went on with it: ${message}`,
  'no-time': ({ message }: { message: string }) => message,
  'function-time-over': () => "the function's time was over",
  'looking-time-over': () => "the function's time for looking at keys was over",
  'max-rotations': () => 'this run has begun MAX_ROTATIONS_PER_RUN rotations',
  'quota-spent': () => 'the mail quota allows no more for now',
  'delivery-stopped': ({ why }: { why: string }) => why,
  'no-delivery': ({ why }: { why: string }) =>
    `no key is created while none can be delivered: ${why}`,
  error: ({ message }: { message: string }) => message,

  // Before a new key exists.
  'use-unknown': ({ keyId }: { keyId: string }) =>
    `IAM does not tell whether ${keyId} was ever used, so it stays as it is; the next run asks again`,
  'orphan-only-active': ({ keyId }: { keyId: string }) =>
    `nobody has the secret of ${keyId}, but it is the user's only active key: give the user another key, and the next run deletes it`,
  'orphan-deleted': ({ keyId }: { keyId: string }) =>
    `${keyId} was created by an interrupted run and nobody has its secret`,
  interrupted: () => 'an interrupted rotation is started again',
  'other-key': () => 'the user has another key by now, which this program did not create',
  'old-key-changed': () => 'the old key is no longer the only key and active',
  'nobody-to-deliver-to': ({ why }: { why: string }) =>
    `there is nobody to deliver a new key to: ${why}`,
  'content-key-not-stored': ({ parameter, why }: { parameter: string; why: string }) =>
    `the content key could not be stored in ${parameter}: ${why}`,
  'content-key-foreign': ({ parameter, found }: { parameter: string; found: string }) =>
    `the parameter ${parameter} holds ${found}, which is no earlier rotation of this user in this journal: another deployment may manage this user; delete the parameter once nobody needs it`,
  'target-obstacle': ({ why }: { why: string }) => why,
  'keys-changed': ({ user }: { user: string }) =>
    `the keys of ${user} are not what they were when this run looked at them`,
  'name-changed-hands': ({ user, userId }: { user: string; userId: string }) =>
    `${user} is not the name of user ${userId} any more`,
  'standing-unknown': ({ user, why }: { user: string; why: string }) =>
    `could not verify that ${user} is still the same user with the same keys: ${why}`,
  'key-not-created': ({ message }: { message: string }) => message,

  // Between the creation and the delivery.
  delivered: () => 'the new key was delivered',
  arrived: () => 'the new key is in use, so it arrived',
  'delivery-unknown': ({ why }: { why: string }) =>
    `it is not known whether the new key was delivered: ${why}`,
  'delivery-not-now': ({ why }: { why: string }) => `the new key can't be delivered now: ${why}`,
  'delivery-refused': ({ to, why }: { to: string; why: string }) =>
    `the delivery to ${to} was refused: ${why}`,
  'refused-only-active': ({ to, until, why = '' }: { to: string; until: string; why?: string }) =>
    `the delivery to ${to} was refused${why && ` (${why})`}, but the new key is the user's only active one: it is delivered again on ${at(until)}, or as soon as the tags name another target`,
  'refused-in-doubt': ({ why }: { why: string }) =>
    `the delivery was refused, but an earlier one may have arrived: ${why}`,
  'refused-keys-unknown': ({ why }: { why: string }) =>
    `the delivery was refused, but the user's keys could not be listed: ${why}`,
  'not-delivered-yet': ({ why }: { why: string }) => `the new key is not delivered yet: ${why}`,
  'new-key-deactivated': ({ keyId }: { keyId: string }) =>
    `a person deactivated the new key ${keyId}`,
  'new-key-unlisted': () => 'IAM does not list the new key yet',
  'new-key-gone-undelivered': () => 'the new key is gone before it was delivered',
  'content-key-gone': ({ parameter }: { parameter: string }) =>
    `the parameter ${parameter} no longer holds this rotation's content key, so the pair could not be opened`,
  undeliverable: () => 'the new key could not be delivered within 7 days',
  'given-up': () =>
    'the delivery of the new key was not accepted within 7 days and the key was never used: it is inactive now and is deleted in 7 days',
  'undelivered-inactive': ({ until }: { until: string }) =>
    `the undelivered new key is inactive and is deleted on ${at(until)}`,
  'undelivered-activated': () => 'a person activated the undelivered new key again',
  'undelivered-unused': () => 'the new key was not delivered within 7 days and not used for 7 more',
  'withdraw-only-active': ({ why }: { why: string }) =>
    `${why}; the new key can't be taken back, because it is the user's only active key: create a key by hand, then delete this one`,
  'withdraw-unlisted': ({ why }: { why: string }) =>
    `${why}; IAM does not know the new key everywhere yet`,
  'withdraw-in-use': ({ why }: { why: string }) =>
    `${why}; but the new key is in use, so both keys stay`,

  // The end of the old key.
  'waits-for-deactivation': () => 'the new key was delivered; the old key is deactivated next',
  'waits-for-deletion': () => 'the new key was delivered; the old key is deleted next',
  'both-keys-gone': () => 'both keys are gone',
  'new-key-removed': () => 'a person removed the new key; the old key stays and is due again',
  'old-key-gone': () => 'the old key is gone, the new one in use',
  'awaits-first-use': () =>
    'the old key is gone; the new one was never used, so it must stay possible to open it',
  'new-key-inactive': () => 'the new key is inactive, so the old key is kept',
  'old-key-activated': () => 'a person activated the old key again',
  'new-key-unused': () => 'the new key was never used, so the old key is kept',
  'age-limit': ({ days }: { days: number }) =>
    `the old key is ${days} days old and the new one was never used`,
  'stage-due': () => 'the deactivation stage is due',
  'new-key-in-use': () => 'the new key is in use',
  'old-key-due': () => 'the old key is due',
  'old-key-only-active': ({ keyId }: { keyId: string }) =>
    `${keyId} is the user's only active key and was not touched: give the user another key first`,
  'not-retrievable': ({ what, todo }: { what: string; todo: string }) =>
    `the new key was never used, and ${what}, so the old key is kept: ${todo}`,
  'unused-and-due': () =>
    'the old key is gone, and the new one is due without ever having been used',

  // Vetoes.
  'timer-removed': () => 'a person removed the timer',
  'cancelled-by': ({ who }: { who: string }) => `${who} ran ikr cancel`,
  'cancelled-waits': ({ why }: { why: string }) =>
    `cancelled (${why}): both keys stay until a person deletes one of them`,
  'cancelled-unused': ({ why, keys }: { why: string; keys: string }) =>
    `cancelled (${why}); a person deleted ${keys}; the new key was never used yet`,
  'cancelled-ended': ({ why, keys }: { why: string; keys: string }) =>
    `cancelled (${why}); a person deleted ${keys}`,

  // Timers.
  'timer-without-record': () => 'there is no rotation record for the timer; no key was touched',
  'timer-of-closed': () => 'the rotation is closed',
  'timer-of-earlier': () => 'the timer belongs to an earlier rotation',
  'timer-of-cancelled': ({ why }: { why: string }) => `the rotation is cancelled (${why})`,
  'timer-dry-run': () => 'dry run: nothing is deactivated or deleted',
  'timer-undelivered': ({ state }: { state: string }) =>
    `the new key is not delivered yet (${state})`,
  'timer-early': () => 'the timer expired before the old key is due',
  'timer-removed-early': ({ state }: { state: string }) =>
    `the timer was removed; nothing is scheduled (${state})`,
  'veto-noted': () =>
    'a person removed the timer; this is noted and takes effect with the next run',
  'timer-retried': ({ message, minutes }: { message: string; minutes: number }) =>
    `${message}; tried again in ${minutes} minutes`,
} as const;

type Sentences = typeof SENTENCES;
export type ReasonCode = keyof Sentences;
export const REASON_CODES = Object.keys(SENTENCES) as readonly ReasonCode[];

/** A code of `REASON_CODES`, or one that a later version wrote; and what its sentence needs. */
export interface Reason {
  readonly code: string;
  readonly details?: Readonly<Record<string, string | number>> | undefined;
}

/** A reason as it stands in the journal. */
export const storedReason = z.object({
  code: z.string(),
  details: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
});

type DetailsOf<C extends ReasonCode> = Parameters<Sentences[C]>;

/** A reason with what its sentence needs. */
export function reason<C extends ReasonCode>(code: C, ...[details]: DetailsOf<C>): Reason {
  return { code, ...(details !== undefined && { details: details as Reason['details'] }) };
}

/** The sentence of a reason; its code where this version has no sentence for it. */
export function sentence({ code, details }: Reason): string {
  if (!isReasonCode(code)) return code;
  try {
    // The details come from the table, where anybody may have changed them.
    const text = (SENTENCES[code] as (of: unknown) => unknown)(details ?? {});
    return typeof text === 'string' && text !== '' ? text : code;
  } catch {
    return code;
  }
}

function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(SENTENCES, code);
}
