/**
 * The end of an old key, for one delivered rotation. The destructor calls it when the timer
 * expires, the rotator when that did not happen.
 *
 *     claim → look at the keys → decide (domain/destruction.ts) → act → write what was done
 */
import { informOfDeactivation, informOfDeletion, informOfUnusedKey } from '../delivery/mails.ts';
import { maxAgeAtMs, planDestruction } from '../domain/destruction.ts';
import type { DeactivatedRecord, DeliveredRecord, Outcome } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { row } from '../domain/row.ts';
import { DAY_MS, iso } from '../domain/time.ts';
import { cancel } from '../journal/cancel.ts';
import { deactivateKey, deleteKey } from '../journal/effects.ts';
import { Held } from '../journal/held.ts';
import { rearm } from '../journal/rearm.ts';
import type { Run } from '../run.ts';
import { look } from './look.ts';

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
