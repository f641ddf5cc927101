/**
 * From the decision to a new key whose sealed pair is in the journal: `begin`, `prepare`, `create`.
 * And clearing up after a run that was interrupted on this way.
 */
import { contentKeyNameOf } from '../../domain/content-key-name.ts';
import type { KeyPair } from '../../domain/identity.ts';
import { isOnlyActive } from '../../domain/keys.ts';
import { promise, type UserPolicy } from '../../domain/policy.ts';
import { reason } from '../../domain/reasons.ts';
import {
  type DeliveringRecord,
  RECORD_SCHEMA,
  type RotationRecord,
  type StartedRecord,
} from '../../domain/record.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import { Conflict, KeyNotCreated } from '../../ports/errors.ts';
import { takeAway } from '../effects.ts';
import {
  listedKeys,
  progressed,
  type Situation,
  snapshotOf,
  withKeys,
  without,
} from '../situation.ts';
import type { SecretsInHand } from './secrets-in-hand.ts';
import type { Step, StepPorts } from './types.ts';

/** A key is created within this time of `begin`, so that a later run can tell it by its age. */
const CREATE_WITHIN_MS = MINUTE_MS;
/** Waits for a new key to become known to all of IAM, which takes some seconds. */
const SETTLING_WAITS_MS = [1, 2, 4, 8, 16].map((seconds) => seconds * SECOND_MS);
/** Waits between tries of a creation that IAM throttled. */
const THROTTLED_WAITS_MS = [1, 2, 4, 8, 16].map((seconds) => seconds * SECOND_MS);
/** Rotations of which a content key may be left behind. */
const EARLIER_ROTATIONS = 5;

type Ports = Pick<StepPorts, 'account' | 'writer' | 'delivery' | 'sealer' | 'events' | 'clock'>;

export function createKeySteps(ports: Ports, secrets: SecretsInHand) {
  const { account, writer, delivery, sealer, events, clock } = ports;

  const begin: Step<'begin'> = async ({ previous, oldKey }, situation) => {
    const { userId, userName, userArn = '' } = situation;
    const earlier = previous && previous.outcome !== 'seen' ? [previous.rotationId] : [];
    const record = await writer.begin(
      {
        schema: RECORD_SCHEMA,
        accountId: account.id,
        userId,
        userName,
        userArn,
        rotationId: sealer.newRotationId(),
        failures: previous?.failures ?? 0,
        oldKeyId: oldKey.accessKeyId,
        oldKeyCreatedAtMs: oldKey.createdAtMs,
        parameterName: contentKeyNameOf(userName, userId),
        target: delivery.targetFor(policyOf(situation)),
        seenKeyIds: listedKeys(situation.observed).map(({ accessKeyId }) => accessKeyId),
        earlierRotationIds: earlier,
        ...snapshotOf(situation),
      },
      { ignoreBackOff: situation.policy.force },
    );
    const observed = progressed(situation.observed, { claimed: true, begun: true });
    // Keys never change hands: the key of an earlier rotation of this user is nobody else's.
    const isKeyKnown = previous?.newKeyId === oldKey.accessKeyId;
    return {
      situation: {
        ...situation,
        record,
        observed: { ...observed, ...(isKeyKnown && { isNameCurrent: true }) },
      },
    };
  };

  const restart: Step<'restart'> = async ({ record }, situation) => {
    const policy = policyOf(situation);
    const next = await writer.advance<StartedRecord, StartedRecord>(record, {
      ...record,
      // A new ID: what an interrupted run may still write can't be taken for this one's.
      rotationId: sealer.newRotationId(),
      earlierRotationIds: [...record.earlierRotationIds, record.rotationId].slice(
        -EARLIER_ROTATIONS,
      ),
      startedAtMs: clock.nowMs(),
      seenKeyIds: listedKeys(situation.observed).map(({ accessKeyId }) => accessKeyId),
      target: delivery.targetFor(policy),
      ...snapshotOf(situation),
    });
    const observed = progressed(situation.observed, { begun: true });
    return { situation: { ...situation, record: next, observed } };
  };

  const deleteOrphan: Step<'delete-orphan'> = async ({ record, keyId }, situation, why) => {
    const { userName, observed } = situation;
    const target = { userName, accessKeyId: keyId, keys: listedKeys(observed) };
    await takeAway('delete', target, account.keys, () => writer.assertTimeLeft(record));
    await events.emit({ type: 'orphan-deleted', user: situation, reason: why, newKeyId: keyId });
    return {
      situation: { ...situation, observed: { ...observed, ...withKeys(observed, without(keyId)) } },
    };
  };

  const create: Step<'create'> = async ({ record }, situation) => {
    const contentKey = secrets.takeContentKey(record.rotationId);
    let pair: KeyPair & { readonly createdAtMs: number };
    try {
      pair = await createOnce(record);
    } catch (error) {
      if (!(error instanceof KeyNotCreated)) throw error;
      const { throttled, message } = error;
      const observed = progressed(situation.observed, { notCreated: { throttled, message } });
      return { situation: { ...situation, observed } };
    }
    const { accessKeyId } = pair;
    await events.emit({
      type: 'created',
      user: situation,
      reason: reason('due'),
      newKeyId: accessKeyId,
    });
    const sealed = await sealer.seal(pair, contentKey, {
      rotationId: record.rotationId,
      userArn: record.userArn,
      parameterName: record.parameterName,
      region: account.region,
    });
    const observed = {
      ...progressed(situation.observed, { begun: false, prepared: false, attempting: true }),
      ...withKeys(situation.observed, (keys) => [
        ...keys,
        { accessKeyId, status: 'Active', createdAtMs: pair.createdAtMs },
      ]),
    };
    const next = await keepPair(record, pair, sealed, { ...situation, observed });
    secrets.keepPair(record.rotationId, pair);
    return { situation: { ...situation, record: next, observed } };
  };

  /**
   * One attempt, repeated only after an answer that says throttling.
   * @throws KeyNotCreated when IAM made none; any other error means that there may be a key
   */
  const createOnce = async (record: StartedRecord) => {
    const { userName, startedAtMs } = record;
    for (let tries = 0; ; tries++) {
      writer.assertTimeLeft(record);
      if (clock.nowMs() > startedAtMs + CREATE_WITHIN_MS) {
        const tooLate = 'it took too long to get to the creation of the key';
        throw new KeyNotCreated(tooLate, true, undefined);
      }
      try {
        return await account.keys.create(userName);
      } catch (error) {
        const waitMs = THROTTLED_WAITS_MS[tries];
        if (!(error instanceof KeyNotCreated) || !error.throttled || waitMs === undefined) {
          throw error;
        }
        await clock.sleep(waitMs);
      }
    }
  };

  /** From here on the pair can be delivered again. */
  const keepPair = async (
    record: StartedRecord,
    pair: KeyPair & { readonly createdAtMs: number },
    sealed: string,
    situation: Situation,
  ): Promise<DeliveringRecord> => {
    const { seenKeyIds, earlierRotationIds, ...kept } = record;
    const policy = policyOf(situation);
    const nowMs = clock.nowMs();
    try {
      return await writer.advance<StartedRecord, DeliveringRecord>(record, {
        ...kept,
        ...promise(policy, nowMs),
        state: 'DELIVERING',
        newKeyId: pair.accessKeyId,
        newKeyCreatedAtMs: pair.createdAtMs,
        sealed,
        target: delivery.targetFor(policy),
        instructions: policy.instructions,
        attempts: 1,
        failedAttempts: 0,
        firstAttemptAtMs: nowMs,
        ...snapshotOf(situation),
      });
    } catch (error) {
      if (error instanceof Conflict && !isAbout(error.current, pair.accessKeyId)) {
        await discard(record.userName, pair.accessKeyId);
      }
      throw error;
    }
  };

  /**
   * The key is in hand, ours, undelivered, and no record knows of it: no later run would find it.
   * @throws Error that names the key when it has to stay
   */
  const discard = async (userName: string, accessKeyId: string): Promise<void> => {
    try {
      const keys = (await account.keys.list(userName)) ?? [];
      if (isOnlyActive(keys, accessKeyId)) throw new Error("it is the user's only active key");
      for (const waitMs of SETTLING_WAITS_MS) {
        if ((await account.keys.delete(userName, accessKeyId)) === 'done') return;
        await clock.sleep(waitMs);
      }
      throw new Error('IAM does not know it');
    } catch (cause) {
      throw new Error(
        `the key ${accessKeyId} of ${userName} was never delivered and could not be taken back; delete it by hand`,
        { cause },
      );
    }
  };

  return { begin, restart, deleteOrphan, create };
}

function isAbout(record: RotationRecord | undefined, accessKeyId: string): boolean {
  return record !== undefined && 'newKeyId' in record && record.newKeyId === accessKeyId;
}

/** The plan begins and delivers only for managed users. */
export function policyOf({ policy: { reading }, userName }: Situation): UserPolicy {
  if (reading.kind !== 'managed') throw new Error(`${userName} is not managed`);
  return reading.policy;
}
