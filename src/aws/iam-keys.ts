/** Access keys, on IAM. */
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { AccessKey } from '../domain/identity.ts';
import { Secret } from '../domain/secret.ts';
import type { Keys } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import { KeyNotCreated } from '../ports/errors.ts';
import { errorName, isDefiniteRefusal, isThrottling } from './answers.ts';
import { iamPages } from './iam-pages.ts';

export function iamKeys(iam: IAMClient, iamOnce: IAMClient, clock: Clock): Keys {
  const setStatus = async (userName: string, accessKeyId: string, status: AccessKey['status']) =>
    doneOrGone(() =>
      iam.send(
        new UpdateAccessKeyCommand({
          UserName: userName,
          AccessKeyId: accessKeyId,
          Status: status,
        }),
      ),
    );

  return {
    list: (userName) =>
      orUndefined(async () => {
        const keys: AccessKey[] = [];
        for await (const page of iamPages((marker) =>
          iam.send(new ListAccessKeysCommand({ UserName: userName, ...marker })),
        )) {
          for (const key of page.AccessKeyMetadata ?? []) {
            if (!key.AccessKeyId || !key.Status || !key.CreateDate) {
              throw new Error(`IAM lists a key of ${userName} without ID, status or date`);
            }
            keys.push({
              accessKeyId: key.AccessKeyId,
              // Anything that is not Active can't be used, whatever else it may be called one day.
              status: key.Status === 'Active' ? 'Active' : 'Inactive',
              createdAtMs: key.CreateDate.getTime(),
            });
          }
        }
        return keys;
      }),

    async create(userName) {
      try {
        const { AccessKey: key } = await iamOnce.send(
          new CreateAccessKeyCommand({ UserName: userName }),
        );
        if (!key?.AccessKeyId || !key.SecretAccessKey) {
          throw new Error(`IAM created a key of ${userName} but did not answer with it`);
        }
        return {
          accessKeyId: key.AccessKeyId,
          secretAccessKey: new Secret(key.SecretAccessKey),
          createdAtMs: key.CreateDate?.getTime() ?? clock.nowMs(),
        };
      } catch (error) {
        if (isThrottling(error) || isDefiniteRefusal(error)) {
          const why = isThrottling(error) ? 'IAM throttles' : `IAM refused (${errorName(error)})`;
          throw new KeyNotCreated(
            `no key was created for ${userName}: ${why}`,
            isThrottling(error),
            error,
          );
        }
        throw error;
      }
    },

    activate: (userName, accessKeyId) => setStatus(userName, accessKeyId, 'Active'),
    deactivate: (userName, accessKeyId) => setStatus(userName, accessKeyId, 'Inactive'),

    delete: (userName, accessKeyId) =>
      doneOrGone(() =>
        iam.send(new DeleteAccessKeyCommand({ UserName: userName, AccessKeyId: accessKeyId })),
      ),

    async owner(accessKeyId) {
      try {
        const answer = await iam.send(
          new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId }),
        );
        if (!answer.UserName) return { kind: 'hidden' };
        const lastUsedAtMs = answer.AccessKeyLastUsed?.LastUsedDate?.getTime();
        return {
          kind: 'found',
          userName: answer.UserName,
          ...(lastUsedAtMs !== undefined && { lastUsedAtMs }),
        };
      } catch (error) {
        if (errorName(error) === 'NoSuchEntityException') return { kind: 'gone' };
        if (/^AccessDenied/.test(errorName(error))) return { kind: 'hidden' };
        throw error;
      }
    },

    async userId(userName) {
      const answer = await orUndefined(() => iam.send(new GetUserCommand({ UserName: userName })));
      return answer?.User?.UserId;
    },
  };
}

async function doneOrGone(call: () => Promise<unknown>): Promise<'done' | 'gone'> {
  return (await orUndefined(call)) === undefined ? 'gone' : 'done';
}

/** `undefined` when IAM says that there is no such user or key. */
async function orUndefined<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (errorName(error) === 'NoSuchEntityException') return undefined;
    throw error;
  }
}
