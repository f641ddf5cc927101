import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../simulation/aws/index.ts';
import { expectRefusal } from './contract.ts';
import { echoFunction } from './echo-function.ts';

let account: LocalAccount;
let userId: string;
let pair: { accessKeyId: string; secretAccessKey: string };

beforeAll(async () => {
  account = await startLocalAccount();
});
afterAll(() => account.close());
beforeEach(() => {
  ({ userId } = account.userActions.createUser('jane', { path: '/team/' }));
  pair = account.userActions.createKey('jane');
});
afterEach(() => account.userActions.deleteUser('jane'));

function config(secretAccessKey = pair.secretAccessKey) {
  const credentials = { accessKeyId: pair.accessKeyId, secretAccessKey };
  return { endpoint: account.endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 };
}

const whoAmI = async (secret?: string) => {
  const sts = new STSClient(config(secret));
  return sts.send(new GetCallerIdentityCommand({})).finally(() => sts.destroy());
};

describe('a request signed with the key of a user', () => {
  it('is let in as that user', async () => {
    expect(await whoAmI()).toMatchObject({
      Arn: 'arn:aws:iam::111122223333:user/team/jane',
      UserId: userId,
      Account: account.accountId,
    });
  });

  it('counts as a use of the key', async () => {
    expect(account.userActions.keys('jane')[0]?.lastUsedAtMs).toBeUndefined();
    await whoAmI();
    expect(account.userActions.keys('jane')[0]?.lastUsedAtMs).toBeGreaterThan(0);
  });

  it('may leave the name of its user out', async () => {
    const iam = new IAMClient(config());
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({}));
    iam.destroy();
    expect(AccessKeyMetadata).toMatchObject([{ UserName: 'jane' }]);
  });

  it('is checked with path and query as they were sent', async () => {
    account.lambda.deploy('rotator', echoFunction);
    const lambda = new LambdaClient(config());
    const arn = 'arn:aws:lambda:us-east-1:111122223333:function:rotator';
    const command = new InvokeCommand({ FunctionName: arn, Qualifier: '$LATEST' });
    const answer = await lambda.send(command);
    lambda.destroy();
    expect(answer.StatusCode).toBe(200);
  });

  it('is refused with the wrong secret, and is no use of the key', async () => {
    await expectRefusal(whoAmI('wrong'), { name: 'SignatureDoesNotMatch', status: 403 });
    expect(account.userActions.keys('jane')[0]?.lastUsedAtMs).toBeUndefined();
    expect(account.calls.log.at(-1)?.outcome).toBe('SignatureDoesNotMatch');
  });

  it.each([
    ['inactive', () => account.userActions.deactivate(pair.accessKeyId)],
    ['deleted', () => account.userActions.deleteKey(pair.accessKeyId)],
  ])('is refused once the key is %s', async (_, end) => {
    end();
    await expectRefusal(whoAmI(), { name: 'InvalidClientTokenId', status: 403 });
    const ssm = new SSMClient(config());
    await expectRefusal(ssm.send(new GetParameterCommand({ Name: '/a' })), {
      name: 'UnrecognizedClientException',
      status: 400,
    });
    ssm.destroy();
  });
});

describe('the environment of the account', () => {
  it('lets a client in as the role of the Lambdas', async () => {
    const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = account.env;
    const sts = new STSClient({
      endpoint: String(AWS_ENDPOINT_URL),
      region: String(AWS_REGION),
      credentials: {
        accessKeyId: String(AWS_ACCESS_KEY_ID),
        secretAccessKey: String(AWS_SECRET_ACCESS_KEY),
      },
    });
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    sts.destroy();
    expect(Arn).toBe('arn:aws:sts::111122223333:assumed-role/iam-key-rotator/session');
  });
});
