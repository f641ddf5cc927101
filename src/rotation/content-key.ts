import type { RotationRecord } from '../domain/record.ts';
import type { ContentKeys, StoredContentKey } from '../ports/account.ts';

/**
 * The content key of a rotation; `undefined` when its parameter is gone or holds something else: then
 * nobody can open its mail.
 */
export async function contentKeyOf(
  { parameterName, rotationId }: Pick<RotationRecord, 'parameterName' | 'rotationId'>,
  { parameters }: { readonly parameters: ContentKeys },
): Promise<StoredContentKey['key'] | undefined> {
  const stored = await parameters.get(parameterName);
  return stored?.rotationId === rotationId ? stored.key : undefined;
}
