/** What can fail without harm, before a key exists. */
import { type Reason, reason } from '../../domain/reasons.ts';
import type { StartedRecord } from '../../domain/record.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import { describeError } from '../../ports/errors.ts';
import { progressed, type Situation } from '../situation.ts';
import type { SecretsInHand } from './secrets-in-hand.ts';
import type { Step, StepPorts } from './types.ts';

/**
 * What was listed longer ago is listed again. A run with 500 users due, at the pace that IAM allows,
 * takes half of it.
 */
const LISTED_FOR_MS = 2 * MINUTE_MS;

type Ports = Pick<StepPorts, 'account' | 'writer' | 'delivery' | 'sealer' | 'clock'>;

export function prepareStep(ports: Ports, secrets: SecretsInHand): Step<'prepare'> {
  const { account, writer, delivery, sealer, clock } = ports;

  const prepare: Step<'prepare'> = async ({ record }, situation) => {
    const contentKey = sealer.newContentKey();
    const obstacles = await Promise.all([
      confirmStanding(record, situation),
      storeContentKey(record, contentKey),
      delivery.prepare(record.target, record),
    ]);
    const [standing, storing, target] = obstacles;
    const blocked =
      standing ?? storing ?? (target ? reason('target-obstacle', { why: target }) : undefined);
    if (!blocked) secrets.keepContentKey(record.rotationId, contentKey);
    const observed = progressed(situation.observed, blocked ? { blocked } : { prepared: true });
    return { situation: { ...situation, observed } };
  };

  /**
   * Two deployments may manage one user: what stands in the parameter is overwritten only when it is of
   * an earlier rotation of this journal.
   */
  const storeContentKey = async (
    record: StartedRecord,
    key: ReturnType<typeof sealer.newContentKey>,
  ): Promise<Reason | undefined> => {
    const { parameterName: parameter, rotationId, userId, earlierRotationIds } = record;
    writer.assertTimeLeft(record);
    try {
      const content = { rotationId, userId, key };
      const answer = await account.contentKeys.put(parameter, content, earlierRotationIds);
      if (answer === 'stored') return undefined;
      const found =
        answer === 'undecryptable'
          ? 'a value that can not be decrypted'
          : answer.standing
            ? `the content key of rotation ${answer.standing.rotationId} of user ${answer.standing.userId}`
            : 'a value that is no content key';
      return reason('content-key-foreign', { parameter, found });
    } catch (error) {
      // No key was created, so the rotation can be closed whatever became of the parameter.
      return reason('content-key-not-stored', { parameter, why: describeError(error) });
    }
  };

  /**
   * IAM creates keys by name, and a name can change hands while a run is under way: the key would be
   * somebody else's, delivered to this user. And a person or another run may have changed the keys.
   */
  const confirmStanding = async (
    { userName: user, userId, oldKeyId }: StartedRecord,
    { observed }: Situation,
  ): Promise<Reason | undefined> => {
    const listedAtMs = observed.keys && observed.keys !== 'no-user' ? observed.keys.listedAtMs : 0;
    const isOwnKey = observed.isNameCurrent === true;
    try {
      // One call does for both where the old key is known to be this user's.
      if (isOwnKey || clock.nowMs() - listedAtMs > LISTED_FOR_MS) {
        const [key, ...others] = (await account.keys.list(user)) ?? [];
        if (key?.accessKeyId !== oldKeyId || key.status !== 'Active' || others.length > 0) {
          return reason('keys-changed', { user });
        }
      }
      if (isOwnKey) return undefined;
      const isSame = (await account.keys.userId(user)) === userId;
      return isSame ? undefined : reason('name-changed-hands', { user, userId });
    } catch (error) {
      return reason('standing-unknown', { user, why: describeError(error) });
    }
  };

  return prepare;
}
