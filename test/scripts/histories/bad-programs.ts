/** Programs that break one rule each, by the least that it takes: the observer must see them. */

import { MemorySystem } from '../../../scripts/proofs/histories/memory/memory-system.ts';
import type { InvocationPlan } from '../../../scripts/proofs/histories/model/history.ts';
import type { Open } from '../../../scripts/proofs/histories/run/run-history.ts';
import type { Violation } from '../../../simulation/invariants/checker/checker.ts';
import type { StreamRecord } from '../../../simulation/memory/table.ts';
import type { RunParts, World } from '../../../simulation/memory/world.ts';
import { toRecordItem } from '../../../src/aws/items.ts';
import type { Account } from '../../../src/ports/account.ts';

export interface BadProgram {
  readonly does: string;
  readonly breaks: Violation['invariant'];
  /** What the observer says of it. */
  readonly told: RegExp;
  readonly open: Open;
}

/** The program, with other parts in every run than it should have. */
function bent(bend: (parts: RunParts, world: World) => Partial<RunParts>): Open {
  return async (conditions) => {
    const system = new MemorySystem(conditions);
    const { environment } = system;
    environment.bend = (parts) => bend(parts, environment);
    return system;
  };
}

/** The program in an account that does something else than it is asked for. */
function inAccount(bend: (account: Account, parts: RunParts) => Partial<Account>): Open {
  return bent((parts) => ({ account: { ...parts.account, ...bend(parts.account, parts) } }));
}

export const THIEF: BadProgram = {
  does: "takes everybody's oldest key",
  breaks: 4,
  told: /AKIA\d+ was deleted/,
  open: inAccount(({ inventory, keys }) => ({
    inventory: {
      ...inventory,
      users: async () => {
        const listed = await inventory.users();
        for (const { userName } of listed.users) {
          const [key] = (await keys.list(userName)) ?? [];
          if (key) await keys.delete(userName, key.accessKeyId);
        }
        return listed;
      },
    },
  })),
};

export const KEEPER: BadProgram = {
  does: 'never takes back a key that it could not hand over',
  breaks: 2,
  told: /AKIA\d+ was never handed over and is still there/,
  open: inAccount(({ keys }) => ({
    keys: {
      ...keys,
      delete: async (userName, id) => {
        const [, newKey] = (await keys.list(userName)) ?? [];
        return newKey?.accessKeyId === id ? 'done' : keys.delete(userName, id);
      },
    },
  })),
};

/** A destructor that does nothing, and gives every record back to the stream. */
export const idler: Open = async (conditions) =>
  Object.assign(new MemorySystem(conditions), {
    destruct: async (_: InvocationPlan, batch: readonly StreamRecord[]) => {
      const failures = batch.map(({ dynamodb }) => dynamodb.SequenceNumber);
      return { kind: 'answered', answer: { rows: [], failures } } as const;
    },
  });

export const BAD_PROGRAMS: readonly BadProgram[] = [
  {
    does: 'writes in a dry run',
    breaks: 0,
    told: /a dry run called journal\.begin/,
    open: bent(() => ({ dryRun: false })),
  },
  {
    does: 'crashes',
    breaks: 0,
    told: /a crash: TypeError: users is not iterable/,
    open: inAccount(({ inventory }) => ({
      inventory: {
        ...inventory,
        users: async () => {
          throw new TypeError('users is not iterable');
        },
      },
    })),
  },
  {
    does: 'takes every key for one in use',
    breaks: 1,
    told: /AKIA\d+ was deleted, although its successor AKIA\d+ was never used/,
    open: inAccount(({ keys }, { clock }) => ({
      keys: {
        ...keys,
        owner: async (id) => {
          const owner = await keys.owner(id);
          return owner.kind === 'found' ? { ...owner, lastUsedAtMs: clock.nowMs() } : owner;
        },
      },
    })),
  },
  {
    does: 'removes the content key of a mail that may be unopened',
    breaks: 1,
    told: /the mail with AKIA\d+ can't be opened/,
    open: bent(({ journal, account: { contentKeys } }, world) => ({
      journal: {
        ...journal,
        putTimer: async (timer, options) => {
          const record = world.record(timer.userId);
          if (record?.state === 'SCHEDULED') {
            await contentKeys.remove(record.parameterName, record.rotationId);
          }
          return journal.putTimer(timer, options);
        },
      },
    })),
  },
  {
    does: 'promises less notice than the settings allow',
    breaks: 1,
    told: /the old key is deleted earlier after the mail with AKIA\d+ than it may be/,
    open: bent(({ policy }) => ({
      policy: { ...policy, deleteAfterDays: policy.deleteAfterDays / 2 },
    })),
  },
  {
    does: 'activates keys that a person deactivated',
    breaks: 4,
    told: /AKIA\d+ was activated, although a person had deactivated it/,
    open: inAccount(({ inventory, keys }) => ({
      inventory: {
        ...inventory,
        users: async () => {
          const listed = await inventory.users();
          for (const { userName } of listed.users) {
            const [key] = (await keys.list(userName)) ?? [];
            if (key?.status === 'Inactive') await keys.activate(userName, key.accessKeyId);
          }
          return listed;
        },
      },
    })),
  },
  {
    does: 'mails keys to somebody else',
    breaks: 5,
    told: /AKIA\d+ was mailed to mallory@example\.com, which is not in its user's tag/,
    open: inAccount(({ inventory }) => ({
      inventory: {
        ...inventory,
        users: async () => {
          const { users, notes } = await inventory.users();
          const tags = [{ key: 'IKR:EMAIL', value: 'mallory@example.com' }];
          return { users: users.map((user) => ({ ...user, tags })), notes };
        },
      },
    })),
  },
  KEEPER,
  {
    does: 'takes no key for one in use',
    breaks: 3,
    told: /AKIA\d+ was due a day ago, its successor is in use, and it is there/,
    open: inAccount(({ keys }) => ({
      keys: {
        ...keys,
        owner: async (id) => {
          const owner = await keys.owner(id);
          return owner.kind === 'found' ? { kind: 'found', userName: owner.userName } : owner;
        },
      },
    })),
  },
  THIEF,
  {
    does: 'logs secrets',
    breaks: 5,
    told: /a secret access key is in a log or the table/,
    open: inAccount(({ keys }, { log }) => ({
      keys: {
        ...keys,
        create: async (userName) => {
          const pair = await keys.create(userName);
          log.info('access key created', { secret: pair.secretAccessKey.reveal() });
          return pair;
        },
      },
    })),
  },
  {
    does: 'throws the first new key away and makes another',
    breaks: 6,
    told: /two runs at once created 2 keys for \S+/,
    open: inAccount(({ keys }) => ({
      keys: {
        ...keys,
        create: async (userName) => {
          const { accessKeyId } = await keys.create(userName);
          await keys.delete(userName, accessKeyId);
          return keys.create(userName);
        },
      },
    })),
  },
  {
    does: 'goes on with a rotation whoever holds it',
    breaks: 6,
    told: /two runs at once mailed 2 times to \S+/,
    open: bent(({ journal }, { table }) => ({
      journal: {
        ...journal,
        replace: async (_, next) => table.put(toRecordItem(next, 'write')),
      },
    })),
  },
];
