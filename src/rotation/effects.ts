/**
 * What this program does to access keys. Every deletion and deactivation that a record tells of goes
 * through here, so that none happens without these checks:
 * - there is time left to finish what depends on it;
 * - it is not the user's only active key, whatever the plan and the record say;
 * - “no such key” is believed only if the key is not found under another user name either.
 */
import type { AccessKey } from '../domain/identity.ts';
import { isOnlyActive } from '../domain/keys.ts';
import { reason, sentence } from '../domain/reasons.ts';
import type { Keys } from '../ports/account.ts';

/** The key, and what was seen when it was decided on. */
export interface KeyTarget {
  readonly userName: string;
  readonly accessKeyId: string;
  /** All keys of the user, as just listed. */
  readonly keys: readonly AccessKey[];
}

/**
 * @param assertTimeLeft throws when it is too late to begin
 * @throws OutOfTime, or an error that says why the key was not touched
 */
export async function takeAway(
  effect: 'delete' | 'deactivate',
  { userName, accessKeyId, keys }: KeyTarget,
  iam: Pick<Keys, 'delete' | 'deactivate' | 'owner'>,
  assertTimeLeft: () => void,
): Promise<'done' | 'gone'> {
  if (isOnlyActive(keys, accessKeyId)) {
    throw new Error(sentence(reason('old-key-only-active', { keyId: accessKeyId })));
  }
  assertTimeLeft();
  const answer = await iam[effect](userName, accessKeyId);
  if (answer === 'gone' && (await iam.owner(accessKeyId)).kind === 'found') {
    throw new Error(
      `${accessKeyId} is not a key of ${userName}, but exists: the user was renamed meanwhile, or IAM does not know the key everywhere yet; the next try looks again`,
    );
  }
  return answer;
}
