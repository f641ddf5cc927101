import type { TurnableClock } from './clock.ts';
import type { DynamoDb } from './dynamodb.ts';
import type { Iam } from './iam.ts';
import type { Tag } from './iam-rules.ts';
import type { AccessKey, KeyStatus, User } from './iam-users.ts';
import type { Ssm } from './ssm.ts';
import type { Item } from './stream.ts';

/** An access key as its owner and the administrators know it. */
export interface KeyView {
  accessKeyId: string;
  status: KeyStatus;
  createdAtMs: number;
  lastUsedAtMs: number | undefined;
}

/** The whole history of an access key: only for observers of the account. */
export interface KeyHistory {
  accessKeyId: string;
  secretAccessKey: string;
  createdAtMs: number;
  /** The status since each moment, oldest first. */
  statuses: readonly { sinceMs: number; status: KeyStatus }[];
  deletedAtMs: number | undefined;
  lastUsedAtMs: number | undefined;
}

export type UserActions = ReturnType<typeof createUserActions>;

/**
 * What administrators and owners do and see without the product, past the wire: not logged, not
 * limited, no faults.
 */
export function createUserActions(
  { clock, region }: { clock: TurnableClock; region: string },
  { users }: Iam,
  ssm: Ssm,
  dynamodb: DynamoDb,
) {
  const held = (accessKeyId: string): { user: User; key: AccessKey } => {
    const found = users.findKey(accessKeyId);
    if (!found) throw new Error(`there is no access key ${accessKeyId}`);
    return found;
  };
  const setStatus = (accessKeyId: string, status: KeyStatus) =>
    users.setStatus(held(accessKeyId).user, accessKeyId, status);

  return {
    createUser(
      name: string,
      options: {
        path?: string;
        tags?: Readonly<Record<string, string>>;
        groups?: readonly string[];
        policies?: { name: string; arn: string }[];
        createdAtMs?: number;
      } = {},
    ): { userId: string; arn: string } {
      const user = users.create(name, { ...options, tags: toTags(options.tags ?? {}) });
      return { userId: user.id, arn: users.arn(user) };
    },
    deleteUser: (name: string) => users.delete(name),
    rename: (name: string, newName: string) => users.rename(name, newName),
    tagUser: (name: string, tags: Readonly<Record<string, string>>) =>
      users.tag(users.get(name), toTags(tags)),
    untagUser: (name: string, keys: readonly string[]) => users.untag(users.get(name), keys),

    /** Creates a key that is `ageMs` old, 0 unless told. */
    createKey(
      userName: string,
      { ageMs = 0, status = 'Active' }: { ageMs?: number; status?: KeyStatus } = {},
    ): { accessKeyId: string; secretAccessKey: string } {
      const user = users.get(userName);
      const key = users.createKey(user, clock.nowMs() - ageMs);
      if (status === 'Inactive') users.setStatus(user, key.id, status);
      return { accessKeyId: key.id, secretAccessKey: key.secret };
    },
    deleteKey: (accessKeyId: string) => users.deleteKey(held(accessKeyId).user, accessKeyId),
    deactivate: (accessKeyId: string) => setStatus(accessKeyId, 'Inactive'),
    activate: (accessKeyId: string) => setStatus(accessKeyId, 'Active'),
    /** The owner signs a request with the key. */
    useKey(accessKeyId: string, atMs = clock.nowMs(), service = 's3'): void {
      held(accessKeyId).key.lastUsed = { atMs, service, region };
    },

    putParameter: (name: string, value: string, type = 'SecureString') =>
      void ssm.put({ Name: name, Value: value, Type: type, Overwrite: true }),
    deleteParameter: (name: string) => ssm.remove(name),
    putItem: (table: string, item: Item) => dynamodb.put(table, item),
    deleteItem: (table: string, key: Item) => dynamodb.remove(table, key),

    /** The keys of a user as they really are, whatever lag the lists have. */
    keys(userName: string): KeyView[] {
      const user = users.find(userName);
      return (user ? users.keys(user) : []).map((key) => ({
        accessKeyId: key.id,
        status: users.status(key),
        createdAtMs: key.createdAtMs,
        lastUsedAtMs: key.lastUsed?.atMs,
      }));
    },
    /** Whether a request signed with this pair would be let in. */
    keyWorks(accessKeyId: string, secretAccessKey: string): boolean {
      const key = users.findKey(accessKeyId)?.key;
      return key?.secret === secretAccessKey && users.status(key) === 'Active';
    },
    /** All users with every key they ever had, deleted ones too. */
    users(): {
      userId: string;
      userName: string;
      tags: { key: string; value: string }[];
      keys: KeyHistory[];
    }[] {
      return users.all().map(({ id, name, tags, keys }) => ({
        userId: id,
        userName: name,
        tags: [...tags.values()],
        keys: keys.map((key) => ({
          accessKeyId: key.id,
          secretAccessKey: key.secret,
          createdAtMs: key.createdAtMs,
          statuses: key.statuses,
          deletedAtMs: key.deletedAtMs,
          lastUsedAtMs: key.lastUsed?.atMs,
        })),
      }));
    },
    items: (table: string) => dynamodb.items(table),
    parameterNames: () => [...ssm.parameters.keys()],
    /** The value of a parameter, decrypted. */
    parameter: (name: string): string | undefined => ssm.parameters.get(name)?.value,
  };
}

function toTags(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
