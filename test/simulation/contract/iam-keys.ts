import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  ListAccessKeysCommand,
  type StatusType,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal, type Refusal } from '../contract.ts';

const UNKNOWN_KEY = 'AKIAIOSFODNN7EXAMPLE';
const NO_SUCH_USER: Refusal = { name: 'NoSuchEntityException', status: 404 };
const NO_SUCH_KEY: Refusal = {
  name: 'NoSuchEntityException',
  status: 404,
  message: /The Access Key with id AKIA\w+ cannot be found/,
};

export function iamKeysContract({ it, target }: ContractSuite): void {
  const iam = () => target().clients.iam;
  const create = async (UserName: string) => {
    const { AccessKey } = await iam().send(new CreateAccessKeyCommand({ UserName }));
    if (!AccessKey) throw new Error('no key');
    return AccessKey;
  };
  const list = async (UserName: string) =>
    (await iam().send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata ?? [];
  const setStatus = (UserName: string, AccessKeyId: string, Status: StatusType) =>
    iam().send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }));

  it('creates a key pair that looks real', async () => {
    await target().userActions.createUser('creates');
    expect(await create('creates')).toMatchObject({
      UserName: 'creates',
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      Status: 'Active',
      CreateDate: expect.any(Date),
    });
  });

  it('takes user names with every character IAM allows', async () => {
    const name = 'a+b=c,d.e@f-g_h';
    await target().userActions.createUser(name);
    const key = await create(name);
    expect(await list(name)).toMatchObject([{ AccessKeyId: key.AccessKeyId, UserName: name }]);
  });

  it('lists keys without their secrets', async () => {
    await target().userActions.createUser('lists');
    const key = await create('lists');
    expect(await list('lists')).toEqual([
      {
        UserName: 'lists',
        AccessKeyId: key.AccessKeyId,
        Status: 'Active',
        CreateDate: expect.any(Date),
      },
    ]);
  });

  it('dates keys in whole seconds', async () => {
    await target().userActions.createUser('dates');
    // Two of them: one may be created on the second by chance.
    const created = [await create('dates'), await create('dates')];
    const dates = [...created, ...(await list('dates'))].map(({ CreateDate }) =>
      Number(CreateDate),
    );
    expect(dates.map((atMs) => atMs % 1000)).toEqual([0, 0, 0, 0]);
  });

  it('lists no keys for a user without any', async () => {
    await target().userActions.createUser('keyless');
    expect(await list('keyless')).toEqual([]);
  });

  it('pages through the keys of a user', async () => {
    await target().userActions.createUser('two-pages');
    const keys = [await create('two-pages'), await create('two-pages')];
    const first = await iam().send(
      new ListAccessKeysCommand({ UserName: 'two-pages', MaxItems: 1 }),
    );
    expect(first.IsTruncated).toBe(true);
    const second = await iam().send(
      new ListAccessKeysCommand({ UserName: 'two-pages', MaxItems: 1, Marker: first.Marker }),
    );
    expect(second.IsTruncated).toBe(false);
    const listed = [...(first.AccessKeyMetadata ?? []), ...(second.AccessKeyMetadata ?? [])];
    expect(listed.map(({ AccessKeyId }) => AccessKeyId).sort()).toEqual(
      keys.map(({ AccessKeyId }) => AccessKeyId).sort(),
    );
  });

  it('refuses a third key, active or not', async () => {
    await target().userActions.createUser('third');
    const key = await create('third');
    await create('third');
    await setStatus('third', key.AccessKeyId ?? '', 'Inactive');
    await expectRefusal(create('third'), {
      name: 'LimitExceededException',
      status: 409,
      message: /Cannot exceed quota for AccessKeysPerUser: 2/,
    });
  });

  it('deactivates and activates a key', async () => {
    await target().userActions.createUser('switches');
    const { AccessKeyId = '' } = await create('switches');
    await setStatus('switches', AccessKeyId, 'Inactive');
    expect(await list('switches')).toMatchObject([{ Status: 'Inactive' }]);
    await setStatus('switches', AccessKeyId, 'Active');
    expect(await list('switches')).toMatchObject([{ Status: 'Active' }]);
  });

  it('deletes a key once', async () => {
    await target().userActions.createUser('deletes');
    const { AccessKeyId } = await create('deletes');
    const remove = () =>
      iam().send(new DeleteAccessKeyCommand({ UserName: 'deletes', AccessKeyId }));
    await remove();
    expect(await list('deletes')).toEqual([]);
    await expectRefusal(remove(), NO_SUCH_KEY);
  });

  it('tells whose an unused key is, with no date of use', async () => {
    await target().userActions.createUser('unused');
    const { AccessKeyId } = await create('unused');
    const answer = await iam().send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    expect(answer.UserName).toBe('unused');
    expect(answer.AccessKeyLastUsed).toEqual({ ServiceName: 'N/A', Region: 'N/A' });
  });

  it('denies to tell the last use of a key that does not exist', () =>
    expectRefusal(iam().send(new GetAccessKeyLastUsedCommand({ AccessKeyId: UNKNOWN_KEY })), {
      name: 'AccessDenied',
      status: 403,
    }));

  it('refuses to touch a key under the name of another user', async () => {
    await target().userActions.createUser('owner');
    await target().userActions.createUser('stranger');
    const { AccessKeyId = '' } = await create('owner');
    await expectRefusal(setStatus('stranger', AccessKeyId, 'Inactive'), NO_SUCH_KEY);
  });

  const key = { UserName: 'some-user', AccessKeyId: UNKNOWN_KEY };
  const ofUnknownKey: [what: string, call: () => Promise<unknown>][] = [
    ['DeleteAccessKey', () => iam().send(new DeleteAccessKeyCommand(key))],
    [
      'UpdateAccessKey',
      () => iam().send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' })),
    ],
  ];
  for (const [what, call] of ofUnknownKey) {
    it(`refuses ${what} for a key that does not exist`, async () => {
      await target().userActions.createUser('some-user');
      await expectRefusal(call(), NO_SUCH_KEY).finally(() =>
        target().userActions.deleteUser('some-user'),
      );
    });
  }

  const UserName = 'nobody';
  const ofNobody: [what: string, call: () => Promise<unknown>][] = [
    ['ListAccessKeys', () => list(UserName)],
    ['CreateAccessKey', () => create(UserName)],
    [
      'DeleteAccessKey',
      () => iam().send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: UNKNOWN_KEY })),
    ],
    ['UpdateAccessKey', () => setStatus(UserName, UNKNOWN_KEY, 'Inactive')],
  ];
  for (const [what, call] of ofNobody) {
    it(`refuses ${what} for a user that does not exist`, () => expectRefusal(call(), NO_SUCH_USER));
  }

  it('refuses a user name that IAM does not allow', () =>
    expectRefusal(list('a/b'), { name: 'ValidationError', status: 400 }));
}
