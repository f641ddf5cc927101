/** The end of the old key, and what keeps an open rotation in order until then. */
import type { NoticeFacts, OwnerNotice } from '../../domain/events.ts';
import { ageLimitMs } from '../../domain/plan/delivered.ts';
import type {
  DeactivatedRecord,
  DeliveredRecord,
  RecordWithPair,
  ScheduledRecord,
} from '../../domain/record.ts';
import { DAY_MS } from '../../domain/time.ts';
import { takeAway } from '../effects.ts';
import { listedKeys, progressed, snapshotOf, withKeys, without, withStatus } from '../situation.ts';
import { timerAt } from '../timer.ts';
import type { Step, StepPorts } from './types.ts';

type Ports = Pick<StepPorts, 'account' | 'journal' | 'writer' | 'clock'>;

export function oldKeySteps({ account, journal, writer, clock }: Ports) {
  const remind: Step<'remind'> = async ({ record }, situation, why) => {
    const dueAtMs = clock.nowMs() + DAY_MS;
    await journal.putTimer(timerAt(record, dueAtMs));
    const next = await writer.release<DeliveredRecord, DeliveredRecord>(record, {
      ...record,
      remindedAtMs: clock.nowMs(),
      ...snapshotOf(situation),
    });
    const notice: OwnerNotice = {
      kind: 'reminder',
      about: noticeFacts(next),
      ...(record.state === 'SCHEDULED' && { deactivatedAtTheLatestMs: ageLimitMs(record) }),
    };
    return {
      situation: { ...situation, record: next },
      last: { type: 'reminded', reason: why, dueAtMs, notice },
    };
  };

  const deactivate: Step<'deactivate'> = async (action, situation, why) => {
    const { record, deleteOnMs } = action;
    const { userName, observed } = situation;
    const { oldKeyId: accessKeyId } = record;
    const target = { userName, accessKeyId, keys: listedKeys(observed) };
    await takeAway('deactivate', target, account.keys, () => writer.assertTimeLeft(record));
    const known = { ...observed, ...withKeys(observed, withStatus(accessKeyId, 'Inactive')) };
    const next = await writer.release<ScheduledRecord, DeactivatedRecord>(record, {
      ...record,
      state: 'DEACTIVATED',
      deactivatedAtMs: clock.nowMs(),
      deleteOnMs,
      ...snapshotOf({ record, observed: known }),
    });
    await journal.putTimer(timerAt(record, deleteOnMs));
    const notice: OwnerNotice = { kind: 'deactivated', why: action.why, about: noticeFacts(next) };
    return {
      situation: { ...situation, record: next, observed: known },
      last: { type: 'deactivated', reason: why, dueAtMs: deleteOnMs, notice },
    };
  };

  /** The record says so with the next write: it closes, or waits for the first use. */
  const deleteOldKey: Step<'delete'> = async ({ record }, situation) => {
    const { userName, observed } = situation;
    const { oldKeyId: accessKeyId } = record;
    const target = { userName, accessKeyId, keys: listedKeys(observed) };
    await takeAway('delete', target, account.keys, () => writer.assertTimeLeft(record));
    const known = {
      ...progressed(observed, { deletedOldKey: true }),
      ...withKeys(observed, without(accessKeyId)),
    };
    return { situation: { ...situation, observed: known } };
  };

  /** The old key is gone, but the new one may be unopened: its content key stays until the first use. */
  const awaitFirstUse: Step<'await-first-use'> = async ({ record }, situation, why) => {
    const nowMs = clock.nowMs();
    await journal.putTimer(timerAt(record, nowMs + DAY_MS));
    const next = await writer.release<DeliveredRecord, DeliveredRecord>(record, {
      ...record,
      oldKeyGoneAtMs: record.oldKeyGoneAtMs ?? nowMs,
      ...snapshotOf(situation),
    });
    const { deletedOldKey } = situation.observed.done;
    return {
      situation: { ...situation, record: next },
      last: {
        type: deletedOldKey ? 'deleted' : 'waiting',
        reason: why,
        notice: { kind: 'deleted', about: noticeFacts(next) },
      },
    };
  };

  const updateTarget: Step<'update-target'> = async ({ record }, situation) => {
    const { targetToday = record.target } = situation.observed;
    const next = await writer.release<DeliveredRecord, DeliveredRecord>(record, {
      ...record,
      // How this pair was delivered stays; its owner's notices go to the target of today.
      target: { ...record.target, ...targetToday, form: record.target.form },
      ...snapshotOf(situation),
    });
    return { situation: { ...situation, record: next } };
  };

  const setTimer: Step<'set-timer'> = async ({ record, atMs }, situation) => {
    const timer = timerAt(record, atMs);
    await journal.putTimer(timer);
    return { situation: { ...situation, observed: { ...situation.observed, timer } } };
  };

  const removeTimer: Step<'remove-timer'> = async ({ record }, situation) => {
    await journal.removeTimer(record.userId, record.oldKeyId);
    return { situation: { ...situation, observed: { ...situation.observed, timer: 'none' } } };
  };

  return { remind, deactivate, deleteOldKey, awaitFirstUse, updateTarget, setTimer, removeTimer };
}

/** What an owner may be told of a record. */
export function noticeFacts(record: RecordWithPair): NoticeFacts {
  const { userName, target, oldKeyId, oldKeyCreatedAtMs, newKeyId, instructions } = record;
  const { deactivateOnMs, deleteOnMs, requireNewKeyUsed, maxKeyAgeDays } = record;
  return {
    userName,
    target,
    oldKeyId,
    oldKeyCreatedAtMs,
    newKeyId,
    instructions,
    deleteOnMs,
    requireNewKeyUsed,
    maxKeyAgeDays,
    ...(deactivateOnMs !== undefined && { deactivateOnMs }),
  };
}
