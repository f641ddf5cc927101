/**
 * From what a person calls a user to that user's rotation. A name leads to whoever has it today;
 * only where nobody has it, to whom a rotation record calls so.
 */
import type { RotationRecord } from '../domain/record.ts';
import type { Keys } from '../ports/account.ts';
import type { Journal } from '../ports/journal.ts';
import { Failure } from './failure.ts';
import { shown } from './terminal.ts';

export interface Found {
  readonly userId: string;
  /** As the person said it, or as the record has it. */
  readonly userName: string;
  readonly record: RotationRecord | undefined;
  /** Whether the record alone led here: IAM has no such user, or does not say. */
  readonly byRecord: boolean;
}

/** Unique IDs of IAM users. */
export const UNIQUE_ID = /^AIDA[A-Z0-9]{12,124}$/;

/**
 * Finds a user and the rotation record.
 * @param user name or unique ID
 * @throws Failure when there is no such user, or several records that might be meant
 */
export async function findRotation(
  user: string,
  journal: Journal,
  keys: Pick<Keys, 'userId'>,
): Promise<Found> {
  if (UNIQUE_ID.test(user)) {
    const record = await journal.read(user);
    if (record) return { userId: user, userName: record.userName, record, byRecord: true };
  }
  const userId = await idOf(user, keys);
  if (userId !== undefined && userId !== 'unknown') {
    return { userId, userName: user, record: await journal.read(userId), byRecord: false };
  }
  const { records } = await journal.scan();
  const [match, ...others] = records.filter(({ userName }) => userName === user);
  if (others.length > 0 && match) {
    const ids = [match, ...others].map((record) => record.userId).join(', ');
    throw new Failure(
      `Several rotation records are of a user called ${shown(user)}: ${shown(ids)}. Say which by its ID.`,
    );
  }
  if (!match) {
    throw new Failure(
      userId === 'unknown'
        ? `IAM does not say whether there is a user ${shown(user)} (iam:GetUser is not allowed), and no open rotation is of that name. Try the user's unique ID (AIDA…).`
        : `There is no IAM user ${shown(user)}, and no open rotation of that name.`,
    );
  }
  return { userId: match.userId, userName: match.userName, record: match, byRecord: true };
}

/** `unknown` when IAM does not say. */
export async function idOf(
  userName: string,
  keys: Pick<Keys, 'userId'>,
): Promise<string | undefined | 'unknown'> {
  try {
    return await keys.userId(userName);
  } catch (error) {
    if (error instanceof Error && /^AccessDenied/.test(error.name)) return 'unknown';
    // A name that IAM would not accept is nobody's.
    if (error instanceof Error && /^ValidationError/.test(error.name)) return undefined;
    throw error;
  }
}
