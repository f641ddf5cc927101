import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLocalAccount } from '../../simulation/aws/index.ts';
import { readSignature } from '../../simulation/aws/sigv4.ts';
import { ses } from '../../src/mailers/ses.ts';
import { describeMailer, type MailerWorld, mailTo } from './contract.ts';
import { type ScriptedHttp, says, serveHttp } from './scripted-http.ts';
import { createSesMailer } from './ses-world.ts';
import { NOBODYS_PORT, problemsOf } from './world.ts';

const SOURCE_ARN = 'arn:aws:ses:eu-west-1:999988887777:identity/example.com';

async function start(): Promise<MailerWorld> {
  const account = await startLocalAccount();
  const nowhere = { ...account.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${NOBODYS_PORT}` };
  return {
    local: account,
    sending: { service: 'ses', action: 'SendEmail' },
    verifying: { service: 'ses', action: 'GetSendQuota' },
    mailer: (overrides) => createSesMailer(account.env, overrides),
    stranger: () => {
      account.faults.add({ match: { service: 'ses' }, kind: 'deny' });
      return createSesMailer(account.env);
    },
    lost: () => createSesMailer(nowhere),
    refuse: (address) => void account.ses.knobs.rejected.add(address),
    secrets: [account.env.AWS_SECRET_ACCESS_KEY ?? ''],
    close: account.close,
  };
}

describeMailer('SES', start);

describe('SES', () => {
  let server: ScriptedHttp;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await serveHttp();
    server.answer = says(
      200,
      '<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>0100-1</MessageId></SendEmailResult></SendEmailResponse>',
    );
    env = {
      AWS_ENDPOINT_URL_SES: server.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLEEXAMPLE23',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    };
  });
  afterAll(async () => {
    delete process.env.AWS_ENDPOINT_URL_SES;
    await server.close();
  });

  const requestOf = async (environment: Record<string, string>) => {
    const mailer = createSesMailer(env, {}, environment);
    expect(await mailer.send(mailTo('zoe@example.com'))).toEqual({
      kind: 'accepted',
      messageId: '0100-1',
    });
    await mailer.close();
    const [request] = server.requests.slice(-1);
    return {
      form: new URLSearchParams(request?.body.toString('utf8')),
      signature: request && readSignature(request),
    };
  };

  it("sends from the function's own Region and identity unless told otherwise", async () => {
    const { form, signature } = await requestOf({});
    expect(signature?.region).toBe('us-east-1');
    expect(form.has('SourceArn')).toBe(false);
  });

  it("sends from SES_REGION with another account's identity when told to", async () => {
    const environment = { SES_REGION: 'eu-west-1', MAIL_SOURCE_ARN: SOURCE_ARN };
    const { form, signature } = await requestOf(environment);
    expect(signature?.region).toBe('eu-west-1');
    expect(form.get('SourceArn')).toBe(SOURCE_ARN);
  });

  it("names the sender in ASCII, as SES asks for, and says what the mail's letters are", async () => {
    const { form } = await requestOf({});
    expect(form.get('Source')).toBe('=?UTF-8?B?S2V5IFLDtnRhdG9yLCBPcHM=?= <mailer@example.com>');
    for (const part of ['Subject', 'Body.Text', 'Body.Html']) {
      expect(form.get(`Message.${part}.Charset`)).toBe('UTF-8');
    }
  });

  it('names every mistake in its settings', () => {
    expect(
      problemsOf(ses.settings, { SES_REGION: 'Ireland', MAIL_SOURCE_ARN: 'arn:aws:s3:::x' }),
    ).toEqual([
      expect.stringMatching(/^SES_REGION is "Ireland"; allowed: an AWS Region/),
      expect.stringMatching(/^MAIL_SOURCE_ARN is "arn:aws:s3:::x"; allowed: the ARN of an SES/),
    ]);
    expect(
      problemsOf(ses.settings, {
        SES_REGION: 'us-gov-west-1',
        MAIL_SOURCE_ARN: 'arn:aws-us-gov:ses:us-gov-west-1:111122223333:identity/a+b@example.com',
      }),
    ).toEqual([]);
  });
});
