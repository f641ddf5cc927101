/** A local AWS account as an environment. */

import { type Item, type ItemKey, toRecord } from '../../src/aws/items.ts';
import type { IamUser } from '../../src/domain/identity.ts';
import { Secret } from '../../src/domain/secret.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import type { LocalAccount } from '../aws/index.ts';
import type { StreamRecord } from '../memory/table.ts';
import { readContentKey } from './content-key.ts';
import type { Environment } from './environment.ts';
import { recordKey, toPlain, toWire, wireKeyOf } from './table-items.ts';

export interface AccountEnvironment extends Environment {
  /** Changes that the program made; whoever sees them adds them. */
  readonly effects: string[];
}

/** @param table the product's table; nothing stands in it yet */
export function accountEnvironment(account: LocalAccount, table: string): AccountEnvironment {
  const { userActions, clock } = account;
  const items = new Map<string, Item>();
  let waiting: StreamRecord[] = [];
  // The stream tells of every change at once, so there is always a copy of the table.
  account.stream.watch((record) => {
    const { Keys: keys, NewImage: image } = record.dynamodb ?? {};
    const id = idOf(wireKeyOf(keys));
    if (image) items.set(id, toPlain(image));
    else items.delete(id);
    if (record.eventName === 'REMOVE') waiting.push(record as unknown as StreamRecord);
  });

  const user = (userId: string): IamUser | undefined => {
    const found = userActions.users().find((one) => one.userId === userId);
    if (!found) return undefined;
    const { userName, tags } = found;
    return {
      userId,
      userName,
      arn: `arn:aws:iam::${account.accountId}:user/${userName}`,
      tags,
    };
  };
  const nameOf = (userId: string) => user(userId)?.userName ?? '';
  const get = (key: ItemKey) => items.get(idOf(key));

  return {
    accountId: account.accountId,
    clock,
    iam: {
      userIds: () => userActions.users().map(({ userId }) => userId),
      user,
      keysOf: (userId) => userActions.keys(nameOf(userId)),
      secretOf: (id) =>
        userActions
          .users()
          .flatMap(({ keys }) => keys)
          .find(({ accessKeyId }) => accessKeyId === id)?.secretAccessKey,
      setStatus: (id, status) =>
        status === 'Active' ? userActions.activate(id) : userActions.deactivate(id),
      useKey: (id) => userActions.useKey(id),
      deleteKey: (id) => userActions.deleteKey(id),
      deleteUser: (userId) => userActions.deleteUser(nameOf(userId)),
      renameUser: (userId, userName) => userActions.rename(nameOf(userId), userName),
      retag(userId, tags) {
        const name = nameOf(userId);
        userActions.untagUser(name, user(userId)?.tags.map(({ key }) => key) ?? []);
        userActions.tagUser(name, tags);
      },
    },
    table: {
      get,
      items: () => [...items.values()],
      put: (item) => userActions.putItem(table, toWire(item)),
      remove: (key) => userActions.deleteItem(table, toWire({ ...key })),
      get stream() {
        return [...waiting];
      },
      shift: (count) => {
        waiting = waiting.slice(count);
      },
    },
    parameters: {
      readAs(userId, name) {
        const isOwn = name.endsWith(`/${userId}`);
        const { k } = readContentKey(userActions.parameter(name)) ?? {};
        return isOwn && k !== undefined ? { key: new Secret(k) } : undefined;
      },
      rotationIn: (name) => readContentKey(userActions.parameter(name))?.kid,
      names: () => userActions.parameterNames(),
      delete: (name) => userActions.deleteParameter(name),
      overwrite: (name) => userActions.putParameter(name, 'something else', 'String'),
    },
    effects: [],
    record(userId) {
      const item = get(recordKey(account.accountId, userId));
      return item && toRecord(item);
    },
    hire(userName, { email, keyAgeDays }) {
      const { userId } = userActions.createUser(userName, { tags: { 'IKR:EMAIL': email } });
      userActions.createKey(userName, { ageMs: keyAgeDays * DAY_MS });
      return { userId };
    },
    createKey: (userId) => userActions.createKey(nameOf(userId)).accessKeyId,
  };
}

function idOf(key: ItemKey): string {
  return JSON.stringify(toWire({ ...key }));
}
