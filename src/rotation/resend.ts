/**
 * The new pair of an open rotation is delivered once more, because a person says that it was lost.
 * The dates that were promised stay as they are.
 */

import type { IamUser } from '../domain/identity.ts';
import { findKey } from '../domain/keys.ts';
import { isLeased } from '../domain/lease.ts';
import { whyNobody } from '../domain/plan/reading.ts';
import { type AccountPolicy, policyFor, type UserPolicy } from '../domain/policy.ts';
import { sentence } from '../domain/reasons.ts';
import type {
  CancelledRecord,
  DeliveredRecord,
  DeliveringRecord,
  RotationRecord,
} from '../domain/record.ts';
import { describeTarget } from '../domain/target.ts';
import type { Account } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery, DeliveryAnswer } from '../ports/delivery.ts';
import { describeError } from '../ports/errors.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Sealer } from '../ports/sealer.ts';
import { contentKeyOf } from './content-key.ts';
import type { Engine, LastEvent } from './engine.ts';
import type { RecordWriter } from './record-writer.ts';
import { NOTHING_OBSERVED, underTodaysName } from './situation.ts';

/** States in which the pair was delivered and is still kept. */
type Kept = DeliveredRecord | CancelledRecord;

/** Why nothing is sent; each calls for another word to the person who asked. */
export type NotSent =
  /** Another run may be working on the rotation. */
  | 'leased'
  /** No rotation is open, and the pair of a closed one is not kept. */
  | 'closed'
  /** There is no key pair yet. */
  | 'not-sealed'
  /** The new key is being taken back. */
  | 'withdrawing'
  /** The tags name no address, or are wrong. */
  | 'no-address'
  | 'new-key-gone'
  | 'new-key-inactive'
  /** The pair could not be opened. */
  | 'content-key-gone'
  | 'mailer';

export type Resending =
  | { readonly kind: 'sent'; readonly record: Kept; readonly to: string }
  /** The rotation was not delivered before: this was one more attempt of its delivery. */
  | { readonly kind: 'resumed'; readonly event: LastEvent }
  | { readonly kind: 'not-sent'; readonly why: NotSent; readonly detail: string }
  /** The delivery did not take it, or did not say. */
  | {
      readonly kind: 'not-accepted';
      readonly answer: Exclude<DeliveryAnswer, { kind: 'accepted' }>;
      readonly to: string;
    };

export interface ResendRun {
  readonly engine: Engine;
  readonly writer: RecordWriter;
  readonly account: Account;
  readonly journal: Pick<Journal, 'timer'>;
  readonly delivery: Delivery;
  readonly sealer: Sealer;
  readonly policy: AccountPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadlineAtMs: number;
}

/**
 * Delivers the pair of the user's open rotation again, to the target of today's tags.
 * @param record as just read; `undefined` when there is none
 * @throws Conflict when another run took the record up at the same moment
 */
export async function resend(
  record: RotationRecord | undefined,
  user: IamUser,
  run: ResendRun,
): Promise<Resending> {
  if (!record || record.state === 'CLOSED') {
    return notSent('closed', record ? sentence(record.reason) : '');
  }
  if (isLeased(record, run.clock.nowMs())) return notSent('leased', record.state);
  if (record.state === 'STARTED') return notSent('not-sealed', record.state);
  if (record.state === 'WITHDRAWING') return notSent('withdrawing', sentence(record.reason));

  const reading = policyFor(user, run.policy);
  if (reading.kind !== 'managed') return notSent('no-address', whyNobody(reading));
  // Before anything is claimed: a run that cannot deliver changes nothing.
  const verification = await run.delivery.verify();
  if (verification.kind !== 'accepted') return notSent('mailer', verification.reason);

  return record.state === 'DELIVERING'
    ? resume(record, user, reading.policy, run)
    : sendAgain(record, user, reading.policy, run);
}

/** One more attempt, as the next run would make it. */
async function resume(
  record: DeliveringRecord,
  user: IamUser,
  policy: UserPolicy,
  run: ResendRun,
): Promise<Resending> {
  const { userId, userName, arn: userArn } = user;
  // A person's veto may stand on the timer alone, until a run finds the record free.
  const timer = (await run.journal.timer(record.userId, record.oldKeyId)) ?? 'none';
  // Who asks for it knows why it is worth another try.
  const { retryNotBeforeMs, ...asked } = record;
  const decided = await run.engine.decide({
    userId,
    userName,
    userArn,
    policy: { reading: { kind: 'managed', policy }, force: false },
    record: underTodaysName(asked, user),
    observed: { ...NOTHING_OBSERVED, timer, targetToday: run.delivery.targetFor(policy) },
  });
  return { kind: 'resumed', event: await run.engine.execute(decided) };
}

async function sendAgain(
  record: Kept,
  user: IamUser,
  policy: UserPolicy,
  run: ResendRun,
): Promise<Resending> {
  const { account, delivery, writer } = run;
  const newKey = findKey((await account.keys.list(user.userName)) ?? [], record.newKeyId);
  if (!newKey) return notSent('new-key-gone', record.newKeyId);
  if (newKey.status === 'Inactive') return notSent('new-key-inactive', record.newKeyId);

  const claimed = await writer.claim<Kept>(record);
  let told: Kept = claimed;
  try {
    const contentKey = await contentKeyOf(record, account);
    if (!contentKey) return notSent('content-key-gone', record.parameterName);
    const pair = await run.sealer.unseal(record.sealed, contentKey);

    const today: Kept = {
      ...underTodaysName(claimed, user),
      target: { ...delivery.targetFor(policy), form: record.target.form },
      instructions: policy.instructions,
    };
    const to = describeTarget(today.target);
    writer.assertTimeLeft(claimed);
    const untilMs = Math.min(claimed.leaseUntilMs, run.deadlineAtMs);
    const answer = await delivery.deliver(pair, today, untilMs);
    if (answer.kind !== 'accepted') return { kind: 'not-accepted', answer, to };
    // Notices go where this went.
    told = today;
    return { kind: 'sent', record: today, to };
  } finally {
    await writer.release(claimed as DeliveredRecord, told as DeliveredRecord).catch((error) => {
      run.log.warn('the lease could not be given back and ends by itself', {
        user: record.userName,
        error: describeError(error),
      });
    });
  }
}

function notSent(why: NotSent, detail: string): Resending {
  return { kind: 'not-sent', why, detail };
}
