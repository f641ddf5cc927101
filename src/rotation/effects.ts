/**
 * What this program does to access keys. Every deletion and deactivation that a record tells of goes
 * through here, so that none happens without these checks:
 * - there is time left to finish what depends on it;
 * - it is not the user's only active key, whatever the plan and the record say;
 * - “no such key” is believed only if the key is not found under another user name either.
 */
import { isOnlyActive } from '../domain/destruction.ts';
import type { AccessKey } from '../domain/identity.ts';
import type { Keys } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';

/** The key, and what was seen when it was decided on. */
export interface Target {
  readonly userName: string;
  readonly accessKeyId: string;
  /** All keys of the user, as just listed. */
  readonly keys: readonly AccessKey[];
}

interface EffectPorts {
  readonly keys: Keys;
  readonly clock: Clock;
}

/** Whatever can tell that it is too late to begin: a held record. */
interface Timekeeper {
  assertTimeLeft(): void;
}

/** @throws OutOfTime, or an error that says why the key was not touched */
export async function deleteKey(
  held: Timekeeper,
  target: Target,
  ports: EffectPorts,
): Promise<'done' | 'gone'> {
  return apply('delete', held, target, ports);
}

/** @throws OutOfTime, or an error that says why the key was not touched */
export async function deactivateKey(
  held: Timekeeper,
  target: Target,
  ports: EffectPorts,
): Promise<'done' | 'gone'> {
  return apply('deactivate', held, target, ports);
}

async function apply(
  effect: 'delete' | 'deactivate',
  held: Timekeeper,
  { userName, accessKeyId, keys }: Target,
  ports: EffectPorts,
): Promise<'done' | 'gone'> {
  if (isOnlyActive(keys, accessKeyId)) {
    throw new Error(
      `${accessKeyId} is the only active key of ${userName} and was not touched: give the user another key first`,
    );
  }
  held.assertTimeLeft();
  const answer = await ports.keys[effect](userName, accessKeyId);
  if (answer === 'gone' && (await ports.keys.owner(accessKeyId)).kind === 'found') {
    throw new Error(
      `${accessKeyId} is not a key of ${userName}, but exists: the user was renamed meanwhile, or IAM does not know the key everywhere yet; the next try looks again`,
    );
  }
  return answer;
}
