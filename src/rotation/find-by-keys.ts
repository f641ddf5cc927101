import type { AccessKey } from '../domain/identity.ts';
import type { KeyUse } from '../domain/plan/types.ts';
import type { OpenRecord } from '../domain/record.ts';
import type { Keys } from '../ports/account.ts';

type Iam = Pick<Keys, 'owner' | 'userId' | 'list'>;
type RecordWithKeys = Extract<OpenRecord, { newKeyId: string }>;

export interface FoundUser {
  readonly userName: string;
  readonly keys: readonly AccessKey[];
  /** What was learned on the way, by access key ID. */
  readonly uses: Readonly<Record<string, KeyUse>>;
}

/**
 * The user's name and keys as they are now. The name in the record may be out of date, and may by
 * now be another user's: a key's ID leads to its owner, the user's ID proves a name.
 * @throws Error when nothing proves whose the keys are
 */
export async function findByKeys(record: RecordWithKeys, iam: Iam): Promise<FoundUser> {
  const { newKeyId, oldKeyId, userName, userId } = record;
  const newOwner = await iam.owner(newKeyId);
  const uses = { [newKeyId]: newOwner };
  if (newOwner.kind === 'found') {
    return { ...(await listOf(newOwner.userName, newKeyId, record, iam)), uses };
  }
  const oldOwner = await iam.owner(oldKeyId);
  if (oldOwner.kind === 'found') {
    return { ...(await listOf(oldOwner.userName, oldKeyId, record, iam)), uses };
  }
  if (newOwner.kind === 'gone' && oldOwner.kind === 'gone') return { userName, keys: [], uses };
  const keys = (await iam.userId(userName)) === userId ? await iam.list(userName) : undefined;
  if (!keys) {
    throw new Error(
      `IAM does not tell whose the keys are, and ${userName} is not user ${userId} any more; the rotator looks the user up by its ID`,
    );
  }
  return { userName, keys, uses };
}

/**
 * The keys of a user who owns a certain key: an answer without that key is not to be believed, and
 * under another name than in the record it may be another user's key.
 */
async function listOf(
  userName: string,
  ownedKeyId: string,
  record: RecordWithKeys,
  iam: Iam,
): Promise<Pick<FoundUser, 'userName' | 'keys'>> {
  if (userName !== record.userName && (await iam.userId(userName)) !== record.userId) {
    throw new Error(
      `${ownedKeyId} is a key of ${userName}, who is not user ${record.userId}: the rotation record was changed by hand; repair or delete it`,
    );
  }
  const keys = await iam.list(userName);
  if (!keys?.some(({ accessKeyId }) => accessKeyId === ownedKeyId)) {
    throw new Error(
      `IAM says that ${ownedKeyId} is a key of ${userName}, but does not list it; the next try looks again`,
    );
  }
  return { userName, keys };
}
