/** Who is in the account, on IAM. */
import {
  GetAccountAuthorizationDetailsCommand,
  type IAMClient,
  ListAccountAliasesCommand,
  ListUsersCommand,
  ListUserTagsCommand,
} from '@aws-sdk/client-iam';
import pLimit from 'p-limit';
import type { IamUser, Tag } from '../domain/identity.ts';
import type { Inventory } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import { describeError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import { errorName } from './answers.ts';
import { credentialReport } from './credential-report.ts';
import { iamPages } from './iam-pages.ts';

/** IAM's largest page; it may answer with fewer users. */
const PAGE_SIZE = 1000;
/** A page that gets no answer in time is asked for again in smaller parts. */
const SMALLER_PAGE_SIZES = [200, 40];
/** Calls for the tags of single users at a time. */
const CONCURRENCY = 10;

export function iamInventory(iam: IAMClient, clock: Clock): Inventory {
  return {
    async users() {
      try {
        return { users: await usersInPages(iam), notes: [] };
      } catch (error) {
        const why = whyOneByOne(error);
        if (!why) throw error;
        const note = `${why}, so the tags of every user were read one by one`;
        return { users: await usersOneByOne(iam), notes: [note] };
      }
    },

    async reportRows() {
      try {
        return { rows: await credentialReport(iam, clock), notes: [] };
      } catch (error) {
        const note = `the keys of every managed user were listed one by one, because there is no credential report: ${describeError(error)}`;
        return { rows: new Map(), notes: [note] };
      }
    },
  };
}

/** Why the users can't be read in pages with their tags, where only that is impossible. */
function whyOneByOne(error: unknown): string | undefined {
  if (/^AccessDenied/.test(errorName(error))) {
    return 'iam:GetAccountAuthorizationDetails is denied';
  }
  return error instanceof NoAnswer
    ? 'iam:GetAccountAuthorizationDetails does not answer in time'
    : undefined;
}

/** Up to a thousand users a call, with their tags. */
async function usersInPages(iam: IAMClient): Promise<IamUser[]> {
  const users: IamUser[] = [];
  const smaller = [...SMALLER_PAGE_SIZES];
  let pageSize = PAGE_SIZE;
  const read = async (marker: { Marker?: string }) => {
    for (;;) {
      try {
        return await readPage(iam, { MaxItems: pageSize, ...marker });
      } catch (error) {
        const next = error instanceof NoAnswer ? smaller.shift() : undefined;
        if (next === undefined) throw error;
        pageSize = next;
      }
    }
  };
  for await (const page of iamPages(read)) {
    for (const user of page.UserDetailList ?? []) users.push(toUser(user, user.Tags));
  }
  return users;
}

/** @throws NoAnswer when the answer does not come in time, the first time that it does not */
function readPage(iam: IAMClient, page: { readonly MaxItems: number; readonly Marker?: string }) {
  const command = new GetAccountAuthorizationDetailsCommand({ Filter: ['User'], ...page });
  // Within the client's own retries: asking again for the same page would take as long.
  command.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        if (errorName(error) !== 'TimeoutError') throw error;
        throw new NoAnswer(describeError(error));
      }
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return iam.send(command);
}

/** IAM did not answer within the client's time-out. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The way for accounts whose authorization details can't be read: a call a user. */
async function usersOneByOne(iam: IAMClient): Promise<IamUser[]> {
  const limit = pLimit(CONCURRENCY);
  const users: Promise<IamUser[]>[] = [];
  for await (const page of iamPages((marker) =>
    iam.send(new ListUsersCommand({ MaxItems: PAGE_SIZE, ...marker })),
  )) {
    for (const user of page.Users ?? []) {
      users.push(
        limit(async () => {
          const tags = await tagsOf(iam, user.UserName ?? '');
          return tags ? [toUser(user, tags)] : [];
        }),
      );
    }
  }
  return (await Promise.all(users)).flat();
}

/** `undefined` for a user who was deleted meanwhile. */
async function tagsOf(iam: IAMClient, userName: string) {
  const tags: { Key: string | undefined; Value: string | undefined }[] = [];
  try {
    for await (const page of iamPages((marker) =>
      iam.send(new ListUserTagsCommand({ UserName: userName, ...marker })),
    )) {
      tags.push(...(page.Tags ?? []));
    }
  } catch (error) {
    if (errorName(error) === 'NoSuchEntityException') return undefined;
    throw error;
  }
  return tags;
}

function toUser(
  {
    UserId: userId,
    UserName: userName,
    Arn: arn,
  }: {
    UserId?: string | undefined;
    UserName?: string | undefined;
    Arn?: string | undefined;
  },
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): IamUser {
  if (!userId || !userName || !arn) throw new Error('IAM lists a user without ID, name or ARN');
  return {
    userId,
    userName,
    arn,
    tags: (tags ?? []).map(({ Key = '', Value = '' }): Tag => ({ key: Key, value: Value })),
  };
}

/** The alias only makes mails easier to read: without it they name the account by its ID. */
export async function accountAlias(iam: IAMClient, log: Log): Promise<string | undefined> {
  try {
    const { AccountAliases } = await iam.send(new ListAccountAliasesCommand({}));
    return AccountAliases?.[0];
  } catch (error) {
    log.warn('the account alias is not known', { error: describeError(error) });
    return undefined;
  }
}
