import {
  GetAccountSendingEnabledCommand,
  GetSendQuotaCommand,
  SendEmailCommand,
} from '@aws-sdk/client-ses';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { type Clients, createClients, destroyClients, expectRefusal } from './contract.ts';

let account: LocalAccount;
let clients: Clients;

beforeEach(async () => {
  account = await startLocalAccount();
  clients = createClients(account.endpoint);
});
afterEach(async () => {
  destroyClients(clients);
  await account.close();
});

const send = (to = 'jane@example.org', Source = 'keys@example.com', SourceArn?: string) =>
  clients.ses.send(
    new SendEmailCommand({
      Source,
      SourceArn,
      Destination: { ToAddresses: [to] },
      ReplyToAddresses: ['help@example.com'],
      Message: {
        Subject: { Data: 'Schlüssel & Sorgen', Charset: 'UTF-8' },
        Body: {
          Text: { Data: 'line one\r\nline two + 100 % = &', Charset: 'UTF-8' },
          Html: { Data: '<p title="x">ü</p>', Charset: 'UTF-8' },
        },
      },
    }),
  );

describe('SES in the local account', () => {
  it('keeps a mail as it was sent', async () => {
    await send('Jane <jane@example.org>', 'Key Rotator <keys@example.com>');
    expect(account.mails).toEqual([
      {
        via: 'ses',
        from: 'Key Rotator <keys@example.com>',
        to: ['Jane <jane@example.org>'],
        replyTo: ['help@example.com'],
        subject: 'Schlüssel & Sorgen',
        text: 'line one\r\nline two + 100 % = &',
        html: '<p title="x">ü</p>',
        atMs: expect.any(Number),
      },
    ]);
  });

  it('sends nothing while sending is paused', async () => {
    account.ses.knobs.sendingPaused = true;
    await expectRefusal(send(), { name: 'AccountSendingPausedException', status: 400 });
    const { Enabled } = await clients.ses.send(new GetAccountSendingEnabledCommand({}));
    expect(Enabled).toBe(false);
    expect(account.mails).toEqual([]);
  });

  it('throttles beyond the rate of a second', async () => {
    account.ses.knobs.maxSendRate = 1;
    await send();
    await expectRefusal(send(), {
      name: 'Throttling',
      status: 400,
      message: /Maximum sending rate exceeded/,
    });
    account.clock.advance(1000);
    await send();
    expect(account.mails).toHaveLength(2);
  });

  it('throttles beyond the quota of a day', async () => {
    account.ses.knobs.max24HourSend = 1;
    await send();
    account.clock.advance(23 * 3_600_000);
    await expectRefusal(send(), { name: 'Throttling', message: /Daily message quota exceeded/ });
    account.clock.advance(3_600_000);
    await send();
    const { SentLast24Hours } = await clients.ses.send(new GetSendQuotaCommand({}));
    expect(SentLast24Hours).toBe(1);
  });

  it('rejects the recipients it is told to, whatever their name', async () => {
    account.ses.knobs.rejected.add('jane@example.org');
    await expectRefusal(send('Jane <JANE@example.org>'), { name: 'MessageRejected', status: 400 });
    await send('joe@example.org');
    expect(account.mails.map(({ to }) => to)).toEqual([['joe@example.org']]);
  });

  it.each([
    ['its address', 'keys@mail.example.com'],
    ['its domain', 'mail.example.com'],
    ['a parent of its domain', 'example.com'],
  ])('takes a sender of which %s is verified', async (_, identity) => {
    account.ses.knobs.verified = new Set([identity]);
    await send('jane@example.org', 'Key Rotator <keys@mail.example.com>');
    expect(account.mails).toHaveLength(1);
  });

  it('takes a sender of another account by the ARN of its identity', async () => {
    account.ses.knobs.verified = new Set();
    const arn = 'arn:aws:ses:us-east-1:444455556666:identity/example.net';
    await send('jane@example.org', 'keys@example.net', arn);
    expect(account.mails).toHaveLength(1);
    expect(account.calls.log[0]?.arn).toBe(arn);
  });

  it('wants recipients verified too while it is in the sandbox', async () => {
    account.ses.knobs.sandbox = true;
    account.ses.knobs.verified = new Set(['example.com']);
    await expectRefusal(send(), { name: 'MessageRejected', message: /jane@example\.org/ });
    account.ses.knobs.verified.add('jane@example.org');
    await send();
    expect(account.mails).toHaveLength(1);
  });

  it.each(['', 'no-address', 'two words@example.org', 'a@example.org\r\nBcc: b@example.org'])(
    'refuses the address %j',
    (address) => expectRefusal(send(address), { name: 'InvalidParameterValue', status: 400 }),
  );
});
