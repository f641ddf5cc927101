/** The local account as a scenery: what really is there, and people's hands on it. */

import type { LocalAccount } from '../../../../simulation/aws/index.ts';
import { readJwk } from '../../../../simulation/invariants/post.ts';
import type { ItemKey, StreamRecord } from '../../../../simulation/memory/table.ts';
import type { Item } from '../../../../src/aws/items.ts';
import { recordKey, toRecord } from '../../../../src/aws/items.ts';
import type { IamUser } from '../../../../src/domain/identity.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { DAY_MS } from '../../../../src/domain/time.ts';
import type { Scenery } from '../scenery.ts';
import { toPlain, toWire } from './attributes.ts';

type Stored = { readonly item: Item; readonly key: ItemKey };

/** @param table the product's table */
export function wireScenery(account: LocalAccount, table: string) {
  const { hands, clock } = account;
  const effects: string[] = [];
  const items = new Map<string, Stored>();
  let waiting: StreamRecord[] = [];
  // The stream tells of every change at once, so a copy of the table is always at hand.
  account.stream.watch((record) => {
    const { Keys: keys = {}, NewImage: image } = record.dynamodb ?? {};
    const key: ItemKey = { user: keys.user?.S ?? '', ak: keys.ak?.S ?? '' };
    const id = JSON.stringify(key);
    if (image) items.set(id, { item: toPlain(image), key });
    else items.delete(id);
    if (record.eventName === 'REMOVE') waiting.push(record as unknown as StreamRecord);
  });

  const user = (userId: string): (IamUser & { readonly keys: readonly string[] }) | undefined => {
    const found = hands.users().find((one) => one.userId === userId);
    if (!found) return undefined;
    const { userName, tags, keys } = found;
    const arn = `arn:aws:iam::${account.accountId}:user/${userName}`;
    return { userId, userName, arn, tags, keys: keys.map(({ accessKeyId }) => accessKeyId) };
  };
  const nameOf = (userId: string) => user(userId)?.userName ?? '';
  const get = (key: ItemKey) => items.get(JSON.stringify({ user: key.user, ak: key.ak }))?.item;

  const scenery: Scenery & { readonly effects: string[] } = {
    clock,
    iam: {
      userIds: () => hands.users().map(({ userId }) => userId),
      user,
      keysOf: (userId) => hands.keys(nameOf(userId)),
      setStatus: (id, status) => (status === 'Active' ? hands.activate(id) : hands.deactivate(id)),
      useKey: (id) => hands.useKey(id),
      deleteKey: (id) => hands.deleteKey(id),
      deleteUser: (userId) => hands.deleteUser(nameOf(userId)),
      renameUser: (userId, userName) => hands.rename(nameOf(userId), userName),
      retag(userId, tags) {
        const name = nameOf(userId);
        hands.untagUser(name, user(userId)?.tags.map(({ key }) => key) ?? []);
        hands.tagUser(name, tags);
      },
    },
    table: {
      get,
      items: () => [...items.values()].map(({ item }) => item),
      put: (item) => hands.putItem(table, toWire(item)),
      remove: ({ user: hash, ak }) => hands.deleteItem(table, { user: { S: hash }, ak: { S: ak } }),
      get stream() {
        return [...waiting];
      },
      shift: (count) => {
        waiting = waiting.slice(count);
      },
    },
    parameters: {
      readAs(userId, name) {
        const isOwn = hands.parameterTag(name, 'ikr:user-id') === userId;
        const { k } = readJwk(hands.parameter(name) ?? '') ?? {};
        return isOwn && k !== undefined ? { key: new Secret(k) } : undefined;
      },
      rotationIn: (name) => readJwk(hands.parameter(name) ?? '')?.kid,
      names: () => hands.parameterNames(),
      delete: (name) => hands.deleteParameter(name),
      overwrite: (name) => hands.putParameter(name, 'something else', 'String'),
    },
    effects,
    record(userId) {
      const item = get(recordKey(userId));
      return item && toRecord(item);
    },
    hire(userName, { email, keyAgeDays }) {
      const { userId } = hands.createUser(userName, { tags: { 'IKR:EMAIL': email } });
      hands.createKey(userName, { ageMs: keyAgeDays * DAY_MS });
      return { userId };
    },
    createKey: (userId) => hands.createKey(nameOf(userId)).accessKeyId,
  };
  return scenery;
}
