import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import type { Verification } from '../../src/ports/mailer.ts';
import { mailTo } from './contract.ts';
import { createSesMailer } from './ses-world.ts';

const SOURCE_ARN = 'arn:aws:ses:eu-west-1:999988887777:identity/example.com';

describe('SES, when it verifies,', () => {
  let account: LocalAccount;

  beforeAll(async () => {
    account = await startLocalAccount();
  });
  afterAll(() => account.close());
  beforeEach(() => {
    account.faults.clear();
    account.calls.reset();
    // What was sent in an earlier test counts no longer.
    account.clock.advance(2 * 86_400_000);
    Object.assign(account.ses.knobs, {
      sendingPaused: false,
      verified: undefined,
      max24HourSend: 50_000,
      maxSendRate: 14,
    });
  });

  const verify = async (
    environment = {},
    address = 'mailer@example.com',
  ): Promise<Verification> => {
    const mailer = createSesMailer(account.env, { sender: { address } }, environment);
    const verification = await mailer.verify();
    await mailer.close();
    return verification;
  };

  it('tells what the quota leaves and how fast mails may go', async () => {
    account.ses.knobs.max24HourSend = 300;
    const mailer = createSesMailer(account.env);
    await mailer.send(mailTo('zoe@example.com'));
    expect(await mailer.verify()).toEqual({
      kind: 'accepted',
      reason: '',
      remaining: 299,
      perSecond: 14,
      warnings: [],
    });
    await mailer.close();
  });

  it('rounds what the quota leaves down', async () => {
    account.ses.knobs.max24HourSend = 2.9;
    expect(await verify()).toMatchObject({ kind: 'accepted', remaining: 2 });
  });

  it('knows no bound where the quota is unlimited', async () => {
    account.ses.knobs.max24HourSend = -1;
    const verification = await verify();
    expect(verification).toMatchObject({ kind: 'accepted', perSecond: 14 });
    expect(verification).not.toHaveProperty('remaining');
  });

  it('says that the quota is spent', async () => {
    account.ses.knobs.max24HourSend = 0;
    expect(await verify()).toMatchObject({
      kind: 'not-now',
      remaining: 0,
      reason: expect.stringContaining('quota of 0 mails'),
    });
  });

  it('warns of the sandbox', async () => {
    account.ses.knobs.max24HourSend = 200;
    const { kind, warnings } = await verify();
    expect(kind).toBe('accepted');
    expect(warnings).toEqual([expect.stringContaining('sandbox')]);
  });

  it('says that sending is paused', async () => {
    account.ses.knobs.sendingPaused = true;
    expect(await verify()).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('paused'),
    });
  });

  it.each([
    'mailer@deep.mail.example.com',
    'deep.mail.example.com',
    'mail.example.com',
    'example.com',
  ])('is content with %s verified', async (identity) => {
    account.ses.knobs.verified = new Set([identity]);
    expect(await verify({}, 'mailer@deep.mail.example.com')).toMatchObject({
      kind: 'accepted',
      warnings: [],
    });
  });

  it.each([['com'], ['other@example.com'], ['sub.example.com'], []])(
    'is not content with %s verified',
    async (...identities) => {
      account.ses.knobs.verified = new Set(identities);
      expect(await verify()).toMatchObject({
        kind: 'refused',
        reason: expect.stringMatching(/mailer@example\.com, example\.com.*MAIL_SOURCE_ARN/),
      });
    },
  );

  it("only warns where another account's identity is used", async () => {
    account.ses.knobs.verified = new Set();
    const { kind, warnings } = await verify({ MAIL_SOURCE_ARN: SOURCE_ARN });
    expect(kind).toBe('accepted');
    expect(warnings).toEqual([expect.stringContaining('MAIL_SOURCE_ARN')]);
  });

  it.each(['GetAccountSendingEnabled', 'GetSendQuota', 'GetIdentityVerificationAttributes'])(
    'only warns where %s is not allowed',
    async (action) => {
      account.faults.add({ match: { service: 'ses', action }, kind: 'deny', times: 9 });
      const { kind, warnings } = await verify();
      expect(kind).toBe('accepted');
      expect(warnings).toEqual([expect.stringContaining(`ses:${action} is not allowed`)]);
    },
  );

  it('asks again when it is throttled, as asking has no effect', async () => {
    account.faults.add({ match: { service: 'ses', action: 'GetSendQuota' }, kind: 'throttle' });
    expect(await verify()).toMatchObject({ kind: 'accepted', remaining: 50_000 });
    expect(account.calls.count('ses:GetSendQuota')).toBe(2);
  });

  it('names every problem at once', async () => {
    account.ses.knobs.sendingPaused = true;
    account.ses.knobs.verified = new Set();
    account.ses.knobs.max24HourSend = 0;
    expect(await verify()).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/paused.*; .*quota.*; .*verified identity/),
    });
  });
});
