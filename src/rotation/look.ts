import type { AccessKey } from '../domain/identity.ts';
import type { DeliveredRecord } from '../domain/record.ts';
import type { Run } from './run-context.ts';

export interface Sight {
  readonly userName: string;
  readonly keys: readonly AccessKey[];
  readonly newKeyUsed: boolean;
}

/**
 * The user's name and keys as they are now. The name in the record may be out of date, and may by
 * now be another user's: a key's ID leads to its owner, the user's ID proves a name.
 * @throws Error when nothing proves whose the keys are
 */
export async function look(record: DeliveredRecord, run: Run): Promise<Sight> {
  const newOwner = await run.keys.owner(record.newKeyId);
  const newKeyUsed = newOwner.kind === 'found' && newOwner.lastUsedAtMs !== undefined;
  if (newOwner.kind === 'found') {
    return { ...(await list(newOwner.userName, record.newKeyId, record, run)), newKeyUsed };
  }
  const oldOwner = await run.keys.owner(record.oldKeyId);
  if (oldOwner.kind === 'found') {
    return { ...(await list(oldOwner.userName, record.oldKeyId, record, run)), newKeyUsed };
  }
  if (newOwner.kind === 'gone' && oldOwner.kind === 'gone') {
    return { userName: record.userName, keys: [], newKeyUsed };
  }
  const keys =
    (await run.keys.userId(record.userName)) === record.userId
      ? await run.keys.list(record.userName)
      : undefined;
  if (!keys) {
    throw new Error(
      `IAM does not tell whose the keys are, and ${record.userName} is not user ${record.userId} any more; the rotator looks the user up by its ID`,
    );
  }
  return { userName: record.userName, keys, newKeyUsed };
}

/**
 * The keys of a user who owns a certain key: an answer without that key is not to be believed, and
 * under another name than in the record it may be another user's key.
 */
async function list(
  userName: string,
  ownedKeyId: string,
  record: DeliveredRecord,
  run: Run,
): Promise<{ userName: string; keys: readonly AccessKey[] }> {
  if (userName !== record.userName && (await run.keys.userId(userName)) !== record.userId) {
    throw new Error(
      `${ownedKeyId} is a key of ${userName}, who is not user ${record.userId}: the rotation record was changed by hand; repair or delete it`,
    );
  }
  const keys = await run.keys.list(userName);
  if (!keys?.some(({ accessKeyId }) => accessKeyId === ownedKeyId)) {
    throw new Error(
      `IAM says that ${ownedKeyId} is a key of ${userName}, but does not list it; the next try looks again`,
    );
  }
  return { userName, keys };
}
