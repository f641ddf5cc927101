/**
 * From a sealed key pair in the journal to an old key with a timer. Whatever happens here, the
 * pair is in the journal and can be delivered again.
 */
import { composeNewKeyMail } from '../deliveries/mail/mails.ts';
import type { Enclosed } from '../deliveries/mail/templates/facts.ts';
import { isOnlyActive, SETTLED_AFTER_MS } from '../domain/destruction.ts';
import {
  type DeliveringRecord,
  nextStepAtMs,
  type ScheduledRecord,
  type WithdrawingRecord,
} from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { backOffMs } from '../domain/rotation.ts';
import { row } from '../domain/row.ts';
import { iso } from '../domain/time.ts';
import type { Held } from './claimed-record.ts';
import { deleteKey } from './effects.ts';
import { rearm } from './rearm.ts';
import type { Run } from './run-context.ts';

/**
 * Sends the mail of the attempt that the record has just been written with, and goes on by the
 * mailer's answer.
 *
 *     accepted → put the timer → SCHEDULED
 *     not now  → DELIVERING, with one more attempt known to have failed
 *     refused  → WITHDRAWING, unless an earlier attempt may have arrived, or the user has no other
 *                active key: then DELIVERING, and it backs off
 *     unknown  → DELIVERING as it is
 */
export async function deliver(
  held: Held<DeliveringRecord>,
  enclosed: Enclosed,
  run: Run,
): Promise<ReportRow> {
  const { record } = held;
  const mail = await composeNewKeyMail(record, enclosed, record.attempts > 1, run);
  held.assertTimeLeft();
  const answer = await run.postman.send(mail, Math.min(record.leaseUntilMs, run.deadlineAtMs));

  if (answer.kind === 'accepted') return schedule(held, run, 'the new key was mailed');
  if (answer.kind === 'unknown') {
    await held.release<DeliveringRecord>(record);
    return row(record, 'failed', `it is not known whether the mail arrived: ${answer.reason}`);
  }
  const settled = { ...record, failedAttempts: record.failedAttempts + 1 };
  if (answer.kind === 'refused') return undo(held, settled, answer.reason, run);
  await held.release<DeliveringRecord>(settled);
  return row(record, 'postponed', `the mailer can't take the mail now: ${answer.reason}`);
}

/** The mail was refused for good: the new key is taken back, unless somebody may need it. */
async function undo(
  held: Held<DeliveringRecord>,
  settled: DeliveringRecord,
  why: string,
  run: Run,
): Promise<ReportRow> {
  const { address, userName, newKeyId } = settled;
  // What the mailer said is not lost because a list fails.
  const keys = await run.keys.list(userName).catch(() => undefined);
  if (keys && isOnlyActive(keys, newKeyId)) {
    const failures = settled.failures + 1;
    const retryNotBeforeMs = run.clock.nowMs() + backOffMs(failures);
    await held.release<DeliveringRecord>({ ...settled, failures, retryNotBeforeMs });
    return row(settled, 'failed', `${keptForWantOfAnother(address, retryNotBeforeMs)}: ${why}`);
  }
  if (keys && settled.failedAttempts === settled.attempts) {
    return withdraw(held, `the mail to ${address} was refused: ${why}`, run);
  }
  await held.release<DeliveringRecord>(settled);
  const doubt = keys ? 'an earlier one may have arrived' : "the user's keys could not be listed";
  return row(settled, 'failed', `the mail was refused, but ${doubt}: ${why}`);
}

/** Why a refused key stays, in the run in which that happens and in those that wait. */
export function keptForWantOfAnother(address: string, retryNotBeforeMs: number): string {
  return `the mail to ${address} was refused, but the new key is the user's only active one: it is mailed again on ${iso(retryNotBeforeMs)}, or as soon as the tag names another address`;
}

/** The new key was handed over: the old key gets its timer. */
export async function schedule(
  held: Held<DeliveringRecord>,
  run: Run,
  reason: string,
): Promise<ReportRow> {
  const scheduled: ScheduledRecord = {
    ...withoutAttempts(held.record),
    state: 'SCHEDULED',
    deliveredAtMs: run.clock.nowMs(),
  };
  held.assertTimeLeft();
  await rearm(scheduled, nextStepAtMs(scheduled), run);
  await held.release<ScheduledRecord>(scheduled);
  return {
    ...row(scheduled, 'rotated', reason),
    dueAt: iso(nextStepAtMs(scheduled)),
  };
}

/** What outlasts the delivery, however it ended. */
function withoutAttempts({
  attempts,
  failedAttempts,
  firstAttemptAtMs,
  givenUpAtMs,
  newKeyDeactivatedAtMs,
  retryNotBeforeMs,
  ...kept
}: DeliveringRecord) {
  return kept;
}

/** The new key was certainly never handed over: it is taken back. */
export async function withdraw(
  held: Held<DeliveringRecord>,
  reason: string,
  run: Run,
): Promise<ReportRow> {
  const { sealed, deleteOnMs, deactivateOnMs, instructions, ...kept } = withoutAttempts(
    held.record,
  );
  return finishWithdrawal(
    await held.advance<WithdrawingRecord>({ ...kept, state: 'WITHDRAWING', reason }),
    run,
  );
}

/** Deletes the new key and its content key, and closes the rotation as failed. */
export async function finishWithdrawal(
  held: Held<WithdrawingRecord>,
  run: Run,
): Promise<ReportRow> {
  const { record } = held;
  const { userName, newKeyId: accessKeyId } = record;
  const keys = await run.keys.list(userName);
  const obstacle = !keys
    ? 'the user was renamed or deleted meanwhile'
    : isOnlyActive(keys, accessKeyId) &&
      "it is the user's only active key: create a key by hand, then delete this one";
  if (obstacle || !keys) {
    await held.release<WithdrawingRecord>(record);
    return row(record, 'failed', `${record.reason}; the new key can't be taken back: ${obstacle}`);
  }
  const owner = await run.keys.owner(accessKeyId);
  if (owner.kind === 'found' && owner.lastUsedAtMs !== undefined) {
    const reason = `${record.reason}; but the new key is in use, so both keys stay`;
    await held.close({ outcome: 'undone', reason, newKeyId: accessKeyId });
    return row(record, 'closed', reason);
  }
  // What an answer means depends on when it was asked for, however late it comes.
  const isSettled = run.clock.nowMs() - record.newKeyCreatedAtMs >= SETTLED_AFTER_MS;
  const answer = await deleteKey(held, { userName, accessKeyId, keys }, run);
  if (answer === 'gone' && !isSettled) {
    await held.release<WithdrawingRecord>(record);
    return row(record, 'postponed', `${record.reason}; IAM does not know the new key yet`);
  }
  const failures = record.failures + 1;
  await held.close({
    outcome: 'failed',
    reason: record.reason,
    newKeyId: record.newKeyId,
    failures,
    retryNotBeforeMs: run.clock.nowMs() + backOffMs(failures),
  });
  return row(record, 'withdrawn', record.reason);
}
