import { type GetAccountAuthorizationDetailsCommandInput, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { accountAlias, iamInventory } from '../../src/aws/iam-inventory.ts';
import { iamKeys } from '../../src/aws/iam-keys.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import type { Inventory, Keys } from '../../src/ports/account.ts';
import type { Log } from '../../src/ports/log.ts';

let account: LocalAccount;
let keys: Keys;
let inventory: Inventory;
let iam: IAMClient;
const clock = { nowMs: () => account.clock.nowMs(), sleep: async () => {} };

beforeAll(async () => {
  account = await startLocalAccount({ alias: 'example-prod' });
  const shared = {
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  };
  iam = new IAMClient(shared);
  keys = iamKeys(iam, new IAMClient({ ...shared, maxAttempts: 1 }), clock);
  inventory = iamInventory(iam, clock);
});
afterAll(() => account.close());

let users = 0;
let name: string;
beforeEach(() => {
  account.faults.clear();
  account.iam.knobs.unknownKeyLastUsed = 'AccessDenied';
  name = `user-${users++}`;
  account.userActions.createUser(name, { tags: { 'IKR:EMAIL': 'x@example.com' } });
});

describe('the access keys of a user', () => {
  it('are listed with their status and age', async () => {
    const { accessKeyId } = account.userActions.createKey(name, {
      ageMs: 80 * DAY_MS,
      status: 'Inactive',
    });
    const [key] = (await keys.list(name)) ?? [];
    expect(key).toMatchObject({ accessKeyId, status: 'Inactive' });
    expect(Math.abs(account.clock.nowMs() - 80 * DAY_MS - (key?.createdAtMs ?? 0))).toBeLessThan(
      2000,
    );
  });

  it('are none for a user without keys, and nothing for nobody', async () => {
    expect(await keys.list(name)).toEqual([]);
    expect(await keys.list('nobody')).toBeUndefined();
  });

  it('are created with their secret, which does not print', async () => {
    const pair = await keys.create(name);
    expect(account.secrets.has(pair.secretAccessKey.reveal())).toBe(true);
    expect(JSON.stringify(pair)).not.toContain(pair.secretAccessKey.reveal());
  });

  it('are not created a second time by the client, whatever the answer', async () => {
    for (const kind of ['error500-after', 'reset-after', 'throttle'] as const) {
      account.calls.reset();
      account.faults.add({ match: { action: 'CreateAccessKey' }, kind });
      await expect(keys.create(name)).rejects.toThrow();
      expect(account.calls.count('iam:CreateAccessKey')).toBe(1);
    }
  });

  it.each([
    ['throttle', true],
    ['deny', false],
  ] as const)('are known not to be created after a %s', async (kind, throttled) => {
    account.faults.add({ match: { action: 'CreateAccessKey' }, kind });
    await expect(keys.create(name)).rejects.toMatchObject({ name: 'KeyNotCreated', throttled });
  });

  it('are known not to be created beyond two, or for nobody', async () => {
    account.userActions.createKey(name);
    account.userActions.createKey(name);
    for (const user of [name, 'nobody']) {
      await expect(keys.create(user)).rejects.toMatchObject({ name: 'KeyNotCreated' });
    }
  });

  it.each(['error500', 'error500-after', 'reset-before', 'reset-after'] as const)(
    'may or may not be created after a %s',
    async (kind) => {
      account.faults.add({ match: { action: 'CreateAccessKey' }, kind });
      await expect(keys.create(name)).rejects.not.toMatchObject({ name: 'KeyNotCreated' });
    },
  );

  it('are deactivated, activated and deleted; what is gone is gone', async () => {
    const { accessKeyId } = account.userActions.createKey(name);
    expect(await keys.deactivate(name, accessKeyId)).toBe('done');
    expect(account.userActions.keys(name)[0]?.status).toBe('Inactive');
    expect(await keys.activate(name, accessKeyId)).toBe('done');
    expect(account.userActions.keys(name)[0]?.status).toBe('Active');
    expect(await keys.delete(name, accessKeyId)).toBe('done');
    expect(await keys.delete(name, accessKeyId)).toBe('gone');
    expect(await keys.deactivate(name, accessKeyId)).toBe('gone');
    expect(await keys.delete('nobody', accessKeyId)).toBe('gone');
  });

  it('are found with their owner and last use, also after a rename', async () => {
    const { accessKeyId } = account.userActions.createKey(name);
    expect(await keys.owner(accessKeyId)).toEqual({ kind: 'found', userName: name });
    const atMs = account.clock.nowMs();
    account.userActions.useKey(accessKeyId, atMs);
    account.userActions.rename(name, `${name}-new`);
    expect(await keys.owner(accessKeyId)).toMatchObject({
      kind: 'found',
      userName: `${name}-new`,
      lastUsedAtMs: Math.floor(atMs / 1000) * 1000,
    });
  });

  it.each([
    ['NoSuchEntity', 'gone'],
    ['AccessDenied', 'hidden'],
  ] as const)('are %s to IAM when deleted, which means: %s', async (answer, kind) => {
    account.iam.knobs.unknownKeyLastUsed = answer;
    expect(await keys.owner('AKIAIOSFODNN7EXAMPLE')).toEqual({ kind });
  });

  it('belong to a user with an ID, or to nobody', async () => {
    expect(await keys.userId(name)).toMatch(/^AIDA/);
    expect(await keys.userId('nobody')).toBeUndefined();
  });
});

describe('the inventory', () => {
  it('reads every user with ID and tags, over short pages', async () => {
    account.iam.knobs.pageSize = 3;
    for (let index = 0; index < 10; index++) account.userActions.createUser(`many-${index}`);
    const { users: found, notes } = await inventory.users();
    account.iam.knobs.pageSize = 1000;
    expect(found.filter(({ userName }) => userName.startsWith('many-'))).toHaveLength(10);
    expect(found.find(({ userName }) => userName === name)).toMatchObject({
      userId: expect.stringMatching(/^AIDA/),
      tags: [{ key: 'IKR:EMAIL', value: 'x@example.com' }],
    });
    expect(notes).toEqual([]);
  });

  it('goes the slower way when the faster one is denied, and says so', async () => {
    account.faults.add({
      match: { action: 'GetAccountAuthorizationDetails' },
      kind: 'deny',
      times: 9,
    });
    const { users: found, notes } = await inventory.users();
    expect(found.find(({ userName }) => userName === name)).toMatchObject({
      userId: expect.stringMatching(/^AIDA/),
      arn: expect.stringContaining(name),
      tags: [{ key: 'IKR:EMAIL', value: 'x@example.com' }],
    });
    expect(notes).toEqual([expect.stringMatching(/iam:GetAccountAuthorizationDetails/)]);
  });

  it('fails as a whole when a page can not be read: a missing user would count as deleted', async () => {
    account.iam.knobs.pageSize = 3;
    account.faults.add({
      match: { action: 'GetAccountAuthorizationDetails', nth: 2 },
      kind: 'error500',
      times: 99,
    });
    await expect(inventory.users()).rejects.toThrow();
    account.iam.knobs.pageSize = 1000;
  });

  describe('of which a page gets no answer in time', () => {
    /** The sizes of the pages that were asked for. */
    const sizes: (number | undefined)[] = [];
    /** An inventory of which these pages, counted from 1, get no answer, as the client tells it. */
    const without = (isUnanswered: (nth: number) => boolean, options: object = {}) => {
      const client = new IAMClient({
        endpoint: account.endpoint,
        region: account.region,
        credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
        ...options,
      });
      client.middlewareStack.add(
        (next) => (call) => {
          const { Filter, MaxItems } = call.input as GetAccountAuthorizationDetailsCommandInput;
          const isPage = Filter !== undefined;
          if (isPage) sizes.push(MaxItems);
          if (!isPage || !isUnanswered(sizes.length)) return next(call);
          throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
        },
        // Every attempt, and not only every call.
        { step: 'deserialize', priority: 'low' },
      );
      return iamInventory(client, clock);
    };
    const userIds = async (from: Inventory) =>
      (await from.users()).users.map(({ userId }) => userId).sort();
    beforeEach(() => {
      sizes.length = 0;
      for (let index = 0; index < 15; index++) account.userActions.createUser(`${name}-${index}`);
    });

    it('asks for smaller pages, once each, and misses nobody', async () => {
      account.iam.knobs.pageSize = 50;
      const found = await userIds(without((nth) => nth <= 2));
      expect(sizes.slice(0, 3)).toEqual([1000, 200, 40]);
      expect(new Set(sizes.slice(3))).toEqual(new Set([40]));
      expect(found).toEqual(await userIds(inventory));
      account.iam.knobs.pageSize = 1000;
    });

    it('goes on after the last page that was answered', async () => {
      account.iam.knobs.pageSize = 10;
      const found = await userIds(without((nth) => nth === 2));
      expect(sizes.slice(0, 3)).toEqual([1000, 1000, 200]);
      expect(found).toEqual(await userIds(inventory));
      account.iam.knobs.pageSize = 1000;
    });

    it('reads the users one by one when no size helps, and says so', async () => {
      const hang = {
        match: { action: 'GetAccountAuthorizationDetails' },
        kind: 'timeout-before',
        times: Number.POSITIVE_INFINITY,
      } as const;
      account.faults.add(hang);
      const requestHandler = { requestTimeout: 300, throwOnRequestTimeout: true };
      const impatient = without(() => false, { requestHandler, maxAttempts: 9 });
      const { users: found, notes } = await impatient.users();
      expect(sizes).toEqual([1000, 200, 40]);
      expect(found.find(({ userName }) => userName === name)).toMatchObject({
        tags: [{ key: 'IKR:EMAIL', value: 'x@example.com' }],
      });
      expect(notes).toEqual([
        'iam:GetAccountAuthorizationDetails does not answer in time, so the tags of every user were read one by one',
      ]);
    });
  });

  it('tells the alias of the account, and logs it when that is denied', async () => {
    const warned: string[] = [];
    const warn = (message: string) => void warned.push(message);
    const log: Log = { debug: warn, info: warn, warn, error: warn };
    expect(await accountAlias(iam, log)).toBe('example-prod');
    expect(warned).toEqual([]);
    account.faults.add({ match: { action: 'ListAccountAliases' }, kind: 'deny' });
    expect(await accountAlias(iam, log)).toBeUndefined();
    expect(warned).toEqual(['the account alias is not known']);
  });

  it('tells the keys of everybody from the credential report', async () => {
    const odd = `${name},=odd`;
    account.userActions.createUser(odd);
    account.userActions.createKey(odd, { ageMs: 81 * DAY_MS });
    const both = account.userActions.createKey(name, { ageMs: 100 * DAY_MS });
    account.userActions.useKey(both.accessKeyId, account.clock.nowMs() - DAY_MS);
    account.userActions.createKey(name, { ageMs: DAY_MS, status: 'Inactive' });
    account.clock.advance(5 * 3_600_000);
    const { rows } = await inventory.reportRows();
    const arn = (user: string) => `arn:aws:iam::${account.accountId}:user/${user}`;
    expect(rows.get(arn(odd))).toHaveLength(1);
    expect(rows.get(arn(name))).toEqual([
      { active: true, changedAtMs: expect.any(Number), lastUsedAtMs: expect.any(Number) },
      { active: false, changedAtMs: expect.any(Number) },
    ]);
  });

  it.each(['GenerateCredentialReport', 'GetCredentialReport'])(
    'does without the credential report when %s is denied',
    async (action) => {
      account.faults.add({ match: { action }, kind: 'deny', times: 9 });
      const { rows, notes } = await inventory.reportRows();
      expect(rows.size).toBe(0);
      expect(notes).toEqual([expect.stringMatching(/no credential report: AccessDenied/)]);
    },
  );

  it('does without the credential report while IAM is still making it', async () => {
    account.clock.advance(5 * 3_600_000);
    account.iam.report.takesMs = 3_600_000;
    const { rows, notes } = await inventory.reportRows();
    expect(rows.size).toBe(0);
    expect(notes).toEqual([expect.stringMatching(/still making/)]);
    account.iam.report.takesMs = 0;
  });
});
