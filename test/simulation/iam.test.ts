import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GenerateCredentialReportCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetCredentialReportCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { type Clients, createClients, destroyClients, expectRefusal } from './contract.ts';

let account: LocalAccount;
let clients: Clients;

beforeAll(async () => {
  account = await startLocalAccount({ startMs: Date.UTC(2030, 0, 1) });
  clients = createClients(account.endpoint);
});
afterAll(async () => {
  destroyClients(clients);
  await account.close();
});

let users = 0;
let UserName: string;
beforeEach(() => {
  users += 1;
  UserName = `user-${users}`;
  account.userActions.createUser(UserName);
});

const list = async () =>
  (await clients.iam.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata ?? [];
const lastUsed = (AccessKeyId: string) =>
  clients.iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));

async function reportRow(user: string): Promise<string[]> {
  const { Content } = await clients.iam.send(new GetCredentialReportCommand({}));
  const lines = Buffer.from(Content ?? [])
    .toString()
    .split('\n');
  return lines.find((line) => line.startsWith(`${user},`))?.split(',') ?? [];
}

describe('user actions on IAM', () => {
  it('create keys of any age', async () => {
    const { accessKeyId } = account.userActions.createKey(UserName, { ageMs: 85 * DAY_MS });
    const [key] = await list();
    expect(key?.AccessKeyId).toBe(accessKeyId);
    const ageMs = account.clock.nowMs() - Number(key?.CreateDate?.getTime());
    expect(Math.round(ageMs / DAY_MS)).toBe(85);
  });

  it('deactivate, activate and delete keys', async () => {
    const { accessKeyId } = account.userActions.createKey(UserName, { status: 'Inactive' });
    expect(await list()).toMatchObject([{ Status: 'Inactive' }]);
    account.userActions.activate(accessKeyId);
    expect(await list()).toMatchObject([{ Status: 'Active' }]);
    account.userActions.deactivate(accessKeyId);
    expect(account.userActions.keys(UserName)).toMatchObject([{ accessKeyId, status: 'Inactive' }]);
    account.userActions.deleteKey(accessKeyId);
    expect(await list()).toEqual([]);
  });

  it('use keys, now or at a given time', async () => {
    const { accessKeyId } = account.userActions.createKey(UserName);
    const atMs = Date.UTC(2029, 5, 1);
    account.userActions.useKey(accessKeyId, atMs);
    expect(await lastUsed(accessKeyId)).toMatchObject({
      UserName,
      AccessKeyLastUsed: { LastUsedDate: new Date(atMs), ServiceName: 's3', Region: 'us-east-1' },
    });
    account.userActions.useKey(accessKeyId);
    const { AccessKeyLastUsed } = await lastUsed(accessKeyId);
    expect(AccessKeyLastUsed?.LastUsedDate?.getUTCFullYear()).toBe(2030);
  });

  it('rename a user, who stays the same user with the same keys', async () => {
    const { accessKeyId } = account.userActions.createKey(UserName);
    const before = await clients.iam.send(new GetUserCommand({ UserName }));
    account.userActions.rename(UserName, `${UserName}-renamed`);
    UserName = `${UserName}-renamed`;
    const after = await clients.iam.send(new GetUserCommand({ UserName }));
    expect(after.User?.UserId).toBe(before.User?.UserId);
    expect(after.User?.Arn).toMatch(/-renamed$/);
    expect(await list()).toMatchObject([{ AccessKeyId: accessKeyId, UserName }]);
    expect((await lastUsed(accessKeyId)).UserName).toBe(UserName);
  });

  it('delete a user with all keys; who comes back under the name is another', async () => {
    const { accessKeyId } = account.userActions.createKey(UserName);
    const before = await clients.iam.send(new GetUserCommand({ UserName }));
    account.userActions.deleteUser(UserName);
    await expectRefusal(list(), { name: 'NoSuchEntityException' });
    await expectRefusal(lastUsed(accessKeyId), { name: 'AccessDenied' });
    account.userActions.createUser(UserName);
    const after = await clients.iam.send(new GetUserCommand({ UserName }));
    expect(after.User?.UserId).not.toBe(before.User?.UserId);
    expect(await list()).toEqual([]);
  });

  it('tell which key pairs work', async () => {
    const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId: id = '', SecretAccessKey: secret = '' } = AccessKey ?? {};
    expect(account.userActions.keyWorks(id, secret)).toBe(true);
    expect(account.userActions.keyWorks(id, 'another')).toBe(false);
    account.userActions.deactivate(id);
    expect(account.userActions.keyWorks(id, secret)).toBe(false);
  });

  it('keep every secret ever made for leak tests', async () => {
    const { secretAccessKey, accessKeyId } = account.userActions.createKey(UserName);
    const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
    account.userActions.deleteKey(accessKeyId);
    expect(account.secrets).toContain(secretAccessKey);
    expect(account.secrets).toContain(AccessKey?.SecretAccessKey);
    expect(JSON.stringify(account.calls.log)).not.toContain(AccessKey?.SecretAccessKey);
  });

  it('refuse names that differ from another in case alone', () => {
    expect(() => account.userActions.createUser(UserName.toUpperCase())).toThrow(/already exists/);
  });
});

describe('IAM knobs', () => {
  it('make pages shorter than they are asked for', async () => {
    account.iam.knobs.pageSize = 1;
    const page = await clients.iam.send(new GetAccountAuthorizationDetailsCommand({}));
    account.iam.knobs.pageSize = 1000;
    expect([page.UserDetailList?.length, page.IsTruncated]).toEqual([1, true]);
  });

  it('let the list of keys lag behind: new, changed and deleted keys show later', async () => {
    const { accessKeyId: old } = account.userActions.createKey(UserName, { ageMs: DAY_MS });
    const { accessKeyId: gone } = account.userActions.createKey(UserName, { ageMs: DAY_MS });
    account.iam.knobs.listLagMs = 10_000;
    account.userActions.deleteKey(gone);
    account.userActions.deactivate(old);
    await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
    const stale = await list();
    account.clock.advance(10_001);
    const fresh = await list();
    account.iam.knobs.listLagMs = 0;
    expect(stale).toMatchObject([
      { AccessKeyId: old, Status: 'Active' },
      { AccessKeyId: gone, Status: 'Active' },
    ]);
    expect(fresh).toMatchObject([
      { AccessKeyId: old, Status: 'Inactive' },
      { AccessKeyId: expect.not.stringMatching(gone) },
    ]);
  });

  it('choose how IAM speaks of the last use of an unknown key', async () => {
    account.iam.knobs.unknownKeyLastUsed = 'NoSuchEntity';
    await expectRefusal(lastUsed('AKIAIOSFODNN7EXAMPLE'), {
      name: 'NoSuchEntityException',
      status: 404,
    });
    account.iam.knobs.unknownKeyLastUsed = 'AccessDenied';
  });
});

describe('the credential report', () => {
  const generate = async () => {
    const { State } = await clients.iam.send(new GenerateCredentialReportCommand({}));
    return State;
  };

  it('is made, is reused for four hours, and expires', async () => {
    account.clock.advance(DAY_MS);
    account.iam.report.takesMs = HOUR_MS;
    const states = [await generate(), await generate()];
    await expectRefusal(clients.iam.send(new GetCredentialReportCommand({})), {
      name: 'CredentialReportNotReadyException',
      status: 404,
    });
    account.clock.advance(HOUR_MS);
    states.push(await generate());
    account.userActions.createUser('late');
    expect(await reportRow(UserName)).toHaveLength(22);
    expect(await reportRow('late')).toEqual([]);
    account.clock.advance(3 * HOUR_MS);
    await expectRefusal(clients.iam.send(new GetCredentialReportCommand({})), {
      name: 'CredentialReportExpiredException',
      status: 410,
    });
    states.push(await generate());
    account.iam.report.takesMs = 0;
    expect(states).toEqual(['STARTED', 'INPROGRESS', 'COMPLETE', 'STARTED']);
  });

  it('tells age, status and use of both keys', async () => {
    const first = account.userActions.createKey(UserName, { ageMs: 100 * DAY_MS });
    account.userActions.createKey(UserName, { ageMs: DAY_MS, status: 'Inactive' });
    account.userActions.useKey(first.accessKeyId, Date.UTC(2030, 0, 1, 9));
    account.clock.advance(DAY_MS);
    await generate();
    const row = await reportRow(UserName);
    expect(row.slice(8, 13)).toEqual([
      'true',
      expect.stringMatching(/^2029-/),
      '2030-01-01T09:00:00+00:00',
      'us-east-1',
      's3',
    ]);
    expect(row.slice(13, 18)).toEqual([
      'false',
      expect.stringMatching(/^2030-/),
      'N/A',
      'N/A',
      'N/A',
    ]);
  });

  it('dates a key by its last change of status too', async () => {
    const { accessKeyId } = account.userActions.createKey(UserName, { ageMs: 900 * DAY_MS });
    account.userActions.deactivate(accessKeyId);
    account.clock.advance(DAY_MS);
    await generate();
    expect((await reportRow(UserName))[9]).toMatch(/^2030-/);
  });
});

describe('IAM over the wire', () => {
  it('escapes what XML would take for its own', async () => {
    const path = `/r&d/<lab>/"it's"/`;
    account.userActions.createUser('escaped', { path });
    const { User } = await clients.iam.send(new GetUserCommand({ UserName: 'escaped' }));
    expect(User?.Path).toBe(path);
  });

  it('refuses a status it does not know', async () => {
    const { accessKeyId: AccessKeyId } = account.userActions.createKey(UserName);
    const Status = 'Broken' as 'Active';
    await expectRefusal(
      clients.iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status })),
      { name: 'ValidationError', status: 400 },
    );
  });

  it('asks a role to name a user', () =>
    expectRefusal(
      clients.iam.send(new DeleteAccessKeyCommand({ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' })),
      { name: 'ValidationError', message: /Must specify userName/ },
    ));
});
