/** What owners, users and administrators do without the product. */
import type { Item } from '../../src/aws/items.ts';
import { DAY_MS, SECOND_MS } from '../../src/domain/time.ts';
import type { Environment } from './environment.ts';
import { keyOf, kindOf, recordKey, timerKey, userIdOf } from './table-items.ts';

/** Which of a user's keys. */
export type Which = 'oldest' | 'newest';

export type UserAction =
  | { readonly do: 'create key' }
  | { readonly do: 'deactivate key' | 'activate key' | 'delete key'; readonly which: Which }
  | { readonly do: 'set tags'; readonly tags: Readonly<Record<string, string>> }
  | { readonly do: 'rename user'; readonly to: string }
  | { readonly do: 'delete user' }
  | { readonly do: 'remove timer' }
  | { readonly do: 'move timer'; readonly days: number }
  /** A timer that is due at once; `named` says whose rotation it is of. */
  | { readonly do: 'forge timer'; readonly which: Which; readonly named: boolean }
  | { readonly do: 'remove record' | 'break record' }
  | { readonly do: 'move dates'; readonly days: number }
  | { readonly do: 'remove history' }
  | { readonly do: 'delete parameter' | 'overwrite parameter' };

/**
 * Does something to a user, or to what the product keeps of one.
 * @returns what was done it to, such as an access key ID; `undefined` when it was not possible
 */
export async function perform(
  action: UserAction,
  userId: string,
  environment: Environment,
): Promise<string | undefined> {
  switch (action.do) {
    case 'create key':
    case 'deactivate key':
    case 'activate key':
    case 'delete key':
      return onKeys(action, userId, environment);
    case 'set tags':
    case 'rename user':
    case 'delete user':
      return onUser(action, userId, environment);
    case 'remove timer':
    case 'move timer':
    case 'forge timer':
      return onTimer(action, userId, environment);
    case 'remove record':
    case 'break record':
    case 'move dates':
    case 'remove history':
      return onRecord(action, userId, environment);
    default:
      return onParameter(action, userId, environment);
  }
}

/** The action with one of these names. */
type Of<D extends UserAction['do']> = UserAction extends infer A
  ? A extends UserAction
    ? D extends A['do']
      ? A
      : never
    : never
  : never;

function onKeys(
  action: Of<'create key' | 'delete key'>,
  userId: string,
  environment: Environment,
): string | undefined {
  const { iam } = environment;
  const keys = iam.keysOf(userId);
  if (action.do === 'create key') {
    if (!iam.user(userId) || keys.length > 1) return undefined;
    return environment.createKey(userId);
  }
  const key = action.which === 'oldest' ? keys[0] : keys.at(-1);
  if (!key) return undefined;
  if (action.do === 'delete key') {
    iam.deleteKey(key.accessKeyId);
    return key.accessKeyId;
  }
  const status = action.do === 'activate key' ? 'Active' : 'Inactive';
  if (key.status === status) return undefined;
  iam.setStatus(key.accessKeyId, status);
  return key.accessKeyId;
}

function onUser(
  action: Of<'set tags' | 'rename user' | 'delete user'>,
  userId: string,
  { iam }: Environment,
): string | undefined {
  if (!iam.user(userId)) return undefined;
  if (action.do === 'delete user') {
    iam.deleteUser(userId);
    return userId;
  }
  if (action.do === 'set tags') {
    iam.retag(userId, action.tags);
    return Object.keys(action.tags).join(', ');
  }
  const isTaken = iam.userIds().some((id) => iam.user(id)?.userName === action.to);
  if (isTaken) return undefined;
  iam.renameUser(userId, action.to);
  return action.to;
}

async function onTimer(
  action: Of<'remove timer' | 'move timer' | 'forge timer'>,
  userId: string,
  { accountId, clock, iam, table }: Environment,
): Promise<string | undefined> {
  const record = table.get(recordKey(accountId, userId));
  if (action.do === 'forge timer') {
    const keys = iam.keysOf(userId);
    const key = action.which === 'oldest' ? keys[0] : keys.at(-1);
    if (!key) return undefined;
    const rotationId = action.named ? record?.rotationId : undefined;
    await table.put({
      ...timerKey(accountId, userId, key.accessKeyId),
      delete_on: Math.floor(clock.nowMs() / SECOND_MS),
      ...(rotationId !== undefined && { rotationId }),
    });
    return key.accessKeyId;
  }
  const key = timerKey(accountId, userId, String(record?.oldKeyId ?? ''));
  const timer = table.get(key);
  if (!timer) return undefined;
  if (action.do === 'remove timer') {
    await table.remove(key);
    return '';
  }
  const seconds = (action.days * DAY_MS) / SECOND_MS;
  await table.put({ ...timer, delete_on: Number(timer.delete_on) + seconds });
  return `by ${action.days} days`;
}

async function onRecord(
  action: Of<'remove record' | 'break record' | 'move dates' | 'remove history'>,
  userId: string,
  { accountId, table }: Environment,
): Promise<string | undefined> {
  if (action.do === 'remove history') {
    const keys = table
      .items()
      .map(keyOf)
      .filter((key) => userIdOf(key) === userId && kindOf(key) === 'history');
    for (const key of keys) await table.remove(key);
    return keys.length > 0 ? '' : undefined;
  }
  const record = table.get(recordKey(accountId, userId));
  if (!record) return undefined;
  if (action.do === 'move dates') {
    const { deactivateOnMs, deleteOnMs } = record;
    if (deleteOnMs === undefined) return undefined;
    const byMs = action.days * DAY_MS;
    await table.put({
      ...record,
      deleteOnMs: Number(deleteOnMs) + byMs,
      ...(deactivateOnMs !== undefined && { deactivateOnMs: Number(deactivateOnMs) + byMs }),
    });
    return `by ${action.days} days`;
  }
  if (action.do === 'remove record') {
    await table.remove(recordKey(accountId, userId));
    return '';
  }
  const { oldKeyId: _, ...broken } = record;
  await table.put(broken as Item);
  return '';
}

function onParameter(
  action: Of<'delete parameter' | 'overwrite parameter'>,
  userId: string,
  { accountId, table, parameters }: Environment,
): string | undefined {
  const name = table.get(recordKey(accountId, userId))?.parameterName;
  if (typeof name !== 'string' || !parameters.names().includes(name)) return undefined;
  if (action.do === 'delete parameter') parameters.delete(name);
  else parameters.overwrite(name);
  return name;
}
