/**
 * The end of an old key, for one delivered rotation. The destructor calls it when the timer
 * expires, the rotator when that did not happen.
 *
 *     claim → look at the keys → decide (domain/destruction.ts) → act → write what was done
 *
 * While the new key is unused, nothing is taken away unless its mail can still be opened.
 */
import {
  informOfDeactivation,
  informOfDeletion,
  informOfUnusedKey,
} from '../deliveries/mail/mails.ts';
import { maxAgeAtMs, planDestruction } from '../domain/destruction.ts';
import type { DeactivatedRecord, DeliveredRecord, Outcome } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { row } from '../domain/row.ts';
import { DAY_MS, iso } from '../domain/time.ts';
import { cancel } from './cancel.ts';
import { Held } from './claimed-record.ts';
import { contentKeyOf } from './content-key.ts';
import { deactivateKey, deleteKey } from './effects.ts';
import { look } from './look.ts';
import { rearm } from './rearm.ts';
import type { Run } from './run-context.ts';

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
  const takesAway = plan.kind === 'deactivate' || plan.kind === 'delete';
  if (takesAway && !newKeyUsed && !(await canBeOpened(record, run))) {
    return keepOldKey(held, nowMs + DAY_MS, run);
  }
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

/** Whether the owner can still learn the new key; one that is in use needs no asking. */
async function canBeOpened(record: DeliveredRecord, run: Run): Promise<boolean> {
  return !run.encryptKeyPair || (await contentKeyOf(record, run)) !== undefined;
}

/** Somebody took the content key away: the old key is the only one that its owner has, at any age. */
async function keepOldKey(
  held: Held<DeliveredRecord>,
  untilMs: number,
  run: Run,
): Promise<ReportRow> {
  const { record } = held;
  await rearm(record, untilMs, run);
  await held.release<DeliveredRecord>(record);
  const first = record.state === 'DEACTIVATED' ? `activate ${record.oldKeyId} again and ` : '';
  const reason = `the new key was never used, and ${record.parameterName} no longer holds the content key that opens its mail, so the old key is kept: ${first}delete ${record.newKeyId} by hand, and the next run begins anew`;
  return { ...row(record, 'failed', reason), dueAt: iso(untilMs) };
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
