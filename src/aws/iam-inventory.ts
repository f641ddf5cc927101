/** Who is in the account, on IAM. */
import {
  GetAccountAuthorizationDetailsCommand,
  type IAMClient,
  ListAccountAliasesCommand,
} from '@aws-sdk/client-iam';
import type { AccountIdentity, IamUser } from '../domain/identity.ts';
import { describeError } from '../errors.ts';
import type { Inventory, Log } from '../ports.ts';

/** IAM's largest page; it may answer with fewer users. */
const PAGE_SIZE = 1000;

/**
 * @param accountId the account that the credentials belong to
 */
export function iamInventory(
  iam: IAMClient,
  accountId: () => Promise<string>,
  log: Log,
): Inventory {
  return {
    async users() {
      const users: IamUser[] = [];
      let marker: string | undefined;
      do {
        const page = await iam.send(
          new GetAccountAuthorizationDetailsCommand({
            Filter: ['User'],
            MaxItems: PAGE_SIZE,
            ...(marker && { Marker: marker }),
          }),
        );
        for (const { UserId, UserName, Arn, Tags } of page.UserDetailList ?? []) {
          if (!UserId || !UserName || !Arn) throw new Error('IAM lists a user without ID or name');
          const tags = (Tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
          users.push({ userId: UserId, userName: UserName, arn: Arn, tags });
        }
        marker = page.IsTruncated ? page.Marker : undefined;
      } while (marker);
      return users;
    },

    async account(): Promise<AccountIdentity> {
      const [id, alias] = await Promise.all([accountId(), accountAlias(iam, log)]);
      return { accountId: id, ...(alias && { alias }) };
    },
  };
}

/** The alias only makes mails easier to read: without it they name the account by its ID. */
async function accountAlias(iam: IAMClient, log: Log): Promise<string | undefined> {
  try {
    const { AccountAliases } = await iam.send(new ListAccountAliasesCommand({}));
    return AccountAliases?.[0];
  } catch (error) {
    log.warn('the account alias is not known', { error: describeError(error) });
    return undefined;
  }
}
