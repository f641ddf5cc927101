/**
 * Going on with a rotation that another run left open, state by state.
 */

import type { IamUser, Listed } from '../domain/identity.ts';
import { type PolicyReading, policyFor } from '../domain/policy.ts';
import {
  type DeliveredRecord,
  type DeliveringRecord,
  isTimerOf,
  type OpenRecord,
  type Timer,
} from '../domain/record.ts';
import { oldestActive, type ReportRow } from '../domain/report.ts';
import { row } from '../domain/row.ts';
import { iso } from '../domain/time.ts';
import { cancel } from './cancel.ts';
import { Held, isLeased } from './claimed-record.ts';
import { finishWithdrawal } from './deliver.ts';
import { removeTimer, resumeCancelled, resumeDelivered } from './resume-delivered.ts';
import { resumeDelivering } from './resume-delivering.ts';
import { resumeStarted } from './resume-started.ts';
import type { Run } from './run-context.ts';

/**
 * Goes on with an open rotation.
 * @param user the user as the inventory has it now; `undefined` when it is gone
 * @param timer the rotation's timer, if there is one
 */
export async function resume(
  open: OpenRecord,
  user: IamUser | undefined,
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  if (isLeased(open, run.clock.nowMs())) {
    return row(open, 'waiting', `another run is at work on it until ${iso(open.leaseUntilMs)}`);
  }
  if (!user) return closeGone(open, timer, run);

  // The name may have changed since; the record learns it with the next write.
  const record = { ...open, userName: user.userName, userArn: user.arn };
  const listedAtMs = run.clock.nowMs();
  const keys = await run.keys.list(user.userName);
  if (!keys) {
    return row(record, 'postponed', 'the user was renamed or deleted while this run was under way');
  }
  const listed = { keys, listedAtMs };
  const done = await resumeState(record, listed, policyFor(user, run.rotation), timer, run);
  // What was listed before a key was taken away says nothing about the keys after it.
  const changed = done.outcome === 'deleted' || done.outcome === 'deactivated';
  return changed ? done : { ...done, ...oldestActive(keys) };
}

async function resumeState(
  record: OpenRecord,
  listed: Listed,
  reading: PolicyReading,
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  const ownTimer = timer && isTimerOf(timer, record) ? timer : undefined;
  if (ownTimer?.vetoed && isInForce(record)) {
    return cancel(await Held.claim(record, run), 'a person removed the timer', run);
  }
  switch (record.state) {
    case 'STARTED':
      return resumeStarted(record, listed, reading, run);
    case 'DELIVERING':
      return resumeDelivering(record, listed, reading, run);
    case 'WITHDRAWING':
      return finishWithdrawal(await Held.claim(record, run), run);
    case 'SCHEDULED':
    case 'DEACTIVATED':
      return resumeDelivered(record, listed.keys, reading, timer, run);
    case 'CANCELLED':
      return resumeCancelled(record, listed, reading, timer, run);
  }
}

/** States in which a timer may stand, and its removal is a veto. */
function isInForce(record: OpenRecord): record is DeliveringRecord | DeliveredRecord {
  return ['DELIVERING', 'SCHEDULED', 'DEACTIVATED'].includes(record.state);
}

/** The user does not exist any more, and its keys went with it: unless only the list is wrong. */
async function closeGone(
  record: OpenRecord,
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  const newKey = 'newKeyId' in record && { newKeyId: record.newKeyId };
  const missing = (what: string) =>
    row(record, 'postponed', `the user is missing in the list of users, but IAM knows the ${what}`);
  for (const accessKeyId of newKey ? [record.oldKeyId, newKey.newKeyId] : [record.oldKeyId]) {
    if ((await run.keys.owner(accessKeyId)).kind === 'found') return missing(`key ${accessKeyId}`);
  }
  // Without the permission to ask about keys, the ones that are there look like those that are gone.
  if ((await run.keys.userId(record.userName)) === record.userId) {
    return missing(`user ${record.userName}`);
  }
  const reason = 'the user does not exist any more';
  const held = await Held.claim(record, run);
  await held.close({ outcome: 'user-gone', reason, ...newKey });
  await removeTimer(timer, run);
  return row(record, 'closed', reason);
}
