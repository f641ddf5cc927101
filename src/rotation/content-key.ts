import type { OpenRecord } from '../domain/record.ts';
import type { Account, StoredContentKey } from '../ports/account.ts';

/**
 * The content key of a rotation; `undefined` when its parameter is gone or holds something else: then
 * nobody can open its pair.
 */
export async function contentKeyOf(
  {
    parameterName,
    rotationId,
    userId,
  }: Pick<OpenRecord, 'parameterName' | 'rotationId' | 'userId'>,
  { contentKeys }: Pick<Account, 'contentKeys'>,
): Promise<StoredContentKey['key'] | undefined> {
  const stored = await contentKeys.get(parameterName);
  return stored?.rotationId === rotationId && stored.userId === userId ? stored.key : undefined;
}

export async function hasContentKey(
  record: OpenRecord,
  account: Pick<Account, 'contentKeys'>,
): Promise<boolean> {
  return (await contentKeyOf(record, account)) !== undefined;
}
