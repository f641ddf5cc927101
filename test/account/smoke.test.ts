import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  GetAccountAuthorizationDetailsCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { type LocalAccount, startLocalAccount } from '../support/account/index.ts';
import { startLambda } from '../support/account/lambda-host.ts';
import { startMailgun } from '../support/account/mailgun.ts';
import { startSmtp } from '../support/account/smtp.ts';

let account: LocalAccount;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
beforeAll(async () => {
  account = await startLocalAccount();
  config = {
    endpoint: account.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'x' },
  };
});
afterAll(() => account.close());

describe('smoke', () => {
  it('iam', async () => {
    const iam = new IAMClient(config);
    account.hands.createUser('jane', { tags: { 'IKR:EMAIL': 'jane@example.com' } });
    const made = await iam.send(new CreateAccessKeyCommand({ UserName: 'jane' }));
    expect(
      account.hands.keyWorks(
        made.AccessKey?.AccessKeyId ?? '',
        made.AccessKey?.SecretAccessKey ?? '',
      ),
    ).toBe(true);
    const _page = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User'] }));
    const keys = await iam.send(new ListAccessKeysCommand({ UserName: 'jane' }));
    expect(keys.AccessKeyMetadata).toHaveLength(1);
    await expect(iam.send(new ListAccessKeysCommand({ UserName: 'joe' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });
  it('rest', async () => {
    const sts = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    expect(sts.Account).toBe('111122223333');
    const ssm = new SSMClient(config);
    await ssm.send(new PutParameterCommand({ Name: '/a/b', Value: 'x', Type: 'SecureString' }));
    await expect(ssm.send(new GetParameterCommand({ Name: '/a/c' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    const ses = new SESClient(config);
    await ses.send(
      new SendEmailCommand({
        Source: 'A <a@x.y>',
        Destination: { ToAddresses: ['b@x.y'] },
        Message: {
          Subject: { Data: 'Hé' },
          Body: { Text: { Data: 'a+b &' }, Html: { Data: '<b>' } },
        },
      }),
    );
    const lambda = new LambdaClient(config);
    account.setFunction('rot', { A: 'b' });
    expect(
      (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'rot' }))).Environment,
    ).toEqual({ Variables: { A: 'b' } });
    await expect(
      lambda.send(
        new GetFunctionConfigurationCommand({
          FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:no',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
  it('dynamodb', async () => {
    await account.createTable('tab');
    const db = new DynamoDBClient(config);
    await db.send(
      new PutItemCommand({
        TableName: 'tab',
        Item: { user: { S: 'u' }, ak: { S: 'k' }, delete_on: { N: '5' } },
      }),
    );
    const _error = await db
      .send(
        new UpdateItemCommand({
          TableName: 'tab',
          Key: { user: { S: 'u' }, ak: { S: 'k' } },
          UpdateExpression: 'SET v = :v',
          ConditionExpression: 'attribute_not_exists(delete_on)',
          ExpressionAttributeValues: { ':v': { N: '1' } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch((e) => e);
    expect(await account.expire('tab')).toBe(1);
  });
  it('lambda', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'x-'));
    account.clock.advance(86_400_000);
    const host = startLambda({
      entry: path.join(dir, 'index.mjs'),
      env: account.env,
      clock: account.clock,
    });
    await host.close();
    await rm(dir, { recursive: true });
  });
  it('smtp', async () => {
    const smtp = await startSmtp(account);
    const transport = createTransport({
      host: smtp.host,
      port: smtp.port,
      requireTLS: true,
      tls: { ca: smtp.ca },
      auth: { user: smtp.knobs.user, pass: smtp.knobs.password },
    });
    await transport.verify();
    await transport.sendMail({ from: 'a@b.c', to: 'd@e.f', subject: 's', text: 't', html: '<p>' });
    transport.close();
    await smtp.close();
    const mg = await startMailgun(account);
    const _r = await fetch(`${mg.url}/v3/domains/mg.example.com`, {
      headers: { authorization: `Basic ${btoa(`api:${mg.knobs.apiKey}`)}` },
    });
    await mg.close();
  });
});
