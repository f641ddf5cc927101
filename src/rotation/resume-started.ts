/**
 * Going on with a rotation that was cut off before its sealed pair was kept.
 */
import { mailObstacle } from '../deliveries/obstacle.ts';
import { isOnlyActive } from '../domain/destruction.ts';
import type { AccessKey, Listed } from '../domain/identity.ts';
import type { PolicyReading } from '../domain/policy.ts';
import type { StartedRecord } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { row } from '../domain/row.ts';
import { MINUTE_MS } from '../domain/time.ts';
import { Held } from './claimed-record.ts';
import { deleteKey } from './effects.ts';
import { unmailable } from './resume-delivering.ts';
import { createAndDeliver } from './rotate.ts';
import type { Run } from './run-context.ts';

/** IAM dates a key in whole seconds by its own clock: how far from `begin` ours can have been made. */
const CREATED_BEFORE_MS = MINUTE_MS;
const CREATED_AFTER_MS = 2 * MINUTE_MS;

/** Nothing was kept but the intention: a key that came of it has lost its secret. */
export async function resumeStarted(
  record: StartedRecord,
  { keys, listedAtMs }: Listed,
  reading: PolicyReading,
  run: Run,
): Promise<ReportRow> {
  const held = await Held.claim(record, run);
  const unseen = keys.filter(({ accessKeyId }) => !record.seenKeyIds.includes(accessKeyId));
  const candidates: AccessKey[] = [];
  for (const key of unseen) {
    if (await isOrphan(record, key, run)) candidates.push(key);
  }
  // One creation makes one key: of two that look like it, nobody can say which one is ours.
  const [orphan] = candidates.length === 1 ? candidates : [];

  const give = async (outcome: 'undone' | 'postponed', reason: string): Promise<ReportRow> => {
    await held.close({ outcome, reason, failures: record.failures });
    return row(record, outcome === 'undone' ? 'closed' : 'postponed', reason);
  };
  if (orphan && isOnlyActive(keys, orphan.accessKeyId)) {
    // Closing would forget it, and leave it there for good once another key works again.
    await held.release<StartedRecord>(record);
    return row(
      record,
      'failed',
      `nobody has the secret of ${orphan.accessKeyId}, but it is the user's only active key: give the user another key, and the next run deletes it`,
    );
  }
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
    { listedAtMs, isKeyKnown: false },
    policy,
    run,
  );
}

/**
 * Whether an unseen key may be the one that the interrupted run created.
 * @throws Error when IAM does not tell whether it was used
 */
async function isOrphan(record: StartedRecord, key: AccessKey, run: Run): Promise<boolean> {
  const ageAtStartMs = key.createdAtMs - record.startedAtMs;
  if (ageAtStartMs < -CREATED_BEFORE_MS || ageAtStartMs > CREATED_AFTER_MS) return false;
  const owner = await run.keys.owner(key.accessKeyId);
  if (owner.kind !== 'found') {
    throw new Error(
      `IAM does not tell whether ${key.accessKeyId} was ever used, so it is not known whose it is; the next run asks again`,
    );
  }
  return owner.lastUsedAtMs === undefined;
}
