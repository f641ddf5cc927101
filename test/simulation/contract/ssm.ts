import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal, type Refusal } from '../contract.ts';

const INVALID: Refusal = { name: 'ValidationException', status: 400 };
const NOT_FOUND: Refusal = { name: 'ParameterNotFound', status: 400 };
const NO_SUCH_RESOURCE: Refusal = { name: 'InvalidResourceId', status: 400 };

export function ssmContract({ it, target }: ContractSuite): void {
  const ssm = () => target().clients.ssm;
  const put = (Name: string, more: Partial<PutParameterCommandInput> = {}) =>
    ssm().send(new PutParameterCommand({ Name, Value: 'value', Type: 'SecureString', ...more }));
  const get = async (Name: string, WithDecryption = true) =>
    (await ssm().send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
  const remove = (Name: string) => ssm().send(new DeleteParameterCommand({ Name }));
  const tagsOf = async (ResourceId: string) => {
    const command = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId });
    return (await ssm().send(command)).TagList;
  };
  const addTags = (ResourceId: string, Tags: { Key: string; Value: string }[]) =>
    ssm().send(new AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId, Tags }));

  it('keeps a SecureString with its tags', async () => {
    const Tags = [{ Key: 'ikr:user-id', Value: 'AIDAEXAMPLE' }];
    const { Version } = await put('/contract/kept', { Value: '{"kty":"oct"}', Tags });
    expect(Version).toBe(1);
    expect(await get('/contract/kept')).toMatchObject({
      Name: '/contract/kept',
      Type: 'SecureString',
      Value: '{"kty":"oct"}',
      Version: 1,
      DataType: 'text',
      ARN: expect.stringMatching(/^arn:aws:ssm:us-east-1:\d{12}:parameter\/contract\/kept$/),
      LastModifiedDate: expect.any(Date),
    });
    expect(await tagsOf('/contract/kept')).toEqual(Tags);
  });

  it('shows a SecureString with decryption', async () => {
    await put('/contract/shown', { Value: 'open sesame' });
    expect((await get('/contract/shown', true))?.Value).toBe('open sesame');
  });

  it('hides a SecureString without decryption', async () => {
    await put('/contract/hidden', { Value: 'open sesame' });
    expect((await get('/contract/hidden', false))?.Value).not.toContain('open sesame');
  });

  it('finds a parameter by its ARN', async () => {
    await put('/contract/by-arn');
    const arn = (await get('/contract/by-arn'))?.ARN ?? '';
    expect((await get(arn))?.Value).toBe('value');
  });

  it('refuses to put a parameter again without overwriting', async () => {
    await put('/contract/twice');
    await expectRefusal(put('/contract/twice'), { name: 'ParameterAlreadyExists', status: 400 });
  });

  it('overwrites with the next version and keeps the tags', async () => {
    await put('/contract/over', { Tags: [{ Key: 'a', Value: 'b' }] });
    const { Version } = await put('/contract/over', { Value: 'new', Overwrite: true });
    expect(Version).toBe(2);
    expect(await get('/contract/over')).toMatchObject({ Value: 'new', Version: 2 });
    expect(await tagsOf('/contract/over')).toEqual([{ Key: 'a', Value: 'b' }]);
  });

  it('refuses tags together with overwriting', async () => {
    await put('/contract/both');
    await expectRefusal(
      put('/contract/both', { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] }),
      {
        ...INVALID,
        message: /tags and overwrite can't be used together/,
      },
    );
  });

  it('adds and replaces tags of a parameter', async () => {
    await put('/contract/tags', { Tags: [{ Key: 'a', Value: '1' }] });
    await addTags('/contract/tags', [
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ]);
    expect(await tagsOf('/contract/tags')).toEqual([
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ]);
  });

  it('deletes a parameter once', async () => {
    await put('/contract/deleted');
    await remove('/contract/deleted');
    await expectRefusal(get('/contract/deleted'), NOT_FOUND);
    await expectRefusal(remove('/contract/deleted'), NOT_FOUND);
  });

  it('starts versions anew after a deletion', async () => {
    await put('/contract/anew');
    await put('/contract/anew', { Overwrite: true });
    await remove('/contract/anew');
    expect((await put('/contract/anew')).Version).toBe(1);
  });

  it('takes 4,096 bytes', async () => {
    await put('/contract/full', { Value: 'x'.repeat(4096) });
    expect((await get('/contract/full'))?.Value).toHaveLength(4096);
  });

  const bad: [what: string, name: string, more: Partial<PutParameterCommandInput>][] = [
    ['4,097 bytes', '/contract/too-full', { Value: 'x'.repeat(4097) }],
    ['an @ in the name', '/contract/a@b', {}],
    ['a plus sign in the name', '/contract/a+b', {}],
    ['a comma in a tag', '/contract/bad-tag', { Tags: [{ Key: 'a', Value: 'b,c' }] }],
    ['a path that does not begin with a slash', 'contract/relative', {}],
    ['an empty path element', '/contract//empty', {}],
    ['a name that begins with ssm', '/ssm/name', {}],
  ];
  for (const [what, name, more] of bad) {
    it(`refuses ${what}`, () => expectRefusal(put(name, more), INVALID));
  }

  it('refuses the sixteenth level of a path', () =>
    expectRefusal(put('/a'.repeat(16)), {
      name: 'HierarchyLevelLimitExceededException',
      status: 400,
    }));

  const missing = '/contract/missing';
  const ofMissing: [what: string, call: () => Promise<unknown>, refusal: Refusal][] = [
    ['GetParameter', () => get(missing), NOT_FOUND],
    ['DeleteParameter', () => remove(missing), NOT_FOUND],
    ['AddTagsToResource', () => addTags(missing, [{ Key: 'a', Value: 'b' }]), NO_SUCH_RESOURCE],
    ['ListTagsForResource', () => tagsOf(missing), NO_SUCH_RESOURCE],
  ];
  for (const [what, call, refusal] of ofMissing) {
    it(`refuses ${what} for a parameter that does not exist`, () => expectRefusal(call(), refusal));
  }
}
