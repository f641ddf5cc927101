/**
 * The end of an old key, for one delivered rotation. The destructor calls it when the timer
 * expires, the rotator when that did not happen.
 *
 *     claim → look at the keys → decide (domain/destruction.ts) → act → write what was done
 */
import { informOfDeactivation, informOfDeletion, informOfUnusedKey } from '../delivery/mails.ts';
import { maxAgeAtMs, planDestruction } from '../domain/destruction.ts';
import type { AccessKey } from '../domain/identity.ts';
import type {
  CancelledRecord,
  DeactivatedRecord,
  DeliveredRecord,
  DeliveringRecord,
  Outcome,
  Timer,
} from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { row } from '../domain/row.ts';
import { DAY_MS, iso, toEpochSeconds } from '../domain/time.ts';
import { deactivateKey, deleteKey } from '../journal/effects.ts';
import { Held } from '../journal/held.ts';
import type { Run } from '../run.ts';

/**
 * Does what the old key is due for.
 * @throws Conflict when another run holds the record or went on with it
 */
export async function destroy(record: DeliveredRecord, run: Run): Promise<ReportRow> {
  const held = await Held.claim(record, run);
  try {
    return await act(held, run);
  } catch (error) {
    // Every step here can be repeated, so the next try need not wait for the lease to run out.
    await held.release<DeliveredRecord>(record).catch(() => undefined);
    throw error;
  }
}

async function act(held: Held<DeliveredRecord>, run: Run): Promise<ReportRow> {
  const { record } = held;
  // What is seen is at least as old as this.
  const nowMs = run.clock.nowMs();
  const { userName, keys, newKeyUsed } = await look(record, run);
  const plan = planDestruction(record, keys, newKeyUsed, run.destruction, nowMs);
  const target = { userName, keys, accessKeyId: record.oldKeyId };
  switch (plan.kind) {
    case 'wait':
      await rearm(record, plan.untilMs, run);
      await held.release<DeliveredRecord>(record);
      return { ...row(record, 'waiting', plan.reason), dueAt: iso(plan.untilMs) };

    case 'remind':
      await rearm(record, plan.untilMs, run);
      await held.release<DeliveredRecord>({ ...record, remindedAtMs: run.clock.nowMs() });
      await informOfUnusedKey(
        record,
        record.state === 'SCHEDULED' ? maxAgeAtMs(record, run.destruction) : undefined,
        run,
      );
      return { ...row(record, 'reminded', plan.reason), dueAt: iso(plan.untilMs) };

    case 'deactivate': {
      await deactivateKey(held, target, run);
      const deactivated = await held.release<DeactivatedRecord>({
        ...record,
        state: 'DEACTIVATED',
        deactivatedAtMs: run.clock.nowMs(),
        deleteOnMs: plan.deleteOnMs,
      });
      await rearm(record, plan.deleteOnMs, run);
      await informOfDeactivation(deactivated, plan.why, run);
      return { ...row(record, 'deactivated', plan.reason), dueAt: iso(plan.deleteOnMs) };
    }

    case 'delete':
      await deleteKey(held, target, run);
      await (newKeyUsed ? close(held, plan.reason) : awaitFirstUse(held, run));
      await informOfDeletion(record, run);
      return row(record, 'deleted', plan.reason);

    case 'await-first-use': {
      await awaitFirstUse(held, run);
      if (record.oldKeyGoneAtMs === undefined) await informOfDeletion(record, run);
      return row(record, 'waiting', plan.reason);
    }

    case 'close':
      await close(held, plan.reason, plan.outcome);
      if (plan.outcome === 'completed' && record.oldKeyGoneAtMs === undefined) {
        await informOfDeletion(record, run);
      }
      return row(record, 'closed', plan.reason);

    case 'cancel':
      return cancel(held, plan.reason, run);
  }
}

async function close(
  held: Held<DeliveredRecord>,
  reason: string,
  outcome: Outcome = 'completed',
): Promise<void> {
  await held.close({ outcome, reason, newKeyId: held.record.newKeyId });
}

/** The old key is gone, but the mail may be unopened: the content key stays until the first use. */
async function awaitFirstUse(held: Held<DeliveredRecord>, run: Run): Promise<void> {
  const nowMs = run.clock.nowMs();
  await rearm(held.record, nowMs + DAY_MS, run);
  await held.release<DeliveredRecord>({
    ...held.record,
    oldKeyGoneAtMs: held.record.oldKeyGoneAtMs ?? nowMs,
  });
}

/** Writes a person's veto down: from now on nothing touches either key. */
export async function cancel(
  held: Held<DeliveredRecord | DeliveringRecord>,
  reason: string,
  run: Pick<Run, 'clock'>,
): Promise<ReportRow> {
  const { record } = held;
  await held.release<CancelledRecord>({
    ...record,
    state: 'CANCELLED',
    cancelledAtMs: run.clock.nowMs(),
    reason,
  });
  return row(record, 'cancelled', reason);
}

/** Sets the timer, so that the destructor is called again. */
export async function rearm(
  { userId, oldKeyId, rotationId }: Pick<Timer, 'userId' | 'oldKeyId' | 'rotationId'>,
  atMs: number,
  run: Pick<Run, 'journal'>,
  vetoed = false,
): Promise<void> {
  await run.journal.putTimer({
    userId,
    oldKeyId,
    ...(rotationId !== undefined && { rotationId }),
    deleteOnEpochSeconds: toEpochSeconds(atMs),
    ...(vetoed && { vetoed }),
  });
}

interface Sight {
  readonly userName: string;
  readonly keys: readonly AccessKey[];
  readonly newKeyUsed: boolean;
}

/**
 * The user's name and keys as they are now. The name in the record may be out of date, and may by
 * now be another user's: a key's ID leads to its owner, the user's ID proves a name.
 * @throws Error when nothing proves whose the keys are
 */
async function look(record: DeliveredRecord, run: Run): Promise<Sight> {
  const newOwner = await run.keys.owner(record.newKeyId);
  const newKeyUsed = newOwner.kind === 'found' && newOwner.lastUsedAtMs !== undefined;
  if (newOwner.kind === 'found') {
    return { ...(await list(newOwner.userName, record.newKeyId, record, run)), newKeyUsed };
  }
  const oldOwner = await run.keys.owner(record.oldKeyId);
  if (oldOwner.kind === 'found') {
    return { ...(await list(oldOwner.userName, record.oldKeyId, record, run)), newKeyUsed };
  }
  if (newOwner.kind === 'gone' && oldOwner.kind === 'gone') {
    return { userName: record.userName, keys: [], newKeyUsed };
  }
  const keys =
    (await run.keys.userId(record.userName)) === record.userId
      ? await run.keys.list(record.userName)
      : undefined;
  if (!keys) {
    throw new Error(
      `IAM does not tell whose the keys are, and ${record.userName} is not user ${record.userId} any more; the rotator looks the user up by its ID`,
    );
  }
  return { userName: record.userName, keys, newKeyUsed };
}

/**
 * The keys of a user who owns a certain key: an answer without that key is not to be believed, and
 * under another name than in the record it may be another user's key.
 */
async function list(
  userName: string,
  ownedKeyId: string,
  record: DeliveredRecord,
  run: Run,
): Promise<{ userName: string; keys: readonly AccessKey[] }> {
  if (userName !== record.userName && (await run.keys.userId(userName)) !== record.userId) {
    throw new Error(
      `${ownedKeyId} is a key of ${userName}, who is not user ${record.userId}: the rotation record was changed by hand; repair or delete it`,
    );
  }
  const keys = await run.keys.list(userName);
  if (!keys?.some(({ accessKeyId }) => accessKeyId === ownedKeyId)) {
    throw new Error(
      `IAM says that ${ownedKeyId} is a key of ${userName}, but does not list it; the next try looks again`,
    );
  }
  return { userName, keys };
}
