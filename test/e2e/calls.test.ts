import { afterEach, describe, expect, it } from '@jest/globals';
import { openRotations, rememberUsers } from '../../simulation/known-users.ts';
import { type Pipeline, startPipeline, TABLE } from '../../simulation/pipeline.ts';
import { DAY_MS } from '../../src/domain/time.ts';

/** An account of up to 5,000 users must be looked after in a handful of calls: they are exact. */
let pipeline: Pipeline;
afterEach(() => pipeline.close());

/** Users who were seen before; the first ones are due. */
async function accountOf(users: number, due: number): Promise<void> {
  pipeline = await startPipeline();
  for (let index = 0; index < users; index++) {
    pipeline.addUser(nameOf(index), { keyAgeDays: index < due ? 85 : 40 });
  }
  await rememberUsers(pipeline.account, TABLE);
  pipeline.account.calls.reset();
}

const nameOf = (index: number) => `user-${String(index).padStart(4, '0')}`;

/** What is called in every run, whoever is due; a page of the query is 1 MB. */
const everyRun = (users: number, pages: number) => ({
  'iam:GetAccountAuthorizationDetails': Math.ceil(users / 1000),
  'iam:GenerateCredentialReport': 1,
  'iam:GetCredentialReport': 1,
  'dynamodb:Query': pages,
});
/** For people who ask when the rotator last ran. */
const LAST_RUN = 1;

describe('the calls of a run', () => {
  it('are at most 14 when none of 5,000 users is due and no rotation is open', async () => {
    await accountOf(5000, 0);
    await pipeline.rotate();
    const counts = pipeline.account.calls.counts();
    const { 'dynamodb:Query': pages = 0 } = counts;
    expect(counts).toEqual({ ...everyRun(5000, pages), 'dynamodb:PutItem': LAST_RUN });
    expect(pipeline.account.calls.log.length).toBeLessThanOrEqual(14);
  });

  it('are at most 20 in the steady state: 3,083 of 5,000 users wait for a date', async () => {
    await accountOf(5000, 0);
    const userNames = Array.from({ length: 3083 }, (_, index) => nameOf(index));
    await openRotations(pipeline.account, TABLE, { userNames, dueInDays: 5 });
    pipeline.account.calls.reset();
    const { totals } = await pipeline.rotate();
    expect(totals).toEqual({ skipped: 1917, waiting: 3083 });
    expect(pipeline.account.calls.counts()).not.toHaveProperty('iam:ListAccessKeys');
    expect(pipeline.account.calls.log.length).toBeLessThanOrEqual(20);
  });

  it.each([
    { users: 1000, due: 3 },
    { users: 1000, due: 30 },
    { users: 2000, due: 30 },
  ])('grow by nine with every user who is due: $due of $users', async ({ users, due }) => {
    await accountOf(users, due);
    await pipeline.rotate();
    const counts = pipeline.account.calls.counts();
    expect(counts).toEqual({
      ...everyRun(users, counts['dynamodb:Query'] ?? 0),
      // For the mails: the account's alias, and whether SES takes them.
      'iam:ListAccountAliases': 1,
      'ses:GetAccountSendingEnabled': 1,
      'ses:GetIdentityVerificationAttributes': 1,
      'ses:GetSendQuota': 1,
      'iam:ListAccessKeys': due,
      'iam:GetUser': due,
      'iam:CreateAccessKey': due,
      'ssm:PutParameter': due,
      // Begun, sealed, its timer, and delivered.
      'dynamodb:PutItem': 4 * due + LAST_RUN,
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
