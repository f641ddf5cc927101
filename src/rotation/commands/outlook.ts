/**
 * Where a user stands and what happens next, as people read it: the decision that the next run takes
 * (domain/plan), in words, and what is in the way.
 */

import type { ActionName } from '../../domain/plan/types.ts';
import type { AccountPolicy } from '../../domain/policy.ts';
import { type Reason, type ReasonCode, sentence } from '../../domain/reasons.ts';
import { isOpen } from '../../domain/record.ts';
import { DAY_MS } from '../../domain/time.ts';
import type { Decided, Decision } from '../engine.ts';
import { listedKeys, type Situation } from '../situation.ts';
import type { Coded } from './answers.ts';

export interface Outlook {
  /** What happens next. */
  readonly next: Coded;
  /** When; missing when that is up to somebody. */
  readonly atMs?: number;
  /** What is in the way, or needs a person. */
  readonly warnings: readonly Coded[];
}

/** What the next run does, in a few words. */
const ACTIONS: Readonly<Record<ActionName, string>> = {
  begin: 'replaced by the next run',
  remember: 'looked at by the next run',
  'delete-orphan': 'started again by the next run',
  restart: 'started again by the next run',
  prepare: 'started again by the next run',
  create: 'started again by the next run',
  'begin-attempt': 'delivered again by the next run',
  deliver: 'delivered again by the next run',
  'reactivate-new-key': 'old key scheduled by the next run',
  schedule: 'old key scheduled by the next run',
  'record-failed-attempt': 'delivered again by the next run',
  'back-off': 'delivered again by the next run',
  withdraw: 'new key withdrawn by the next run',
  'deactivate-new-key': 'undelivered new key deactivated by the next run',
  'delete-new-key': 'undelivered new key deleted by the next run',
  remind: 'owner reminded',
  'await-first-use': 'closed once the new key is used',
  'update-target': 'looked at by the next run',
  deactivate: 'old key deactivated',
  delete: 'old key deleted',
  'set-timer': 'timer set again by the next run',
  'remove-timer': 'looked at by the next run',
  cancel: 'cancelled by the next run',
  close: 'rotation closed by the next run',
};

/** What a user waits for, in a few words, by the reason of the wait. */
const WAITS: Partial<Record<ReasonCode, string>> = {
  'not-due': 'replaced',
  'backing-off': 'tried again',
  resting: 'replaced by the next run',
  'no-key': 'nothing: no access key',
  'inactive-key': 'not rotated',
  'two-keys': 'not rotated',
  unmanaged: 'not rotated',
  'invalid-tags': 'not rotated',
  leased: 'looked at again',
  'waits-for-deactivation': 'old key deactivated',
  'waits-for-deletion': 'old key deleted',
  'timer-early': 'old key deleted',
  'awaits-first-use': 'closed once the new key is used',
  'cancelled-waits': 'nothing until a key is deleted',
  'cancelled-unused': 'closed once the new key is used',
  'undelivered-inactive': 'undelivered new key deleted',
  'refused-only-active': 'delivered again',
  'not-delivered-yet': 'delivered again once that is possible',
};

/** Reasons that are the normal course: they need nobody. */
const NORMAL: readonly ReasonCode[] = [
  'due',
  'seen',
  'not-due',
  'no-key',
  'unmanaged',
  'resting',
  'waits-for-deactivation',
  'waits-for-deletion',
  'timer-early',
  'new-key-in-use',
  'old-key-due',
  'old-key-gone',
  'stage-due',
  'arrived',
  'delivered',
];

export function outlook(decided: Decided, policy: AccountPolicy, nowMs: number): Outlook {
  const { situation, decision } = decided;
  const { next, atMs } = nextOf(decision);
  return {
    next,
    ...(atMs !== undefined && { atMs }),
    warnings: [
      ...warningOf(decision.reason),
      ...aboutTags(situation),
      ...aboutTimer(situation),
      ...overdue(decision, atMs, nowMs),
      ...tooOld(situation, policy, nowMs),
    ],
  };
}

function nextOf(decision: Decision): { readonly next: Coded; readonly atMs?: number } {
  const { reason } = decision;
  if (decision.kind === 'act') {
    const { action } = decision;
    const next = { code: action.do, text: ACTIONS[action.do] };
    return action.do === 'begin' ? { next, atMs: action.dueAtMs } : { next };
  }
  const text = WAITS[reason.code as ReasonCode] ?? 'looked at again';
  const atMs = retryOf(reason) ?? decision.untilMs;
  return { next: { code: reason.code, text }, ...(atMs !== undefined && { atMs }) };
}

/** A user who backs off has been due for long: what counts is when it is tried again. */
function retryOf({ code, details }: Reason): number | undefined {
  return code === 'backing-off' ? Date.parse(String(details?.until)) : undefined;
}

function warningOf(reason: Reason): Coded[] {
  if ((NORMAL as readonly string[]).includes(reason.code)) return [];
  return [{ code: reason.code, text: sentence(reason) }];
}

function aboutTags({ policy: { reading }, record, observed }: Situation): Coded[] {
  if (!isOpen(record) || observed.user === 'missing' || reading.kind === 'managed') return [];
  if (reading.kind === 'invalid') {
    return reading.problems.map((text) => ({ code: 'invalid-tags', text }));
  }
  const text = 'the tag IKR:EMAIL is gone; what is open is still finished';
  return [{ code: 'unmanaged', text }];
}

function aboutTimer({ record, observed: { timer } }: Situation): Coded[] {
  const isDelivered = record?.state === 'SCHEDULED' || record?.state === 'DEACTIVATED';
  if (!isDelivered || timer !== 'none' || record.oldKeyGoneAtMs !== undefined) return [];
  const text = 'the timer is missing; the next run sets it again';
  return [{ code: 'timer-missing', text }];
}

function overdue(decision: Decision, atMs: number | undefined, nowMs: number): Coded[] {
  const begins = decision.kind === 'act' && decision.action.do === 'begin';
  if (!begins || atMs === undefined || nowMs < atMs + DAY_MS) return [];
  const text = 'overdue by more than a day: does the rotator run?';
  return [{ code: 'overdue', text }];
}

function tooOld({ record, observed }: Situation, policy: AccountPolicy, nowMs: number): Coded[] {
  if (isOpen(record)) return [];
  const old = listedKeys(observed).some(
    ({ status, createdAtMs }) =>
      status === 'Active' && nowMs >= createdAtMs + policy.maxKeyAgeDays * DAY_MS,
  );
  const text = `older than ${policy.maxKeyAgeDays} days (MAX_KEY_AGE_DAYS)`;
  return old ? [{ code: 'age-limit', text }] : [];
}
