/**
 * Going on with a rotation whose new key was handed over, or that a person has cancelled.
 */
import { mailObstacle } from '../deliveries/obstacle.ts';
import { type DestructionPolicy, maxAgeAtMs, SETTLED_AFTER_MS } from '../domain/destruction.ts';
import type { AccessKey, Listed } from '../domain/identity.ts';
import type { PolicyReading } from '../domain/policy.ts';
import {
  type CancelledRecord,
  type DeliveredRecord,
  isTimerOf,
  nextStepAtMs,
  type Timer,
} from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { planRotation } from '../domain/rotation.ts';
import { row } from '../domain/row.ts';
import { DAY_MS, iso } from '../domain/time.ts';
import { Held } from './claimed-record.ts';
import { destroy } from './destroy.ts';
import { rearm } from './rearm.ts';
import type { Run } from './run-context.ts';

/** From this much over its time on, an old key is destroyed here: TTL may be two days late. */
const OVERDUE_AFTER_MS = DAY_MS;

/**
 * Whether an old key is so late that the rotator destroys it itself. A key that has reached the age
 * limit does not wait for TTL at all.
 */
export function isOverdue(
  record: DeliveredRecord,
  policy: Pick<DestructionPolicy, 'maxKeyAgeDays'>,
  nowMs: number,
): boolean {
  const dueAtMs = nextStepAtMs(record);
  const latestAtMs = Math.max(dueAtMs, maxAgeAtMs(record, policy));
  return nowMs >= Math.min(dueAtMs + OVERDUE_AFTER_MS, latestAtMs);
}

/** Delivered: wait for the timer, step in where it fails, and see what people did meanwhile. */
export async function resumeDelivered(
  found: DeliveredRecord,
  keys: readonly AccessKey[],
  reading: PolicyReading,
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  const nowMs = run.clock.nowMs();
  const has = (id: string) => keys.some(({ accessKeyId }) => accessKeyId === id);
  const record = reading.kind === 'managed' ? { ...found, address: reading.policy.address } : found;

  const ownTimer = timer && isTimerOf(timer, record) ? timer : undefined;
  if (has(record.oldKeyId) && has(record.newKeyId)) {
    if (isOverdue(record, run.destruction, nowMs)) return destroy(record, run);
    if (record.address !== found.address) {
      // The destructor reads no tags: where its mails go, only the record tells it.
      await (await Held.claim(record, run)).release<DeliveredRecord>(record);
    }
    if (!ownTimer) await rearm(record, nextStepAtMs(record), run);
    return {
      ...row(record, 'waiting', 'the new key was delivered; the old key waits for its time'),
      dueAt: iso(nextStepAtMs(record)),
    };
  }
  if (!has(record.oldKeyId) && (await isGivenUp(record, keys, reading, run))) {
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

/**
 * Whether the new key is itself due without ever having been used: it would block its own
 * replacement for ever. With its content key goes the last chance to open its mail, so another must
 * be able to follow.
 */
async function isGivenUp(
  record: DeliveredRecord | CancelledRecord,
  keys: readonly AccessKey[],
  reading: PolicyReading,
  run: Run,
): Promise<boolean> {
  return (
    reading.kind === 'managed' &&
    keys.some(({ accessKeyId }) => accessKeyId === record.newKeyId) &&
    planRotation(keys, undefined, reading.policy, run.clock.nowMs()).kind === 'rotate' &&
    !(await isUsed(record.newKeyId, run)) &&
    (await mailObstacle(run)) === undefined
  );
}

async function isUsed(accessKeyId: string, run: Run): Promise<boolean> {
  const owner = await run.keys.owner(accessKeyId);
  return owner.kind === 'found' && owner.lastUsedAtMs !== undefined;
}

/**
 * A person's veto: both keys stay until a person removes one. Who removed the old one may not have
 * opened the mail with the new one yet, and needs its content key until then.
 */
export async function resumeCancelled(
  record: CancelledRecord,
  { keys, listedAtMs }: Listed,
  reading: PolicyReading,
  timer: Timer | undefined,
  run: Run,
): Promise<ReportRow> {
  const gone = [record.oldKeyId, record.newKeyId].filter(
    (id) => !keys.some(({ accessKeyId }) => accessKeyId === id),
  );
  const isSettled = listedAtMs - record.newKeyCreatedAtMs >= SETTLED_AFTER_MS;
  if (gone.length === 0 || !isSettled) {
    await removeTimer(timer, run);
    return row(
      record,
      'waiting',
      `cancelled (${record.reason}): both keys stay until a person deletes one of them`,
    );
  }
  const reason = `cancelled (${record.reason}); a person deleted ${gone.join(' and ')}`;
  if (
    !gone.includes(record.newKeyId) &&
    !(await isUsed(record.newKeyId, run)) &&
    !(await isGivenUp(record, keys, reading, run))
  ) {
    return row(record, 'waiting', `${reason}; the new key was never used yet`);
  }
  const held = await Held.claim(record, run);
  await held.close({ outcome: 'cancelled', reason, newKeyId: record.newKeyId });
  await removeTimer(timer, run);
  return row(record, 'closed', reason);
}

/**
 * Only ever called for a closed or cancelled record: otherwise a removal would read as a veto. The
 * stream may be late, so a timer that names no rotation is left to expire: its removal would read as
 * a veto against the next rotation of the same key.
 */
export async function removeTimer(timer: Timer | undefined, run: Run): Promise<void> {
  if (timer?.rotationId !== undefined) await run.journal.removeTimer(timer.userId, timer.oldKeyId);
}
