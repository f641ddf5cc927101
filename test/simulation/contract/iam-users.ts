import {
  GetAccountAuthorizationDetailsCommand,
  GetUserCommand,
  ListAccountAliasesCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  TagUserCommand,
  UntagUserCommand,
  type UserDetail,
} from '@aws-sdk/client-iam';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal, type Refusal } from '../contract.ts';

const NO_SUCH_USER: Refusal = {
  name: 'NoSuchEntityException',
  status: 404,
  message: /The user with name nobody cannot be found/,
};

export function iamUsersContract({ it, target }: ContractSuite): void {
  const iam = () => target().clients.iam;

  const allDetails = async (MaxItems: number) => {
    const users: UserDetail[] = [];
    const pages: number[] = [];
    let marker: string | undefined;
    do {
      const page = await iam().send(
        new GetAccountAuthorizationDetailsCommand({
          Filter: ['User'],
          MaxItems,
          ...(marker && { Marker: marker }),
        }),
      );
      users.push(...(page.UserDetailList ?? []));
      pages.push(page.UserDetailList?.length ?? 0);
      marker = page.IsTruncated ? page.Marker : undefined;
    } while (marker);
    return { users, pages };
  };

  it('describes a user with path, ARN, date and tags', async () => {
    await target().userActions.createUser('described', {
      path: '/team/a/',
      tags: { 'IKR:EMAIL': 'described@example.com' },
    });
    const { users } = await allDetails(1000);
    const user = users.find(({ UserName }) => UserName === 'described');
    expect(user).toMatchObject({
      Path: '/team/a/',
      UserId: expect.any(String),
      Arn: expect.stringMatching(/^arn:aws:iam::\d{12}:user\/team\/a\/described$/),
      Tags: [{ Key: 'IKR:EMAIL', Value: 'described@example.com' }],
      CreateDate: expect.any(Date),
    });
  });

  it('gives users unique IDs that begin with AIDA', async () => {
    await target().userActions.createUser('unique');
    const { users } = await allDetails(1000);
    const listed = users.find(({ UserName }) => UserName === 'unique');
    const { User } = await iam().send(new GetUserCommand({ UserName: 'unique' }));
    expect(listed?.UserId).toMatch(/^AIDA[A-Z2-7]{16,17}$/);
    expect(User?.UserId).toBe(listed?.UserId);
  });

  it('dates users in whole seconds', async () => {
    // Two of them: one may be created on the second by chance.
    for (const name of ['dated-1', 'dated-2']) await target().userActions.createUser(name);
    const { users } = await allDetails(1000);
    const dated = users.filter(({ UserName }) => UserName?.startsWith('dated-'));
    expect(dated.map(({ CreateDate }) => Number(CreateDate) % 1000)).toEqual([0, 0]);
  });

  it('pages through all users, each once', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) await target().userActions.createUser(name);
    const { users, pages } = await allDetails(2);
    const names = users.map(({ UserName }) => UserName);
    expect(names).toEqual(expect.arrayContaining(['page-1', 'page-2', 'page-3']));
    expect(new Set(names).size).toBe(names.length);
    expect(Math.max(...pages)).toBe(2);
    expect(pages.length).toBeGreaterThan(1);
  });

  it('goes on paging after the last user shown was deleted', async () => {
    for (const name of ['gone-1', 'gone-2', 'gone-3']) await target().userActions.createUser(name);
    const first = await iam().send(new ListUsersCommand({ MaxItems: 1000 }));
    const position = (first.Users ?? []).findIndex(({ UserName }) => UserName === 'gone-1');
    const page = await iam().send(new ListUsersCommand({ MaxItems: position + 1 }));
    await target().userActions.deleteUser('gone-1');
    const rest = await iam().send(new ListUsersCommand({ Marker: page.Marker, MaxItems: 1000 }));
    const names = rest.Users?.map(({ UserName }) => UserName);
    expect(names?.slice(0, 2)).toEqual(['gone-2', 'gone-3']);
  });

  it('refuses a page size beyond 1000', async () => {
    await expectRefusal(iam().send(new GetAccountAuthorizationDetailsCommand({ MaxItems: 1001 })), {
      name: 'ValidationError',
      status: 400,
    });
  });

  it('lists users without their tags', async () => {
    await target().userActions.createUser('listed', { tags: { a: 'b' } });
    const { Users } = await iam().send(new ListUsersCommand({ MaxItems: 1000 }));
    const user = Users?.find(({ UserName }) => UserName === 'listed');
    expect(user?.Arn).toMatch(/user\/listed$/);
    expect(user?.Tags).toBeUndefined();
  });

  it('tells one user with tags', async () => {
    await target().userActions.createUser('told', { tags: { 'IKR:EMAIL': 'told@example.com' } });
    const { User } = await iam().send(new GetUserCommand({ UserName: 'told' }));
    expect(User?.Tags).toEqual([{ Key: 'IKR:EMAIL', Value: 'told@example.com' }]);
  });

  it('adds, replaces and removes tags', async () => {
    await target().userActions.createUser('tagged');
    const tag = (Key: string, Value: string) =>
      iam().send(new TagUserCommand({ UserName: 'tagged', Tags: [{ Key, Value }] }));
    await tag('IKR:EMAIL', 'old@example.com');
    await tag('IKR:EMAIL', 'new+tag@example.com');
    await tag('IKR:INSTRUCTION_0', 'Grüße: see https://example.com/a_b');
    const tags = async () =>
      (await iam().send(new ListUserTagsCommand({ UserName: 'tagged' }))).Tags;
    expect(await tags()).toEqual([
      { Key: 'IKR:EMAIL', Value: 'new+tag@example.com' },
      { Key: 'IKR:INSTRUCTION_0', Value: 'Grüße: see https://example.com/a_b' },
    ]);
    await iam().send(new UntagUserCommand({ UserName: 'tagged', TagKeys: ['IKR:EMAIL'] }));
    expect((await tags())?.map(({ Key }) => Key)).toEqual(['IKR:INSTRUCTION_0']);
  });

  it('tells tag keys of different case as one', async () => {
    await target().userActions.createUser('cased', { tags: { 'IKR:EMAIL': 'a@example.com' } });
    const Tags = [{ Key: 'ikr:email', Value: 'b@example.com' }];
    await iam().send(new TagUserCommand({ UserName: 'cased', Tags }));
    const listed = await iam().send(new ListUserTagsCommand({ UserName: 'cased' }));
    expect(listed.Tags).toEqual(Tags);
  });

  it('pages through the tags of a user', async () => {
    await target().userActions.createUser('many-tags', { tags: { a: '1', b: '2', c: '3' } });
    const first = await iam().send(new ListUserTagsCommand({ UserName: 'many-tags', MaxItems: 2 }));
    expect([first.Tags?.length, first.IsTruncated]).toEqual([2, true]);
    const rest = await iam().send(
      new ListUserTagsCommand({ UserName: 'many-tags', Marker: first.Marker }),
    );
    expect(rest.Tags).toEqual([{ Key: 'c', Value: '3' }]);
  });

  const long = (length: number) => 'x'.repeat(length);
  const badTags: [what: string, tags: { Key: string; Value: string }[], refusal: Refusal][] = [
    ['a comma in a value', [{ Key: 'a', Value: 'b,c' }], { name: 'ValidationError', status: 400 }],
    ['an angle bracket', [{ Key: 'a', Value: '<b>' }], { name: 'ValidationError', status: 400 }],
    ['a key of 129', [{ Key: long(129), Value: '' }], { name: 'ValidationError', status: 400 }],
    ['a value of 257', [{ Key: 'a', Value: long(257) }], { name: 'ValidationError', status: 400 }],
    [
      'keys that differ in case alone',
      [
        { Key: 'a', Value: '1' },
        { Key: 'A', Value: '2' },
      ],
      { name: 'InvalidInputException', status: 400 },
    ],
  ];
  for (const [what, Tags, refusal] of badTags) {
    it(`refuses tags with ${what}`, async () => {
      const UserName = `bad-tags-${what.replace(/\W+/g, '-')}`;
      await target().userActions.createUser(UserName);
      await expectRefusal(iam().send(new TagUserCommand({ UserName, Tags })), refusal);
    });
  }

  it('takes keys of 128 and values of 256 characters', async () => {
    await target().userActions.createUser('long-tags');
    const Tags = [{ Key: long(128), Value: long(256) }];
    await iam().send(new TagUserCommand({ UserName: 'long-tags', Tags }));
    const listed = await iam().send(new ListUserTagsCommand({ UserName: 'long-tags' }));
    expect(listed.Tags).toEqual(Tags);
  });

  it('refuses the fifty-first tag', async () => {
    const Tags = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    await target().userActions.createUser('fifty');
    await iam().send(new TagUserCommand({ UserName: 'fifty', Tags }));
    await expectRefusal(
      iam().send(new TagUserCommand({ UserName: 'fifty', Tags: [{ Key: 'k50', Value: '' }] })),
      { name: 'LimitExceededException', status: 409 },
    );
  });

  const ofNobody: [what: string, call: () => Promise<unknown>][] = [
    ['GetUser', () => iam().send(new GetUserCommand({ UserName: 'nobody' }))],
    ['ListUserTags', () => iam().send(new ListUserTagsCommand({ UserName: 'nobody' }))],
    ['TagUser', () => iam().send(new TagUserCommand({ UserName: 'nobody', Tags: [] }))],
    ['UntagUser', () => iam().send(new UntagUserCommand({ UserName: 'nobody', TagKeys: [] }))],
  ];
  for (const [what, call] of ofNobody) {
    it(`refuses ${what} for a user that does not exist`, () => expectRefusal(call(), NO_SUCH_USER));
  }

  it('lists the alias of the account', async () => {
    const { AccountAliases } = await iam().send(new ListAccountAliasesCommand({}));
    expect(AccountAliases).toEqual(['example']);
  });
}
