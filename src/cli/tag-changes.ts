/** What a file of tags changes about a user's tags of today. Nothing is ever removed. */
import type { Tag } from '../domain/identity.ts';
import { EMAIL_TAG, tagName } from '../domain/tags.ts';
import { contradiction } from './users-file.ts';

export interface TagChanges {
  readonly added: readonly Tag[];
  readonly changed: readonly (Tag & { readonly from: string })[];
  readonly unchanged: readonly Tag[];
}

const MAX_TAGS = 50;

/** IAM compares tag keys without regard to case. */
const sameKey = (a: Tag, b: Tag) => tagName(a.key) === tagName(b.key);

export function changesOf(today: readonly Tag[], wanted: readonly Tag[]): TagChanges {
  const added: Tag[] = [];
  const changed: (Tag & { from: string })[] = [];
  const unchanged: Tag[] = [];
  for (const tag of wanted) {
    const present = today.find((other) => sameKey(other, tag));
    if (!present) added.push(tag);
    else if (present.value === tag.value) unchanged.push(present);
    else changed.push({ ...tag, key: present.key, from: present.value });
  }
  return { added, changed, unchanged };
}

/** Why the file does not go together with the tags that the user has already. */
export function obstacle(today: readonly Tag[], wanted: readonly Tag[]): string | undefined {
  const kept = today.filter((tag) => !wanted.some((other) => sameKey(other, tag)));
  const merged = [...kept, ...wanted];
  if (merged.length > MAX_TAGS) {
    return `the user would have ${merged.length} tags; IAM takes ${MAX_TAGS}`;
  }
  const [found] = contradiction(merged);
  return found && `together with the tags of today, ${found.problem}`;
}

/** Whether the user will be managed once the file's tags are there. */
export function isManaged(today: readonly Tag[], wanted: readonly Tag[]): boolean {
  return [...today, ...wanted].some(({ key }) => tagName(key) === EMAIL_TAG);
}
