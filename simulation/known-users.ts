/**
 * Accounts as they are after many runs: every managed user has a record. It is written here, since
 * making it by runs would take longer than what is measured.
 */
import { toRecordItem, toTimerItem } from '../src/aws/items.ts';
import { contentKeyNameOf } from '../src/domain/content-key-name.ts';
import type { AccessKey } from '../src/domain/identity.ts';
import { type ClosedRecord, RECORD_SCHEMA, type RotationRecord } from '../src/domain/record.ts';
import { rememberedRow } from '../src/domain/report-row.ts';
import { DAY_MS, SECOND_MS, toEpochSeconds } from '../src/domain/time.ts';
import type { LocalAccount } from './aws/index.ts';
import { toWire } from './scenario/table-items.ts';

/** Records of everybody, as the first runs would have left them. */
export async function rememberUsers(account: LocalAccount, table: string): Promise<void> {
  for (const user of account.userActions.users()) {
    const keys = keysOf(account, user.userName);
    await put(account, table, {
      ...subject(account, user, keys),
      state: 'CLOSED',
      closedAtMs: account.clock.nowMs() - DAY_MS,
      outcome: 'seen',
      reason: { code: 'seen' },
      retryNotBeforeMs: 0,
    });
  }
}

/**
 * Gives users a new key, a delivered rotation and its timer: the old key waits for its date.
 * @param dueInDays when that is
 */
export async function openRotations(
  account: LocalAccount,
  table: string,
  { userNames, dueInDays }: { readonly userNames: readonly string[]; readonly dueInDays: number },
): Promise<void> {
  const { clock, userActions } = account;
  const users = new Map(userActions.users().map((user) => [user.userName, user]));
  for (const userName of userNames) {
    const user = users.get(userName);
    const [oldKey] = keysOf(account, userName);
    if (!user || !oldKey) throw new Error(`${userName} has no key`);
    userActions.createKey(userName, { ageMs: DAY_MS });
    const keys = keysOf(account, userName);
    const newKey = keys.find(({ accessKeyId }) => accessKeyId !== oldKey.accessKeyId);
    const { userId } = user;
    const deleteOnMs = clock.nowMs() + dueInDays * DAY_MS;
    const about = subject(account, user, keys);
    await put(account, table, {
      ...about,
      state: 'SCHEDULED',
      startedAtMs: clock.nowMs() - DAY_MS,
      oldKeyId: oldKey.accessKeyId,
      oldKeyCreatedAtMs: oldKey.createdAtMs,
      parameterName: contentKeyNameOf(userName, userId),
      target: { kind: 'mail', address: addressOf(user.tags), form: 'sealed' },
      deleteOnMs,
      requireNewKeyUsed: true,
      maxKeyAgeDays: 90,
      newKeyId: newKey?.accessKeyId ?? '',
      newKeyCreatedAtMs: newKey?.createdAtMs ?? 0,
      // As long as a sealed pair is.
      sealed: 'x'.repeat(520),
      instructions: '',
      deliveredAtMs: clock.nowMs() - DAY_MS,
    });
    const timer = {
      userId,
      oldKeyId: oldKey.accessKeyId,
      rotationId: about.rotationId,
      deleteOnEpochSeconds: toEpochSeconds(deleteOnMs),
    };
    await userActions.putItem(table, toWire(toTimerItem(account.accountId, timer)));
  }
}

type User = ReturnType<LocalAccount['userActions']['users']>[number];

function addressOf(tags: User['tags']): string {
  return tags.find(({ key }) => key === 'IKR:EMAIL')?.value ?? '';
}

/** The keys as IAM lists them: in whole seconds. */
function keysOf(account: LocalAccount, userName: string): AccessKey[] {
  return account.userActions.keys(userName).map(({ accessKeyId, status, createdAtMs }) => ({
    accessKeyId,
    status,
    createdAtMs: Math.floor(createdAtMs / SECOND_MS) * SECOND_MS,
  }));
}

function subject(
  { accountId }: LocalAccount,
  { userId, userName }: User,
  keys: readonly AccessKey[],
): Pick<
  ClosedRecord,
  | 'schema'
  | 'accountId'
  | 'userId'
  | 'userName'
  | 'userArn'
  | 'rotationId'
  | 'version'
  | 'leaseUntilMs'
  | 'failures'
  | 'keySnapshot'
> {
  const row = keys.map(({ status, createdAtMs }) => ({
    active: status === 'Active',
    changedAtMs: createdAtMs,
  }));
  return {
    schema: RECORD_SCHEMA,
    accountId,
    userId,
    userName,
    userArn: `arn:aws:iam::${accountId}:user/${userName}`,
    rotationId: `earlier-${userId}`,
    version: 1,
    leaseUntilMs: 0,
    failures: 0,
    keySnapshot: { keys: [...keys], reportRow: rememberedRow(row) },
  };
}

function put(account: LocalAccount, table: string, record: RotationRecord): Promise<unknown> {
  return Promise.resolve(account.userActions.putItem(table, toWire(toRecordItem(record, 'known'))));
}
