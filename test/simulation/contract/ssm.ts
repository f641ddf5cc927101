import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal, type Refusal } from '../contract.ts';

const INVALID: Refusal = { name: 'ValidationException', status: 400 };
const NOT_FOUND: Refusal = { name: 'ParameterNotFound', status: 400 };

export function ssmContract({ it, target }: ContractSuite): void {
  const ssm = () => target().clients.ssm;
  const put = (Name: string, more: Partial<PutParameterCommandInput> = {}) =>
    ssm().send(new PutParameterCommand({ Name, Value: 'value', Type: 'SecureString', ...more }));
  const get = async (Name: string, WithDecryption = true) =>
    (await ssm().send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
  const remove = (Name: string) => ssm().send(new DeleteParameterCommand({ Name }));

  it('keeps a SecureString', async () => {
    const { Version } = await put('/contract/kept', { Value: '{"kty":"oct"}' });
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

  it('overwrites with the next version', async () => {
    await put('/contract/over');
    const { Version } = await put('/contract/over', { Value: 'new', Overwrite: true });
    expect(Version).toBe(2);
    expect(await get('/contract/over')).toMatchObject({ Value: 'new', Version: 2 });
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
  ];
  for (const [what, call, refusal] of ofMissing) {
    it(`refuses ${what} for a parameter that does not exist`, () => expectRefusal(call(), refusal));
  }
}
