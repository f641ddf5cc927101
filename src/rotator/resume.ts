/**
 * Going on with a rotation that another run left open, state by state.
 */
import { mailObstacle } from '../delivery/obstacle.ts';
import { cancel, destroy, rearm } from '../destructor/destroy.ts';
import { isOnlyActive } from '../domain/destruction.ts';
import type { AccessKey, IamUser } from '../domain/identity.ts';
import { type PolicyReading, policyFor, promise } from '../domain/policy.ts';
import {
  type CancelledRecord,
  type DeliveredRecord,
  type DeliveringRecord,
  isTimerOf,
  nextStepAtMs,
  type OpenRecord,
  type StartedRecord,
  type Timer,
} from '../domain/record.ts';
import { oldestActive, type ReportRow } from '../domain/report.ts';
import { backOffMs, planRotation } from '../domain/rotation.ts';
import { DAY_MS, iso, MINUTE_MS } from '../domain/time.ts';
import { deactivateKey, deleteKey } from '../journal/effects.ts';
import { Held, isLeased } from '../journal/held.ts';
import type { Run } from '../run.ts';
import { deliver, finishWithdrawal, SETTLED_AFTER_MS, schedule, withdraw } from './deliver.ts';
import { createAndDeliver, enclose } from './rotate.ts';
import { row } from './row.ts';

/** How long a delivery is tried, and how long an undelivered key then sleeps before it goes. */
const GIVE_UP_AFTER_MS = 7 * DAY_MS;
/** IAM dates a key in whole seconds by its own clock: how far from `begin` ours can have been made. */
const CREATED_BEFORE_MS = MINUTE_MS;
const CREATED_AFTER_MS = 2 * MINUTE_MS;
/** From this much over its time on, an old key is destroyed here: TTL may be two days late. */
const OVERDUE_AFTER_MS = DAY_MS;

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
  const keys = await run.keys.list(user.userName);
  if (!keys) {
    return row(record, 'postponed', 'the user was renamed or deleted while this run was under way');
  }
  const done = await resumeState(record, keys, policyFor(user, run.rotation), timer, run);
  // What was listed before a key was taken away says nothing about the keys after it.
  const changed = done.outcome === 'deleted' || done.outcome === 'deactivated';
  return changed ? done : { ...done, ...oldestActive(keys) };
}

async function resumeState(
  record: OpenRecord,
  keys: readonly AccessKey[],
  reading: PolicyReading,
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  switch (record.state) {
    case 'STARTED':
      return resumeStarted(record, keys, reading, run);
    case 'DELIVERING':
      return resumeDelivering(record, keys, reading, run);
    case 'WITHDRAWING':
      return finishWithdrawal(await Held.claim(record, run), run);
    case 'SCHEDULED':
    case 'DEACTIVATED':
      return resumeDelivered(record, keys, reading, timer, run);
    case 'CANCELLED':
      return resumeCancelled(record, keys, timer, run);
  }
}

/** The user does not exist any more, and its keys went with it: unless only the list is wrong. */
async function closeGone(
  record: OpenRecord,
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  for (const accessKeyId of [record.oldKeyId, ...Object.values(newKeyOf(record))]) {
    if ((await run.keys.owner(accessKeyId)).kind === 'found') {
      return row(
        record,
        'postponed',
        `the user is missing in the list of users, but IAM knows the key ${accessKeyId}`,
      );
    }
  }
  const reason = 'the user does not exist any more';
  const held = await Held.claim(record, run);
  await held.close({ outcome: 'user-gone', reason, ...newKeyOf(record) });
  await removeTimer(timer, run);
  return row(record, 'closed', reason);
}

/** Nothing was kept but the intention: a key that came of it has lost its secret. */
async function resumeStarted(
  record: StartedRecord,
  keys: readonly AccessKey[],
  reading: PolicyReading,
  run: Run,
): Promise<ReportRow> {
  const held = await Held.claim(record, run);
  const unseen = keys.filter(({ accessKeyId }) => !record.seenKeyIds.includes(accessKeyId));
  const candidates: AccessKey[] = [];
  for (const key of unseen) {
    if (await isOrphan(record, key, keys, run)) candidates.push(key);
  }
  // One creation makes one key: of two that look like it, nobody can say which one is ours.
  const [orphan] = candidates.length === 1 ? candidates : [];

  const give = async (outcome: 'undone' | 'postponed', reason: string): Promise<ReportRow> => {
    await held.close({ outcome, reason, failures: record.failures });
    return row(record, outcome === 'undone' ? 'closed' : 'postponed', reason);
  };
  if (orphan) {
    const { accessKeyId } = orphan;
    await deleteKey(held, { userName: record.userName, accessKeyId, keys }, run);
    run.log.warn('an access key whose secret was lost was deleted', {
      user: record.userName,
      accessKeyId,
    });
  }
  if (unseen.length > (orphan ? 1 : 0)) {
    return give('undone', 'the user has another key by now, which is not ours to touch');
  }

  const remaining = keys.filter((key) => key !== orphan);
  const [oldKey, ...others] = remaining;
  if (oldKey?.accessKeyId !== record.oldKeyId || oldKey.status !== 'Active' || others.length > 0) {
    return give('undone', 'the old key is no longer the only key and active');
  }
  if (reading.kind !== 'managed') {
    return give('postponed', `there is nobody to mail a new key to: ${unmailable(reading)}`);
  }
  const obstacle = (await mailObstacle(run)) ?? run.postman.stopped;
  if (obstacle !== undefined) return give('postponed', `no key is created: ${obstacle}`);

  const { policy } = reading;
  return createAndDeliver(
    await held.advance<StartedRecord>({
      ...record,
      // A new ID: what a run that was cut off may still write can't be taken for this one's.
      rotationId: run.sealer.newRotationId(),
      startedAtMs: run.clock.nowMs(),
      seenKeyIds: remaining.map(({ accessKeyId }) => accessKeyId),
      address: policy.address,
    }),
    policy,
    run,
  );
}

/**
 * Whether an unseen key may be the one that the interrupted run created.
 * @throws Error when IAM does not tell whether it was used
 */
async function isOrphan(
  record: StartedRecord,
  key: AccessKey,
  keys: readonly AccessKey[],
  run: Run,
): Promise<boolean> {
  const ageAtStartMs = key.createdAtMs - record.startedAtMs;
  if (ageAtStartMs < -CREATED_BEFORE_MS || ageAtStartMs > CREATED_AFTER_MS) return false;
  if (isOnlyActive(keys, key.accessKeyId)) return false;
  const owner = await run.keys.owner(key.accessKeyId);
  if (owner.kind !== 'found') {
    throw new Error(
      `IAM does not tell whether ${key.accessKeyId} was ever used, so it is not known whose it is; the next run asks again`,
    );
  }
  return owner.lastUsedAtMs === undefined;
}

/** The pair is in the journal; whether it arrived is to be found out, or else it goes out again. */
async function resumeDelivering(
  record: DeliveringRecord,
  keys: readonly AccessKey[],
  reading: PolicyReading,
  run: Run,
): Promise<ReportRow> {
  const held = await Held.claim(record, run);
  const nowMs = run.clock.nowMs();
  const newKey = keys.find(({ accessKeyId }) => accessKeyId === record.newKeyId);
  const owner = await run.keys.owner(record.newKeyId);

  if (owner.kind === 'found' && owner.lastUsedAtMs !== undefined) {
    if (record.newKeyDeactivatedAtMs !== undefined) {
      // IAM tells of a use up to 15 minutes late: it was put to sleep although it had arrived.
      held.assertTimeLeft();
      await run.keys.activate(record.userName, record.newKeyId);
    }
    return schedule(held, run, 'the new key is in use, so it arrived');
  }
  if (!newKey) {
    if (owner.kind === 'found' || nowMs - record.newKeyCreatedAtMs < SETTLED_AFTER_MS) {
      await held.release<DeliveringRecord>(record);
      return row(record, 'postponed', 'IAM does not list the new key yet');
    }
    const reason = 'the new key is gone before it was delivered';
    await held.close({ outcome: 'undone', reason, newKeyId: record.newKeyId });
    return row(record, 'closed', reason);
  }
  const isAsleep = record.newKeyDeactivatedAtMs !== undefined;
  if (isAsleep || nowMs >= record.firstAttemptAtMs + GIVE_UP_AFTER_MS) {
    if (owner.kind !== 'found') {
      await held.release<DeliveringRecord>(record);
      return row(
        record,
        'failed',
        'IAM does not tell whether the undelivered new key was ever used, so it stays as it is',
      );
    }
    return isAsleep ? endSleep(held, newKey, keys, run) : giveUp(held, keys, run);
  }

  const obstacle = await cannotDeliver(record, newKey, reading, run);
  if (obstacle !== undefined || reading.kind !== 'managed') {
    await held.release<DeliveringRecord>(record);
    return row(record, 'postponed', `the new key is not delivered yet: ${obstacle}`);
  }
  const enclosed = await encloseAgain(record, run);
  if (!enclosed) {
    await held.release<DeliveringRecord>(record);
    return row(
      record,
      'failed',
      `the parameter ${record.parameterName} no longer holds this rotation's content key, so the mail could not be opened`,
    );
  }

  const { policy } = reading;
  return deliver(
    await held.advance<DeliveringRecord>({
      ...record,
      ...promise(policy, nowMs),
      address: policy.address,
      instructions: policy.instructions,
      attempts: record.attempts + 1,
    }),
    enclosed,
    run,
  );
}

async function cannotDeliver(
  record: DeliveringRecord,
  newKey: AccessKey,
  reading: PolicyReading,
  run: Run,
): Promise<string | undefined> {
  if (reading.kind !== 'managed') return unmailable(reading);
  if (newKey.status === 'Inactive') return `a person deactivated the new key ${record.newKeyId}`;
  return (await mailObstacle(run)) ?? run.postman.stopped;
}

/** What the mail carries, from the journal; `undefined` when the content key is not there. */
export async function encloseAgain(
  record: Pick<DeliveringRecord, 'parameterName' | 'rotationId' | 'sealed'>,
  run: Run,
) {
  const stored = await run.parameters.get(record.parameterName);
  if (stored?.rotationId !== record.rotationId) return undefined;
  const pair = await run.sealer.unseal(record.sealed, stored.key);
  return enclose(record.sealed, pair, record.parameterName, run);
}

/** A week without a sign of life: what surely never arrived is taken back, the rest put to sleep. */
async function giveUp(
  held: Held<DeliveringRecord>,
  keys: readonly AccessKey[],
  run: Run,
): Promise<ReportRow> {
  const { record } = held;
  if (record.failedAttempts === record.attempts) {
    return withdraw(held, 'the new key could not be delivered within 7 days', run);
  }
  if (isOnlyActive(keys, record.newKeyId)) {
    await held.release<DeliveringRecord>(record);
    return row(
      record,
      'failed',
      "the new key may never have arrived, but stays: it is the user's only active key",
    );
  }
  const target = { userName: record.userName, accessKeyId: record.newKeyId, keys };
  await deactivateKey(held, target, run);
  await held.release<DeliveringRecord>({ ...record, newKeyDeactivatedAtMs: run.clock.nowMs() });
  return row(
    record,
    'failed',
    'no mail with the new key was accepted within 7 days and it was never used: it is inactive now and is deleted in 7 days',
  );
}

/** The undelivered key is inactive: a person may still want it, otherwise it goes. */
async function endSleep(
  held: Held<DeliveringRecord>,
  newKey: AccessKey,
  keys: readonly AccessKey[],
  run: Run,
): Promise<ReportRow> {
  const { record } = held;
  const nowMs = run.clock.nowMs();
  const asleepSinceMs = record.newKeyDeactivatedAtMs ?? nowMs;
  // Right after its deactivation IAM may still list it as it was.
  if (newKey.status === 'Active' && nowMs - asleepSinceMs >= SETTLED_AFTER_MS) {
    return cancel(held, 'a person activated the undelivered new key again', run);
  }
  const goesAtMs = asleepSinceMs + GIVE_UP_AFTER_MS;
  if (nowMs < goesAtMs || isOnlyActive(keys, record.newKeyId)) {
    await held.release<DeliveringRecord>(record);
    return row(
      record,
      'failed',
      `the undelivered new key is inactive and goes on ${iso(goesAtMs)}`,
    );
  }
  const target = { userName: record.userName, accessKeyId: record.newKeyId, keys };
  await deleteKey(held, target, run);
  const failures = record.failures + 1;
  const reason = 'the new key was not delivered within 7 days and not used for 7 more';
  await held.close({
    outcome: 'failed',
    reason,
    newKeyId: record.newKeyId,
    failures,
    retryNotBeforeMs: nowMs + backOffMs(failures),
  });
  return row(record, 'withdrawn', reason);
}

/** Whether an old key is so late that the rotator destroys it itself. */
export function isOverdue(record: DeliveredRecord, nowMs: number): boolean {
  return nowMs >= nextStepAtMs(record) + OVERDUE_AFTER_MS;
}

/** Delivered: wait for the timer, step in where it fails, and see what people did meanwhile. */
async function resumeDelivered(
  record: DeliveredRecord,
  keys: readonly AccessKey[],
  reading: PolicyReading,
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  const nowMs = run.clock.nowMs();
  const has = (id: string) => keys.some(({ accessKeyId }) => accessKeyId === id);

  const ownTimer = timer && isTimerOf(timer, record) ? timer : undefined;
  if (ownTimer?.vetoed) {
    return cancel(await Held.claim(record, run), 'a person removed the timer', run);
  }
  if (has(record.oldKeyId) && has(record.newKeyId)) {
    if (isOverdue(record, nowMs)) return destroy(record, run);
    if (!ownTimer) await rearm(record, nextStepAtMs(record), run);
    return {
      ...row(record, 'waiting', 'the new key was delivered; the old key waits for its time'),
      dueAt: iso(nextStepAtMs(record)),
    };
  }
  if (
    !has(record.oldKeyId) &&
    isSuccessorDue(record, keys, reading, nowMs) &&
    !(await isUsed(record.newKeyId, run))
  ) {
    const reason = 'the old key is gone, and the new one is due without ever having been used';
    await (await Held.claim(record, run)).close({
      outcome: 'unused',
      reason,
      newKeyId: record.newKeyId,
    });
    await removeTimer(timer, run);
    return row(record, 'closed', reason);
  }
  // One of the keys is gone by a person's hand: the destructor's rules say what that means.
  const done = await destroy(record, run);
  if (done.outcome === 'closed') await removeTimer(timer, run);
  return done;
}

/** Without this, a key that nobody ever uses would block its own replacement for ever. */
function isSuccessorDue(
  record: DeliveredRecord,
  keys: readonly AccessKey[],
  reading: PolicyReading,
  nowMs: number,
): boolean {
  return (
    reading.kind === 'managed' &&
    keys.some(({ accessKeyId }) => accessKeyId === record.newKeyId) &&
    planRotation(keys, undefined, reading.policy, nowMs).kind === 'rotate'
  );
}

async function isUsed(accessKeyId: string, run: Run): Promise<boolean> {
  const owner = await run.keys.owner(accessKeyId);
  return owner.kind === 'found' && owner.lastUsedAtMs !== undefined;
}

/** A person's veto: both keys stay until a person removes one. */
async function resumeCancelled(
  record: CancelledRecord,
  keys: readonly AccessKey[],
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  const gone = [record.oldKeyId, record.newKeyId].filter(
    (id) => !keys.some(({ accessKeyId }) => accessKeyId === id),
  );
  if (gone.length === 0) {
    await removeTimer(timer, run);
    return row(
      record,
      'waiting',
      `cancelled (${record.reason}): both keys stay until a person deletes one of them`,
    );
  }
  const reason = `cancelled (${record.reason}); a person deleted ${gone.join(' and ')}`;
  const held = await Held.claim(record, run);
  await held.close({ outcome: 'cancelled', reason, newKeyId: record.newKeyId });
  await removeTimer(timer, run);
  return row(record, 'closed', reason);
}

/** Only ever called for a closed or cancelled record: otherwise a removal would read as a veto. */
async function removeTimer(timer: Timer | undefined, run: Run): Promise<void> {
  if (timer) await run.journal.removeTimer(timer.userId, timer.oldKeyId);
}

function newKeyOf(record: OpenRecord): { newKeyId?: string } {
  return 'newKeyId' in record ? { newKeyId: record.newKeyId } : {};
}

/** Why there is nobody to mail to. */
export function unmailable(reading: PolicyReading): string {
  if (reading.kind === 'invalid') return reading.problems.join('; ');
  return 'the user is no longer tagged with a mail address';
}
