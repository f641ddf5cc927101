/**
 * A fresh rotation of one user's key. The steps, in the order in which they must happen, and the
 * state that each leaves in the journal:
 *
 *     1  begin                         → STARTED
 *     2  put the content key into SSM (store-content-key.ts), and look once more whose name and
 *        which keys these are
 *     3  create the access key
 *     4  seal the pair                 → DELIVERING
 *     5  mail it                         (deliver.ts)
 *     6  put the timer                 → SCHEDULED
 *
 * A crash before 4 leaves a key whose secret nobody has: the next run finds and deletes it
 * (resume-started.ts). From 4 on nothing is lost: the pair is delivered again from the journal.
 */

import type { Enclosed } from '../deliveries/mail/templates/facts.ts';
import { isOnlyActive } from '../domain/destruction.ts';
import type { AccessKey, IamUser, KeyPair, Listed } from '../domain/identity.ts';
import { parameterNameOf } from '../domain/parameter-name.ts';
import { promise, type UserPolicy } from '../domain/policy.ts';
import type { DeliveringRecord, RotationRecord, StartedRecord } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { backOffMs } from '../domain/rotation.ts';
import { row } from '../domain/row.ts';
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import { Conflict, describeError, KeyNotCreated } from '../ports/errors.ts';
import { Held } from './claimed-record.ts';
import { deliver } from './deliver.ts';
import type { Run } from './run-context.ts';
import { storeContentKey } from './store-content-key.ts';

/** A key is created within this time of `begin`, so that a later run can tell it by its age. */
const CREATE_WITHIN_MS = MINUTE_MS;
/**
 * What was listed longer ago is listed again: the laptop of who called for the run may have slept.
 * A run with 500 users due, at the pace that IAM allows, takes half of it.
 */
const LISTED_FOR_MS = 2 * MINUTE_MS;
/** Waits for a new key to become known to all of IAM, which takes some seconds. */
const SETTLING_WAITS_MS = [1, 2, 4, 8, 16].map((seconds) => seconds * SECOND_MS);
/** Waits between tries of a creation that IAM throttled. */
const THROTTLED_WAITS_MS = [1, 2, 4, 8, 16].map((seconds) => seconds * SECOND_MS);

/**
 * Rotates the key of a user who is due.
 * @param listed the user's keys, on which it was decided
 * @param record the user's closed record, if there is one
 */
export async function rotate(
  user: IamUser,
  policy: UserPolicy,
  { keys, listedAtMs }: Listed,
  oldKey: AccessKey,
  record: RotationRecord | undefined,
  run: Run,
  force: boolean,
): Promise<ReportRow> {
  const held = await Held.begin(
    {
      userId: user.userId,
      userName: user.userName,
      userArn: user.arn,
      address: policy.address,
      rotationId: run.sealer.newRotationId(),
      failures: record?.failures ?? 0,
      oldKeyId: oldKey.accessKeyId,
      oldKeyCreatedAtMs: oldKey.createdAtMs,
      seenKeyIds: keys.map(({ accessKeyId }) => accessKeyId),
      parameterName: parameterNameOf(user.userName),
    },
    run,
    { ignoreBackOff: force },
  );
  const isKeyKnown = record?.state === 'CLOSED' && record.newKeyId === oldKey.accessKeyId;
  return createAndDeliver(held, { listedAtMs, isKeyKnown }, policy, run);
}

/** What is known of the old key from before the rotation. */
export interface Knowledge {
  readonly listedAtMs: number;
  /** Whether it is the key of an earlier rotation of this very user, and so nobody else's. */
  readonly isKeyKnown: boolean;
}

/** Steps 2 to 6, for a record that is `STARTED` and has no new key. */
export async function createAndDeliver(
  started: Held<StartedRecord>,
  known: Knowledge,
  policy: UserPolicy,
  run: Run,
): Promise<ReportRow> {
  const contentKey = run.sealer.newContentKey();

  const [{ held, unstored }, unproven] = await Promise.all([
    storeContentKey(started, contentKey, run),
    proveStanding(started.record, known, run),
  ]);
  const { record } = held;
  const obstacle = unproven ?? unstored;
  if (obstacle) {
    await held.close({ outcome: 'postponed', reason: obstacle, failures: record.failures });
    return row(record, 'postponed', obstacle);
  }

  let pair: KeyPair & { readonly createdAtMs: number };
  try {
    pair = await createKey(held, run);
  } catch (error) {
    if (!(error instanceof KeyNotCreated)) throw error;
    const failures = error.throttled ? record.failures : record.failures + 1;
    await held.close({
      outcome: error.throttled ? 'postponed' : 'failed',
      reason: error.message,
      failures,
      retryNotBeforeMs: error.throttled ? 0 : run.clock.nowMs() + backOffMs(failures),
    });
    return row(record, error.throttled ? 'postponed' : 'failed', error.message);
  }
  run.log.info('access key created', { user: record.userName, accessKeyId: pair.accessKeyId });

  const sealed = await run.sealer.seal(pair, contentKey, {
    rotationId: record.rotationId,
    userArn: record.userArn,
    parameterName: record.parameterName,
    region: run.region,
  });
  const delivering = await keepPair(held, pair, sealed, policy, run);
  return deliver(delivering, enclose(sealed, pair, record.parameterName, run), run);
}

/** What the mail carries: the sealed pair, or the pair in clear where the administrator wants that. */
export function enclose(sealed: string, pair: KeyPair, parameterName: string, run: Run): Enclosed {
  return run.encryptKeyPair
    ? { kind: 'sealed', token: sealed, parameterName, region: run.region }
    : { kind: 'clear', pair };
}

/**
 * IAM creates keys by name, and a name can change hands while a run is under way: the key would be
 * somebody else's, mailed to this user. And a person or another run may have changed the keys. One
 * call does for both where the journal knows whose the old key is: keys never change hands, so who
 * has it is that user.
 * @returns why the key can't be created, if it can't
 */
async function proveStanding(
  { userName, userId, oldKeyId }: StartedRecord,
  { listedAtMs, isKeyKnown }: Knowledge,
  run: Run,
): Promise<string | undefined> {
  try {
    if (isKeyKnown || run.clock.nowMs() - listedAtMs > LISTED_FOR_MS) {
      const [key, ...others] = (await run.keys.list(userName)) ?? [];
      if (key?.accessKeyId !== oldKeyId || key.status !== 'Active' || others.length > 0) {
        return `the keys of ${userName} are not what they were when this run looked at them`;
      }
    }
    if (isKeyKnown) return undefined;
    return (await run.keys.userId(userName)) === userId
      ? undefined
      : `${userName} is not the name of user ${userId} any more`;
  } catch (error) {
    return `whose name ${userName} is, and with which keys, can not be asked: ${describeError(error)}`;
  }
}

/**
 * Step 3: one attempt, repeated only after an answer that says throttling.
 * @throws KeyNotCreated when IAM made none; any other error means that there may be a key
 */
async function createKey(
  held: Held<StartedRecord>,
  run: Run,
): Promise<KeyPair & { readonly createdAtMs: number }> {
  const { userName, startedAtMs } = held.record;
  for (let tries = 0; ; tries++) {
    held.assertTimeLeft();
    if (run.clock.nowMs() > startedAtMs + CREATE_WITHIN_MS) {
      throw new KeyNotCreated(
        'it took too long to get to the creation of the key',
        true,
        undefined,
      );
    }
    try {
      return await run.keys.create(userName);
    } catch (error) {
      const waitMs = THROTTLED_WAITS_MS[tries];
      if (!(error instanceof KeyNotCreated) || !error.throttled || waitMs === undefined)
        throw error;
      await run.clock.sleep(waitMs);
    }
  }
}

/** Step 4: from here on the pair can be delivered again. */
async function keepPair(
  held: Held<StartedRecord>,
  pair: KeyPair & { readonly createdAtMs: number },
  sealed: string,
  policy: UserPolicy,
  run: Run,
): Promise<Held<DeliveringRecord>> {
  const { seenKeyIds, ...kept } = held.record;
  const nowMs = run.clock.nowMs();
  try {
    return await held.advance<DeliveringRecord>({
      ...kept,
      ...promise(policy, nowMs),
      state: 'DELIVERING',
      newKeyId: pair.accessKeyId,
      newKeyCreatedAtMs: pair.createdAtMs,
      sealed,
      address: policy.address,
      instructions: policy.instructions,
      attempts: 1,
      failedAttempts: 0,
      firstAttemptAtMs: nowMs,
    });
  } catch (error) {
    if (error instanceof Conflict && !names(error.current, pair.accessKeyId)) {
      await discard(held.record.userName, pair.accessKeyId, run);
    }
    throw error;
  }
}

/**
 * The key is in hand, ours, undelivered, and no record knows of it: no later run would find it.
 * @throws Error that names the key when it has to stay
 */
async function discard(userName: string, accessKeyId: string, run: Run): Promise<void> {
  try {
    const keys = (await run.keys.list(userName)) ?? [];
    if (isOnlyActive(keys, accessKeyId)) throw new Error("it is the user's only active key");
    for (const waitMs of SETTLING_WAITS_MS) {
      if ((await run.keys.delete(userName, accessKeyId)) === 'done') return;
      await run.clock.sleep(waitMs);
    }
    throw new Error('IAM does not know it');
  } catch (cause) {
    throw new Error(
      `the key ${accessKeyId} of ${userName} was never delivered and could not be taken back; delete it by hand`,
      { cause },
    );
  }
}

function names(record: RotationRecord | undefined, accessKeyId: string): boolean {
  return record !== undefined && 'newKeyId' in record && record.newKeyId === accessKeyId;
}
