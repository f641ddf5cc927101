import { afterEach, describe, expect, it } from '@jest/globals';
import { type Pipeline, startPipeline, TABLE } from '../../simulation/pipeline.ts';
import { DAY_MS } from '../../src/domain/time.ts';

/** An account of up to 5,000 users must be looked after in a handful of calls: they are exact. */
let pipeline: Pipeline;
afterEach(() => pipeline.close());

async function accountOf(users: number, due: number): Promise<void> {
  pipeline = await startPipeline();
  for (let index = 0; index < users; index++) {
    const name = `user-${String(index).padStart(4, '0')}`;
    pipeline.addUser(name, { keyAgeDays: index < due ? 85 : 40 });
  }
  pipeline.account.calls.reset();
}

/** What is called in every run, whoever is due. */
const everyRun = (users: number) => ({
  'iam:GetAccountAuthorizationDetails': users / 1000,
  'iam:GenerateCredentialReport': 1,
  'iam:GetCredentialReport': 1,
  'dynamodb:Scan': 1,
});
/** The keys of four users are listed in every run, however young they look. */
const AUDITED = 4;

describe('the calls of a run', () => {
  it('are 12 when none of 5,000 users is due', async () => {
    await accountOf(5000, 0);
    await pipeline.rotate();
    expect(pipeline.account.calls.counts()).toEqual({
      ...everyRun(5000),
      'iam:ListAccessKeys': AUDITED,
    });
  });

  it.each([
    { users: 1000, due: 3 },
    { users: 1000, due: 30 },
    { users: 2000, due: 30 },
  ])('grow by nine with every user who is due: $due of $users', async ({ users, due }) => {
    await accountOf(users, due);
    await pipeline.rotate();
    expect(pipeline.account.calls.counts()).toEqual({
      ...everyRun(users),
      // For the mails: the account's alias, and whether SES takes them.
      'iam:ListAccountAliases': 1,
      'ses:GetAccountSendingEnabled': 1,
      'ses:GetIdentityVerificationAttributes': 1,
      'ses:GetSendQuota': 1,
      'iam:ListAccessKeys': AUDITED + due,
      'iam:GetUser': due,
      'iam:CreateAccessKey': due,
      'ssm:PutParameter': due,
      // Begun, sealed, its timer, and delivered.
      'dynamodb:PutItem': 4 * due,
      'ses:SendEmail': due,
    });
  });
});

describe('the calls of a batch of expiries', () => {
  it.each([1, 2, 20])('are nine for each of %d keys, and two for all', async (due) => {
    await accountOf(due, due);
    await pipeline.rotate();
    for (const { userName } of pipeline.account.userActions.users()) pipeline.useNewKey(userName);
    pipeline.account.clock.advance(8 * DAY_MS);
    await pipeline.account.expire(TABLE);
    pipeline.account.calls.reset();
    await pipeline.expire();
    expect(pipeline.account.calls.counts()).toEqual({
      'iam:ListAccountAliases': 1,
      // A single key's record is read by itself.
      ...(due === 1 ? { 'dynamodb:GetItem': 1 } : { 'dynamodb:BatchGetItem': 1 }),
      'iam:ListAccessKeys': due,
      'iam:GetAccessKeyLastUsed': due,
      'iam:DeleteAccessKey': due,
      'ssm:GetParameter': due,
      'ssm:DeleteParameter': due,
      'ses:SendEmail': due,
      // Leased, its history, and closed.
      'dynamodb:PutItem': 3 * due,
    });
  });
});
