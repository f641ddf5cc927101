/**
 * Every AWS call of the product but those to DynamoDB, as it is answered and as it is refused. They
 * are made in this order: some build on what earlier ones did.
 */
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GenerateCredentialReportCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetCredentialReportCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  type StatusType,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  GetAccountSendingEnabledCommand,
  GetIdentityVerificationAttributesCommand,
  GetSendQuotaCommand,
  SendEmailCommand,
} from '@aws-sdk/client-ses';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clients } from '../../../simulation/contract.ts';

/** One of two accounts that are compared: its clients, and what earlier calls told. */
export interface Side extends Clients {
  keyId: string;
}

/** Calls by what they are. */
export type Calls = Readonly<Record<string, (side: Side) => Promise<unknown>>>;

export const USER = 'side';
/** Another user, with nothing but a name. */
export const BARE_USER = 'side-bare';
export const SENDER = 'side@example.com';
export const FUNCTION = 'side';
const NO_KEY = 'AKIAIOSFODNN7EXAMPLE';
const NO_STATUS = 'Asleep' as StatusType;

const listKeys = (UserName: string) => new ListAccessKeysCommand({ UserName });
const lastUsed = (AccessKeyId: string) => new GetAccessKeyLastUsedCommand({ AccessKeyId });
const deleteKey = (AccessKeyId: string, UserName = USER) =>
  new DeleteAccessKeyCommand({ UserName, AccessKeyId });
const setStatus = (AccessKeyId: string, Status: StatusType, UserName = USER) =>
  new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status });
const createKey = (UserName = USER) => new CreateAccessKeyCommand({ UserName });
const tag = (UserName: string) =>
  new TagUserCommand({ UserName, Tags: [{ Key: 'IKR:ROTATE_AFTER_DAYS', Value: '30' }] });
const everybody = new GetAccountAuthorizationDetailsCommand({ Filter: ['User'], MaxItems: 1000 });

export const iamCalls: Calls = {
  GetAccountAuthorizationDetails: ({ iam }) => iam.send(everybody),
  ListUsers: ({ iam }) => iam.send(new ListUsersCommand({ MaxItems: 1000 })),
  'GetUser without tags': ({ iam }) => iam.send(new GetUserCommand({ UserName: BARE_USER })),
  GetUser: ({ iam }) => iam.send(new GetUserCommand({ UserName: USER })),
  'GetUser of nobody': ({ iam }) => iam.send(new GetUserCommand({ UserName: 'nobody' })),
  'ListUserTags of none': ({ iam }) => iam.send(new ListUserTagsCommand({ UserName: BARE_USER })),
  ListUserTags: ({ iam }) => iam.send(new ListUserTagsCommand({ UserName: USER })),
  'ListUserTags of nobody': ({ iam }) => iam.send(new ListUserTagsCommand({ UserName: 'nobody' })),
  TagUser: ({ iam }) => iam.send(tag(USER)),
  'ListUserTags after it': ({ iam }) => iam.send(new ListUserTagsCommand({ UserName: USER })),
  'TagUser of nobody': ({ iam }) => iam.send(tag('nobody')),
  CreateAccessKey: async (side) => {
    const answer = await side.iam.send(createKey());
    side.keyId = answer.AccessKey?.AccessKeyId ?? '';
    return answer;
  },
  'CreateAccessKey of nobody': ({ iam }) => iam.send(createKey('nobody')),
  'CreateAccessKey, the second': ({ iam }) => iam.send(createKey()),
  'CreateAccessKey, the third': ({ iam }) => iam.send(createKey()),
  'ListAccessKeys of none': ({ iam }) => iam.send(listKeys(BARE_USER)),
  ListAccessKeys: ({ iam }) => iam.send(listKeys(USER)),
  'ListAccessKeys of nobody': ({ iam }) => iam.send(listKeys('nobody')),
  GetAccessKeyLastUsed: ({ iam, keyId }) => iam.send(lastUsed(keyId)),
  'GetAccessKeyLastUsed of no key': ({ iam }) => iam.send(lastUsed(NO_KEY)),
  UpdateAccessKey: ({ iam, keyId }) => iam.send(setStatus(keyId, 'Inactive')),
  'ListAccessKeys after it': ({ iam }) => iam.send(listKeys(USER)),
  'UpdateAccessKey of nobody': ({ iam, keyId }) => iam.send(setStatus(keyId, 'Inactive', 'nobody')),
  'UpdateAccessKey of another': ({ iam, keyId }) =>
    iam.send(setStatus(keyId, 'Inactive', BARE_USER)),
  'UpdateAccessKey of no key': ({ iam }) => iam.send(setStatus(NO_KEY, 'Inactive')),
  'UpdateAccessKey to no status': ({ iam, keyId }) => iam.send(setStatus(keyId, NO_STATUS)),
  'GetCredentialReport too early': ({ iam }) => iam.send(new GetCredentialReportCommand({})),
  GenerateCredentialReport: ({ iam }) => iam.send(new GenerateCredentialReportCommand({})),
  'GenerateCredentialReport again': ({ iam }) => iam.send(new GenerateCredentialReportCommand({})),
  GetCredentialReport: ({ iam }) => iam.send(new GetCredentialReportCommand({})),
  'DeleteAccessKey of nobody': ({ iam, keyId }) => iam.send(deleteKey(keyId, 'nobody')),
  'DeleteAccessKey of another': ({ iam, keyId }) => iam.send(deleteKey(keyId, BARE_USER)),
  DeleteAccessKey: ({ iam, keyId }) => iam.send(deleteKey(keyId)),
  'ListAccessKeys with one less': ({ iam }) => iam.send(listKeys(USER)),
  'DeleteAccessKey again': ({ iam, keyId }) => iam.send(deleteKey(keyId)),
  'GetAccessKeyLastUsed of a deleted key': ({ iam, keyId }) => iam.send(lastUsed(keyId)),
  ListAccountAliases: ({ iam }) => iam.send(new ListAccountAliasesCommand({})),
};

const PARAMETER = '/side/by/side';

const put = (more: Partial<PutParameterCommandInput>) =>
  new PutParameterCommand({ Name: PARAMETER, Value: 'v', Type: 'SecureString', ...more });
const get = (Name: string) => new GetParameterCommand({ Name, WithDecryption: true });
const remove = () => new DeleteParameterCommand({ Name: PARAMETER });
const mail = (Source: string, ToAddresses = ['jane@example.org']) =>
  new SendEmailCommand({
    Source,
    Destination: { ToAddresses },
    Message: { Subject: { Data: 's' }, Body: { Text: { Data: 't' }, Html: { Data: 'h' } } },
  });
const identities = new GetIdentityVerificationAttributesCommand({
  Identities: [SENDER, 'example.net'],
});
const crowd = Array.from({ length: 51 }, (_, i) => `jane+${i}@example.org`);
const invocation = (FunctionName: string, Qualifier?: string) =>
  new InvokeCommand({ FunctionName, Qualifier, Payload: Buffer.from('{}') });

export const otherCalls: Calls = {
  GetCallerIdentity: ({ sts }) => sts.send(new GetCallerIdentityCommand({})),
  PutParameter: ({ ssm }) => ssm.send(put({})),
  'PutParameter again': ({ ssm }) => ssm.send(put({})),
  'PutParameter over it': ({ ssm }) => ssm.send(put({ Overwrite: true })),
  GetParameter: ({ ssm }) => ssm.send(get(PARAMETER)),
  'GetParameter of none': ({ ssm }) => ssm.send(get('/none')),
  DeleteParameter: ({ ssm }) => ssm.send(remove()),
  'DeleteParameter again': ({ ssm }) => ssm.send(remove()),
  Invoke: ({ lambda }) => lambda.send(invocation(FUNCTION, 'read')),
  'Invoke of none': ({ lambda }) => lambda.send(invocation('none', 'read')),
  'Invoke through an alias that is none': ({ lambda }) => lambda.send(invocation(FUNCTION, 'none')),
};

export const sesCalls: Calls = {
  GetAccountSendingEnabled: ({ ses }) => ses.send(new GetAccountSendingEnabledCommand({})),
  GetSendQuota: ({ ses }) => ses.send(new GetSendQuotaCommand({})),
  GetIdentityVerificationAttributes: ({ ses }) => ses.send(identities),
  SendEmail: ({ ses }) => ses.send(mail(SENDER)),
  'SendEmail from a stranger': ({ ses }) => ses.send(mail('stranger@example.net')),
  'SendEmail to half an address': ({ ses }) => ses.send(mail(SENDER, ['jane'])),
  'SendEmail to fifty-one': ({ ses }) => ses.send(mail(SENDER, crowd)),
  'GetSendQuota after it': ({ ses }) => ses.send(new GetSendQuotaCommand({})),
};

/** One of each call that moto can deny in the words of its service; to SSM and Lambda it speaks XML then. */
export const deniableCalls: Calls = Object.fromEntries(
  Object.entries({ ...iamCalls, ...sesCalls }).filter(([name]) => /^\w+$/.test(name)),
);
