import {
  CreateAccessKeyCommand,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal } from '../contract.ts';

const COLUMNS = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  'access_key_1_active',
  'access_key_1_last_rotated',
  'access_key_1_last_used_date',
  'access_key_1_last_used_region',
  'access_key_1_last_used_service',
  'access_key_2_active',
  'access_key_2_last_rotated',
  'access_key_2_last_used_date',
  'access_key_2_last_used_region',
  'access_key_2_last_used_service',
  'cert_1_active',
  'cert_1_last_rotated',
  'cert_2_active',
  'cert_2_last_rotated',
];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;

export function iamReportContract({ it, target }: ContractSuite): void {
  const iam = () => target().clients.iam;
  const generate = async () => (await iam().send(new GenerateCredentialReportCommand({}))).State;

  /** The report is made once for all tests: IAM makes one in four hours. */
  let made: Promise<string[]> | undefined;
  const make = async (): Promise<string[]> => {
    await target().userActions.createUser('reported', { path: '/team/' });
    await target().userActions.createUser('reported-keyless');
    const keys = [await createKey(), await createKey()];
    const off = { UserName: 'reported', AccessKeyId: keys[1], Status: 'Inactive' } as const;
    await iam().send(new UpdateAccessKeyCommand(off));
    let state = await generate();
    expect(state).toBe('STARTED');
    while (state !== 'COMPLETE') state = await generate();
    const { ReportFormat, Content } = await iam().send(new GetCredentialReportCommand({}));
    expect(ReportFormat).toBe('text/csv');
    return Buffer.from(Content ?? [])
      .toString()
      .split('\n');
  };
  const createKey = async () => {
    const { AccessKey } = await iam().send(new CreateAccessKeyCommand({ UserName: 'reported' }));
    return AccessKey?.AccessKeyId;
  };
  const report = () => {
    made ??= make();
    return made;
  };
  /** The cells of a user by column. */
  const rowOf = async (user: string): Promise<Record<string, string | undefined>> => {
    const row = (await report()).find((line) => line.startsWith(`${user},`))?.split(',');
    expect(row).toHaveLength(COLUMNS.length);
    return Object.fromEntries(COLUMNS.map((column, i) => [column, row?.[i]]));
  };

  it('answers that there is no credential report before one is asked for', () =>
    expectRefusal(iam().send(new GetCredentialReportCommand({})), {
      name: 'CredentialReportNotPresentException',
      status: 410,
    }));

  it('makes a credential report with the columns that are documented', async () => {
    const [header] = await report();
    expect(header?.split(',')).toEqual(COLUMNS);
  });

  it('begins the credential report with the root user', async () => {
    const [, root] = await report();
    expect(root).toMatch(/^<root_account>,arn:aws:iam::\d{12}:root,/);
  });

  it('reports every user with ARN and date', async () => {
    expect(await rowOf('reported')).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:iam::\d{12}:user\/team\/reported$/),
      user_creation_time: expect.stringMatching(TIME),
      password_enabled: 'false',
      mfa_active: 'false',
    });
    expect(await rowOf('reported-keyless')).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:iam::\d{12}:user\/reported-keyless$/),
    });
  });

  it('reports both keys of a user, with their last change and no use', async () => {
    expect(await rowOf('reported')).toMatchObject({
      access_key_1_active: 'true',
      access_key_1_last_rotated: expect.stringMatching(TIME),
      access_key_1_last_used_date: 'N/A',
      access_key_2_active: 'false',
      access_key_2_last_rotated: expect.stringMatching(TIME),
      access_key_2_last_used_date: 'N/A',
    });
  });

  it('reports no key as one that is not active and was never changed', async () => {
    expect(await rowOf('reported-keyless')).toMatchObject({
      access_key_1_active: 'false',
      access_key_1_last_rotated: 'N/A',
      access_key_1_last_used_date: 'N/A',
      access_key_2_active: 'false',
      access_key_2_last_rotated: 'N/A',
      access_key_2_last_used_date: 'N/A',
    });
  });

  it('says N/A in the credential report where there is nothing to tell', async () => {
    expect(await rowOf('reported')).toMatchObject({
      password_last_used: 'N/A',
      password_last_changed: 'N/A',
      password_next_rotation: 'N/A',
      access_key_1_last_used_region: 'N/A',
      access_key_1_last_used_service: 'N/A',
      access_key_2_last_used_region: 'N/A',
      access_key_2_last_used_service: 'N/A',
    });
  });
}
