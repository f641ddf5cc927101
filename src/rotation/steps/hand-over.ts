/**
 * From a sealed pair in the journal to an old key with a timer, or to a new key that is taken back.
 * Whatever happens here, the pair is in the journal and can be delivered again.
 */
import { backOffMs } from '../../domain/back-off.ts';
import { SETTLED_AFTER_MS } from '../../domain/keys.ts';
import { keptForWantOfAnother } from '../../domain/plan/delivering.ts';
import { promise } from '../../domain/policy.ts';
import {
  type DeliveringRecord,
  nextStepAtMs,
  type ScheduledRecord,
  type WithdrawingRecord,
} from '../../domain/record.ts';
import { contentKeyOf } from '../content-key.ts';
import { takeAway } from '../effects.ts';
import { listedKeys, progressed, snapshotOf, withKeys, without, withStatus } from '../situation.ts';
import { timerAt } from '../timer.ts';
import { policyOf } from './create-key.ts';
import type { SecretsInHand } from './secrets-in-hand.ts';
import { stored } from './stored.ts';
import type { Step, StepPorts } from './types.ts';

type Ports = Pick<
  StepPorts,
  'account' | 'journal' | 'writer' | 'delivery' | 'sealer' | 'clock' | 'deadlineAtMs'
>;

export function handOverSteps(ports: Ports, secrets: SecretsInHand) {
  const { account, journal, writer, delivery, sealer, clock, deadlineAtMs } = ports;

  /** Counts the attempt before it is made, with the target and the dates of today. */
  const beginAttempt: Step<'begin-attempt'> = async ({ record }, situation) => {
    const { retryNotBeforeMs, ...kept } = record;
    const policy = policyOf(situation);
    const next = await writer.advance<DeliveringRecord, DeliveringRecord>(record, {
      ...kept,
      ...promise(policy, clock.nowMs()),
      target: delivery.targetFor(policy),
      instructions: policy.instructions,
      attempts: record.attempts + 1,
      ...snapshotOf(situation),
    });
    const observed = progressed(situation.observed, { attempting: true });
    return { situation: { ...situation, record: next, observed } };
  };

  const deliver: Step<'deliver'> = async ({ record }, situation) => {
    const pair = secrets.takePair(record.rotationId) ?? (await unseal(record));
    writer.assertTimeLeft(record);
    const untilMs = Math.min(record.leaseUntilMs, deadlineAtMs);
    const answer = await delivery.deliver(pair, record, untilMs);
    const { keys, ...known } = progressed(situation.observed, { attempting: false, answer });
    // What a refusal means depends on the keys of now.
    const observed = answer.kind === 'refused' || !keys ? known : { ...known, keys };
    return { situation: { ...situation, observed } };
  };

  const unseal = async (record: DeliveringRecord) => {
    const contentKey = await contentKeyOf(record, account);
    if (!contentKey) throw new Error(`${record.parameterName} holds no content key any more`);
    const pair = await sealer.unseal(record.sealed, contentKey);
    if (pair.accessKeyId !== record.newKeyId) {
      throw new Error(`the sealed pair is not that of ${record.newKeyId}`);
    }
    return pair;
  };

  const schedule: Step<'schedule'> = async ({ record }, situation, why) => {
    const { attempts, failedAttempts, firstAttemptAtMs, ...delivered } = record;
    const { givenUpAtMs, newKeyDeactivatedAtMs, retryNotBeforeMs, ...kept } = delivered;
    const next = {
      ...kept,
      state: 'SCHEDULED',
      deliveredAtMs: clock.nowMs(),
      ...snapshotOf(situation),
    } as const;
    writer.assertTimeLeft(record);
    const dueAtMs = nextStepAtMs(next);
    await journal.putTimer(timerAt(record, dueAtMs));
    const scheduled = await writer.release<DeliveringRecord, ScheduledRecord>(record, next);
    return {
      situation: { ...situation, record: scheduled },
      last: { type: 'rotated', reason: why, dueAtMs },
    };
  };

  const recordFailedAttempt: Step<'record-failed-attempt'> = async (
    { record, outcome },
    situation,
    why,
  ) => {
    const next = await writer.release<DeliveringRecord, DeliveringRecord>(record, {
      ...record,
      failedAttempts: record.failedAttempts + 1,
    });
    return { situation: { ...situation, record: next }, last: { type: outcome, reason: why } };
  };

  /** Refused with the user's only active key, which is not taken back. */
  const backOff: Step<'back-off'> = async ({ record }, situation, why) => {
    const failures = record.failures + 1;
    const retryNotBeforeMs = clock.nowMs() + backOffMs(failures);
    const next = await writer.release<DeliveringRecord, DeliveringRecord>(record, {
      ...record,
      failures,
      retryNotBeforeMs,
      failedAttempts: record.failedAttempts + 1,
    });
    return {
      situation: { ...situation, record: next },
      last: { type: 'failed', reason: keptForWantOfAnother(record, retryNotBeforeMs, why) },
    };
  };

  const reactivateNewKey: Step<'reactivate-new-key'> = async ({ record }, situation) => {
    const { newKeyId } = record;
    writer.assertTimeLeft(record);
    if ((await account.keys.activate(situation.userName, newKeyId)) === 'gone') {
      throw new Error(
        `${newKeyId} is in use but inactive, and not a key of ${situation.userName} any more; the next run looks again`,
      );
    }
    const observed = {
      ...progressed(situation.observed, { reactivated: true }),
      ...withKeys(situation.observed, withStatus(newKeyId, 'Active')),
    };
    return { situation: { ...situation, observed } };
  };

  /** Nothing was accepted for a week, but something may have arrived. */
  const deactivateNewKey: Step<'deactivate-new-key'> = async ({ record }, situation, why) => {
    const { userName, observed } = situation;
    // Written first: by it a later run tells that it was no person who deactivated the key.
    const given = await writer.advance<DeliveringRecord, DeliveringRecord>(record, {
      ...record,
      givenUpAtMs: clock.nowMs(),
    });
    const target = { userName, accessKeyId: record.newKeyId, keys: listedKeys(observed) };
    await takeAway('deactivate', target, account.keys, () => writer.assertTimeLeft(given));
    const known = { ...observed, ...withKeys(observed, withStatus(record.newKeyId, 'Inactive')) };
    const next = await writer.release<DeliveringRecord, DeliveringRecord>(given, {
      ...given,
      newKeyDeactivatedAtMs: clock.nowMs(),
      ...snapshotOf({ record: given, observed: known }),
    });
    return {
      situation: { ...situation, record: next, observed: known },
      last: { type: 'failed', reason: why },
    };
  };

  /** The new key was certainly never handed over. */
  const withdraw: Step<'withdraw'> = async ({ record }, situation, why) => {
    const next: WithdrawingRecord = await writer.advance<DeliveringRecord, WithdrawingRecord>(
      record,
      { ...withoutPair(record), state: 'WITHDRAWING', reason: stored(why) },
    );
    // The new key may have become the only active one meanwhile.
    const { keys, ...observed } = situation.observed;
    return { situation: { ...situation, record: next, observed } };
  };

  const deleteNewKey: Step<'delete-new-key'> = async ({ record }, situation) => {
    const { userName, observed } = situation;
    // What an answer means depends on when it was asked for, however late it comes.
    const isSettled = clock.nowMs() - record.newKeyCreatedAtMs >= SETTLED_AFTER_MS;
    const target = { userName, accessKeyId: record.newKeyId, keys: listedKeys(observed) };
    const answer = await takeAway('delete', target, account.keys, () =>
      writer.assertTimeLeft(record),
    );
    const isUnknown = answer === 'gone' && !isSettled && record.state === 'WITHDRAWING';
    const known = isUnknown
      ? progressed(observed, { newKeyUnknown: true })
      : {
          ...progressed(observed, { deletedNewKey: true }),
          ...withKeys(observed, without(record.newKeyId)),
        };
    return { situation: { ...situation, observed: known } };
  };

  return {
    beginAttempt,
    deliver,
    schedule,
    recordFailedAttempt,
    backOff,
    reactivateNewKey,
    deactivateNewKey,
    withdraw,
    deleteNewKey,
  };
}

/** What outlasts the delivery, however it ended. */
function withoutPair(record: DeliveringRecord) {
  const { attempts, failedAttempts, firstAttemptAtMs, givenUpAtMs, ...more } = record;
  const { newKeyDeactivatedAtMs, retryNotBeforeMs, sealed, instructions, ...kept } = more;
  const { deleteOnMs, deactivateOnMs, requireNewKeyUsed, maxKeyAgeDays, ...rotation } = kept;
  return rotation;
}
