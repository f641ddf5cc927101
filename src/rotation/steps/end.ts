/** The end of a rotation, a veto, and what is remembered of a user without one. */
import { backOffMs } from '../../domain/back-off.ts';
import type { ReportOutcome } from '../../domain/events.ts';
import { reason } from '../../domain/reasons.ts';
import {
  type CancelledRecord,
  type ClosedRecord,
  type HistoryItem,
  isOpen,
  type OpenRecord,
  RECORD_SCHEMA,
  type RecordWithPair,
  type RotationRecord,
  type Successor,
} from '../../domain/record.ts';
import type { Draft } from '../record-writer.ts';
import { type Situation, snapshotOf } from '../situation.ts';
import { noticeFacts } from './old-key.ts';
import { stored } from './stored.ts';
import type { ActionOf, Step, StepPorts } from './types.ts';

type Ports = Pick<StepPorts, 'account' | 'journal' | 'writer' | 'delivery' | 'sealer' | 'clock'>;

export function endSteps({ account, journal, writer, delivery, sealer, clock }: Ports) {
  /** Writes a veto: from now on nothing touches either key. */
  const cancel: Step<'cancel'> = async ({ record }, situation, why) => {
    const next = await writer.release<typeof record, CancelledRecord>(record, {
      ...withPair(record),
      state: 'CANCELLED',
      cancelledAtMs: clock.nowMs(),
      reason: stored(why),
      ...snapshotOf(situation),
    });
    return {
      situation: { ...situation, record: next },
      last: { type: 'cancelled', reason: why },
    };
  };

  /**
   * Ends the rotation: the content key is deleted, the history written, the record closed. Each step
   * may be repeated by the run that finds the record still open.
   */
  const close: Step<'close'> = async (action, situation, why) => {
    const { record, outcome, isFailure = false } = action;
    writer.assertTimeLeft(record);
    if (hasPair(record)) await delivery.settle(record, outcome);
    for (const id of rotationIdsOf(record)) {
      await account.contentKeys.remove(record.parameterName, id);
    }

    const facts: HistoryItem = {
      accountId: record.accountId,
      userId: record.userId,
      userName: record.userName,
      userArn: record.userArn,
      rotationId: record.rotationId,
      startedAtMs: record.startedAtMs,
      closedAtMs: clock.nowMs(),
      outcome,
      reason: stored(why),
      oldKeyId: record.oldKeyId,
      oldKeyCreatedAtMs: record.oldKeyCreatedAtMs,
      ...('newKeyId' in record && { newKeyId: record.newKeyId }),
    };
    await journal.addHistory(facts);
    const closed = await writer.release<OpenRecord, ClosedRecord>(record, {
      ...closedFrom(facts, record, isFailure),
      ...snapshotOf(situation),
    });
    await removeOwnTimer(situation);
    return {
      situation: { ...situation, record: closed },
      last: { type: outcomeOf(action, situation), reason: why, ...noticeOf(action) },
    };
  };

  const closedFrom = (
    { startedAtMs, ...facts }: HistoryItem,
    record: OpenRecord,
    isFailure: boolean,
  ): Draft<ClosedRecord> => {
    // What ended before there was a new key leaves the count as it was.
    const kept = record.state === 'STARTED' ? record.failures : 0;
    const failures = isFailure ? record.failures + 1 : kept;
    return {
      ...facts,
      schema: RECORD_SCHEMA,
      state: 'CLOSED',
      failures,
      retryNotBeforeMs: isFailure ? facts.closedAtMs + backOffMs(failures) : 0,
      ...('newKeyCreatedAtMs' in record && { newKeyCreatedAtMs: record.newKeyCreatedAtMs }),
    };
  };

  /**
   * Only ever of a closed or cancelled record: otherwise a removal would read as a veto. The stream may
   * be late, so a timer that names no rotation is left to expire: its removal would read as a veto
   * against the next rotation of the same key.
   */
  const removeOwnTimer = async ({ userId, observed: { timer } }: Situation): Promise<void> => {
    if (typeof timer !== 'object' || timer.rotationId === undefined) return;
    await journal.removeTimer(userId, timer.oldKeyId);
  };

  /** Writes what was listed, so that it need not be listed again. */
  const remember: Step<'remember'> = async ({ record }, situation) => {
    const { userId, userName, userArn = '' } = situation;
    if (record) {
      const next = { ...record, ...snapshotOf(situation) };
      const written = await writer.release(record, next as unknown as Successor<RotationRecord>);
      return { situation: { ...situation, record: written } };
    }
    const seen: ClosedRecord = {
      schema: RECORD_SCHEMA,
      accountId: account.id,
      userId,
      userName,
      userArn,
      rotationId: sealer.newRotationId(),
      version: 1,
      leaseUntilMs: 0,
      failures: 0,
      state: 'CLOSED',
      closedAtMs: clock.nowMs(),
      outcome: 'seen',
      reason: stored(reason('seen')),
      retryNotBeforeMs: 0,
      ...snapshotOf(situation),
    };
    await journal.add(seen);
    return { situation: { ...situation, record: seen } };
  };

  return { cancel, close, remember };
}

/** What outlasts a veto. */
function withPair(record: RecordWithPair) {
  const { schema, accountId, userId, userName, userArn, rotationId, failures } = record;
  const { startedAtMs, oldKeyId, oldKeyCreatedAtMs, parameterName, target } = record;
  const { newKeyId, newKeyCreatedAtMs, sealed, instructions } = record;
  const { deactivateOnMs, deleteOnMs, requireNewKeyUsed, maxKeyAgeDays } = record;
  return {
    ...{ schema, accountId, userId, userName, userArn, rotationId, failures },
    ...{ startedAtMs, oldKeyId, oldKeyCreatedAtMs, parameterName, target },
    ...{ newKeyId, newKeyCreatedAtMs, sealed, instructions },
    ...{ deleteOnMs, requireNewKeyUsed, maxKeyAgeDays },
    ...(deactivateOnMs !== undefined && { deactivateOnMs }),
  };
}

/**
 * The rotations whose content key may stand in the parameter. What an interrupted start left would be
 * an obstacle to the next rotation, which does not know its ID.
 */
function rotationIdsOf(record: OpenRecord): readonly string[] {
  const earlier = record.state === 'STARTED' ? record.earlierRotationIds : [];
  return [...earlier, record.rotationId];
}

function hasPair(record: RotationRecord): record is RecordWithPair {
  return isOpen(record) && 'sealed' in record;
}

function outcomeOf({ outcome }: ActionOf<'close'>, { observed }: Situation): ReportOutcome {
  if (observed.done.deletedOldKey) return 'deleted';
  if (observed.done.deletedNewKey) return 'withdrawn';
  return outcome === 'postponed' || outcome === 'failed' ? outcome : 'closed';
}

/** The owner is told once that the old key is gone, whoever deleted it. */
function noticeOf({ record, outcome }: ActionOf<'close'>) {
  const isDelivered = record.state === 'SCHEDULED' || record.state === 'DEACTIVATED';
  return isDelivered && outcome === 'completed' && record.oldKeyGoneAtMs === undefined
    ? { notice: { kind: 'deleted', about: noticeFacts(record) } as const }
    : {};
}
