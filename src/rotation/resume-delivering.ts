/**
 * Going on with a rotation whose pair is in the journal: it arrived, or it goes out again, or it
 * is given up.
 */
import { mailObstacle } from '../deliveries/obstacle.ts';
import { isOnlyActive, SETTLED_AFTER_MS } from '../domain/destruction.ts';
import type { AccessKey, Listed } from '../domain/identity.ts';
import { type PolicyReading, promise } from '../domain/policy.ts';
import type { DeliveringRecord } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { backOffMs, refusedUntilMs } from '../domain/rotation.ts';
import { row } from '../domain/row.ts';
import { DAY_MS, iso, MINUTE_MS } from '../domain/time.ts';
import { cancel } from './cancel.ts';
import { Held } from './claimed-record.ts';
import { contentKeyOf } from './content-key.ts';
import { deliver, keptForWantOfAnother, schedule, withdraw } from './deliver.ts';
import { deactivateKey, deleteKey } from './effects.ts';
import { enclose } from './rotate.ts';
import type { Run } from './run-context.ts';

/** How long a delivery is tried, and how long an undelivered key then sleeps before it goes. */
const GIVE_UP_AFTER_MS = 7 * DAY_MS;
/** By how much IAM's clock and ours may differ. */
const CLOCKS_MS = MINUTE_MS;

/** The pair is in the journal; whether it arrived is to be found out, or else it goes out again. */
export async function resumeDelivering(
  record: DeliveringRecord,
  { keys, listedAtMs }: Listed,
  reading: PolicyReading,
  run: Run,
): Promise<ReportRow> {
  const held = await Held.claim(record, run);
  const nowMs = run.clock.nowMs();
  const newKey = keys.find(({ accessKeyId }) => accessKeyId === record.newKeyId);
  const owner = await run.keys.owner(record.newKeyId);

  if (owner.kind === 'found' && owner.lastUsedAtMs !== undefined) {
    // A run may have died before it wrote down that it had put the key to sleep.
    const asleepSinceMs = record.newKeyDeactivatedAtMs ?? record.givenUpAtMs ?? 0;
    if (owner.lastUsedAtMs <= asleepSinceMs + CLOCKS_MS) {
      // IAM tells of a use up to 15 minutes late: it was put to sleep although it had arrived. After a
      // later use it was a person who had woken it, and who may have put it to sleep again.
      held.assertTimeLeft();
      if ((await run.keys.activate(record.userName, record.newKeyId)) === 'gone') {
        throw new Error(
          `${record.newKeyId} is in use but inactive, and not a key of ${record.userName} any more; the next run looks again`,
        );
      }
    }
    return schedule(held, run, 'the new key is in use, so it arrived');
  }
  if (!newKey) {
    if (owner.kind === 'found' || listedAtMs - record.newKeyCreatedAtMs < SETTLED_AFTER_MS) {
      await held.release<DeliveringRecord>(record);
      return row(record, 'postponed', 'IAM does not list the new key yet');
    }
    const reason = 'the new key is gone before it was delivered';
    await held.close({ outcome: 'undone', reason, newKeyId: record.newKeyId });
    return row(record, 'closed', reason);
  }
  const isAsleep = record.newKeyDeactivatedAtMs !== undefined;
  const isLate = nowMs >= record.firstAttemptAtMs + GIVE_UP_AFTER_MS;
  // Without it the user would have no key at all, so it is delivered however late.
  const isNeeded = isOnlyActive(keys, record.newKeyId);
  if (isAsleep || (isLate && !isNeeded)) {
    if (owner.kind !== 'found') {
      await held.release<DeliveringRecord>(record);
      return row(
        record,
        'failed',
        'IAM does not tell whether the undelivered new key was ever used, so it stays as it is',
      );
    }
    return isAsleep ? endSleep(held, newKey, { keys, listedAtMs }, run) : giveUp(held, keys, run);
  }

  const obstacle = await cannotDeliver(record, newKey, reading, run);
  if (obstacle !== undefined || reading.kind !== 'managed') {
    await held.release<DeliveringRecord>(record);
    const outcome = isLate ? 'failed' : 'postponed';
    return row(record, outcome, `the new key is not delivered yet: ${obstacle}`);
  }
  const { policy } = reading;
  const { retryNotBeforeMs, ...kept } = record;
  const notBeforeMs = refusedUntilMs(record, keys, policy, nowMs);
  if (notBeforeMs !== undefined) {
    await held.release<DeliveringRecord>(record);
    return row(record, 'failed', keptForWantOfAnother(record.address, notBeforeMs));
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

  return deliver(
    await held.advance<DeliveringRecord>({
      ...kept,
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
  const key = await contentKeyOf(record, run);
  if (!key) return undefined;
  const pair = await run.sealer.unseal(record.sealed, key);
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
  const target = { userName: record.userName, accessKeyId: record.newKeyId, keys };
  const given = await held.advance<DeliveringRecord>({
    ...record,
    givenUpAtMs: run.clock.nowMs(),
  });
  await deactivateKey(given, target, run);
  await given.release<DeliveringRecord>({
    ...given.record,
    newKeyDeactivatedAtMs: run.clock.nowMs(),
  });
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
  { keys, listedAtMs }: Listed,
  run: Run,
): Promise<ReportRow> {
  const { record } = held;
  const nowMs = run.clock.nowMs();
  const asleepSinceMs = record.newKeyDeactivatedAtMs ?? nowMs;
  // Right after its deactivation IAM may still list it as it was.
  if (newKey.status === 'Active' && listedAtMs - asleepSinceMs >= SETTLED_AFTER_MS) {
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

/** Why there is nobody to mail to. */
export function unmailable(reading: PolicyReading): string {
  if (reading.kind === 'invalid') return reading.problems.join('; ');
  return 'the user is no longer tagged with a mail address';
}
