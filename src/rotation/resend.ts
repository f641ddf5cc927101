/**
 * The mail of an open rotation, once more, because a person says that it was lost. The dates that
 * it promised stay as they are.
 */
import { composeNewKeyMail } from '../deliveries/mail/mails.ts';
import type { IamUser } from '../domain/identity.ts';
import { policyFor, type UserPolicy } from '../domain/policy.ts';
import type { CancelledRecord, DeliveredRecord, RotationRecord } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import type { MailAnswer } from '../ports/mailer.ts';
import { Held, isLeased } from './claimed-record.ts';
import { resume } from './resume.ts';
import { encloseAgain, unmailable } from './resume-delivering.ts';
import type { Run } from './run-context.ts';

/** States in which the mail was accepted and the pair is still kept. */
type Kept = DeliveredRecord | CancelledRecord;

/** Why no mail is sent; each calls for another word to the person who asked. */
export type NoMail =
  /** Another run may be at work on the rotation. */
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
  /** The mail could not be opened. */
  | 'content-key-gone'
  | 'mailer';

export type Resending =
  | { readonly kind: 'sent'; readonly record: Kept; readonly address: string }
  /** The rotation was not delivered before: the mail was one more attempt of its delivery. */
  | { readonly kind: 'resumed'; readonly row: ReportRow }
  | { readonly kind: 'not-sent'; readonly why: NoMail; readonly detail: string }
  /** The mailer did not take it, or did not say. */
  | {
      readonly kind: 'not-accepted';
      readonly answer: Exclude<MailAnswer, { kind: 'accepted' }>;
      readonly address: string;
    };

/**
 * Sends the mail of the user's open rotation again, to the address in the tag as it is now.
 * @param record as just read; `undefined` when there is none
 * @throws Conflict when another run took the record up at the same moment
 */
export async function resend(
  record: RotationRecord | undefined,
  user: IamUser,
  run: Run,
): Promise<Resending> {
  if (!record || record.state === 'CLOSED') return no('closed', record?.reason ?? '');
  if (isLeased(record, run.clock.nowMs())) return no('leased', record.state);
  if (record.state === 'STARTED') return no('not-sealed', record.state);
  if (record.state === 'WITHDRAWING') return no('withdrawing', record.reason);

  const reading = policyFor(user, run.rotation);
  if (reading.kind !== 'managed') return no('no-address', unmailable(reading));
  // Before anything is claimed: a run that cannot deliver changes nothing.
  const verification = await run.postman.verify();
  if (verification.kind !== 'accepted') return no('mailer', verification.reason);

  if (record.state === 'DELIVERING') {
    // A person's veto may stand on the timer alone, until a run finds the record free.
    const { timers } = await run.journal.scan();
    const timer = timers.find(
      ({ userId, oldKeyId }) => userId === record.userId && oldKeyId === record.oldKeyId,
    );
    // Who asks for the mail knows why it is worth another try.
    const { retryNotBeforeMs, ...asked } = record;
    return { kind: 'resumed', row: await resume(asked, user, timer, run) };
  }
  return sendAgain(record, user, reading.policy, run);
}

async function sendAgain(
  record: Kept,
  user: IamUser,
  policy: UserPolicy,
  run: Run,
): Promise<Resending> {
  const keys = (await run.keys.list(user.userName)) ?? [];
  const newKey = keys.find(({ accessKeyId }) => accessKeyId === record.newKeyId);
  if (!newKey) return no('new-key-gone', record.newKeyId);
  if (newKey.status === 'Inactive') return no('new-key-inactive', record.newKeyId);

  const held = await Held.claim<Kept>(record, run);
  let told: Kept = record;
  try {
    const enclosed = await encloseAgain(record, run);
    if (!enclosed) return no('content-key-gone', record.parameterName);

    const today: Kept = {
      ...record,
      userName: user.userName,
      userArn: user.arn,
      address: policy.address,
      instructions: policy.instructions,
    };
    const mail = await composeNewKeyMail(today, enclosed, true, run);
    held.assertTimeLeft();
    const untilMs = Math.min(held.record.leaseUntilMs, run.deadlineAtMs);
    const answer = await run.postman.send(mail, untilMs);
    if (answer.kind !== 'accepted') {
      return { kind: 'not-accepted', answer, address: policy.address };
    }
    // Reminders go where this mail went.
    told = today;
    return { kind: 'sent', record: today, address: policy.address };
  } finally {
    await held.release<Kept>(told).catch((error: unknown) => {
      run.log.warn('the lease could not be given back and ends by itself', {
        user: record.userName,
        error: error instanceof Error ? error.message : '',
      });
    });
  }
}

function no(why: NoMail, detail: string): Resending {
  return { kind: 'not-sent', why, detail };
}
