/** Single users and their tags, on IAM. */
import { type IAMClient, ListUserTagsCommand, TagUserCommand } from '@aws-sdk/client-iam';
import type { Tag } from '../domain/identity.ts';
import { errorName } from './answers.ts';
import { iamPages } from './iam-pages.ts';

/** Users looked up one by one; the inventory lists them all. */
export interface Users {
  /** The user's tags as they are now; `undefined` when there is no user of that name. */
  tags(userName: string): Promise<Tag[] | undefined>;
  /** Adds tags, or changes their values; other tags stay. */
  tag(userName: string, tags: readonly Tag[]): Promise<void>;
}

export function iamUsers(iam: IAMClient): Users {
  const tagsOf = async (userName: string): Promise<Tag[]> => {
    const tags: Tag[] = [];
    for await (const page of iamPages((marker) =>
      iam.send(new ListUserTagsCommand({ UserName: userName, ...marker })),
    )) {
      tags.push(
        ...(page.Tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })),
      );
    }
    return tags;
  };

  return {
    tags: (userName) => orUndefined(() => tagsOf(userName)),

    async tag(userName, tags) {
      await iam.send(
        new TagUserCommand({
          UserName: userName,
          Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
        }),
      );
    },
  };
}

/** `undefined` when IAM says that there is no such user. */
async function orUndefined<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (errorName(error) === 'NoSuchEntityException') return undefined;
    throw error;
  }
}
