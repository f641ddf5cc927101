import {
  GetAccountSendingEnabledCommand,
  GetIdentityVerificationAttributesCommand,
  GetSendQuotaCommand,
  SendEmailCommand,
} from '@aws-sdk/client-ses';
import { expect } from '@jest/globals';
import { type ContractSuite, expectRefusal } from '../contract.ts';

const SENDER = 'sender@example.com';

export function sesContract({ it, target }: ContractSuite): void {
  const ses = () => target().clients.ses;
  const send = (Source: string, to: string[] = ['jane@example.org']) =>
    ses().send(
      new SendEmailCommand({
        Source,
        Destination: { ToAddresses: to },
        ReplyToAddresses: ['help@example.com'],
        Message: {
          Subject: { Data: 'Schlüssel & Sorgen', Charset: 'UTF-8' },
          Body: {
            Text: { Data: 'one + two = 3 %', Charset: 'UTF-8' },
            Html: { Data: '<p>&amp;</p>', Charset: 'UTF-8' },
          },
        },
      }),
    );

  it('sends a mail from a verified address', async () => {
    await target().userActions.verifySender(SENDER);
    const { MessageId } = await send(`Key Rotator <${SENDER}>`);
    expect(MessageId).toMatch(/^[\w-]{20,}/);
  });

  it('rejects a mail from an address that is not verified', () =>
    expectRefusal(send('stranger@example.net'), {
      name: 'MessageRejected',
      status: 400,
      message: /not verified/,
    }));

  const badRecipients: [what: string, to: string[]][] = [
    ['to an address without a domain', ['jane']],
    ['to fifty-one recipients', Array.from({ length: 51 }, (_, i) => `jane+${i}@example.org`)],
  ];
  for (const [what, to] of badRecipients) {
    it(`refuses a mail ${what}`, async () => {
      await target().userActions.verifySender(SENDER);
      await expectRefusal(send(SENDER, to), { name: 'InvalidParameterValue', status: 400 });
    });
  }

  it('tells quota, rate and what was sent', async () => {
    await target().userActions.verifySender(SENDER);
    const before = await ses().send(new GetSendQuotaCommand({}));
    await send(SENDER, ['a@example.org', 'b@example.org']);
    const after = await ses().send(new GetSendQuotaCommand({}));
    expect(Number(after.SentLast24Hours) - Number(before.SentLast24Hours)).toBe(2);
    expect(after.Max24HourSend).toBeGreaterThan(0);
    expect(after.MaxSendRate).toBeGreaterThan(0);
  });

  it('tells that sending is enabled', async () => {
    const { Enabled } = await ses().send(new GetAccountSendingEnabledCommand({}));
    expect(Enabled).toBe(true);
  });

  it('tells which identities are verified, and leaves out those it does not know', async () => {
    await target().userActions.verifySender(SENDER);
    const { VerificationAttributes } = await ses().send(
      new GetIdentityVerificationAttributesCommand({ Identities: [SENDER, 'example.net'] }),
    );
    expect(VerificationAttributes?.[SENDER]?.VerificationStatus).toBe('Success');
    expect(Object.keys(VerificationAttributes ?? {})).toEqual([SENDER]);
  });

  it('tells of no identity where it knows none', async () => {
    const { VerificationAttributes } = await ses().send(
      new GetIdentityVerificationAttributesCommand({ Identities: ['example.net'] }),
    );
    expect(VerificationAttributes).toEqual({});
  });
}
