import { GenerateCredentialReportCommand, GetCredentialReportCommand } from '@aws-sdk/client-iam';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal } from '../contract.ts';

export function iamReportContract({ it, target }: ContractSuite): void {
  const iam = () => target().clients.iam;

  it('answers that there is no credential report before one is asked for', async () => {
    await expectRefusal(iam().send(new GetCredentialReportCommand({})), {
      name: 'CredentialReportNotPresentException',
      status: 410,
    });
  });

  it('makes a credential report with a row a user', async () => {
    await target().hands.createUser('reported');
    const started = await iam().send(new GenerateCredentialReportCommand({}));
    expect(started.State).toBe('STARTED');
    let { State } = started;
    while (State !== 'COMPLETE') {
      ({ State } = await iam().send(new GenerateCredentialReportCommand({})));
    }
    const report = await iam().send(new GetCredentialReportCommand({}));
    expect(report.ReportFormat).toBe('text/csv');
    const [header, root, ...rows] = Buffer.from(report.Content ?? [])
      .toString()
      .split('\n');
    expect(header?.split(',')).toEqual([
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
    ]);
    expect(root).toMatch(/^<root_account>,arn:aws:iam::\d{12}:root,/);
    const row = rows.find((line) => line.startsWith('reported,'))?.split(',');
    expect(row).toHaveLength(22);
    expect(row?.[2]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    expect(row?.slice(8, 13)).toEqual(['false', 'N/A', 'N/A', 'N/A', 'N/A']);
  });
}
