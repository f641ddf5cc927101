/**
 * The same contract against moto, a wide stand-in of AWS by other people: what both agree on is
 * likelier to be true. Start `moto_server -p 5055`, then run
 * `MOTO_ENDPOINT=http://127.0.0.1:5055 npm test -- contract-moto`.
 */

import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAccountAliasCommand,
  CreateUserCommand,
  DeleteUserCommand,
} from '@aws-sdk/client-iam';
import { VerifyEmailIdentityCommand } from '@aws-sdk/client-ses';
import { describe, it } from '@jest/globals';
import {
  type ContractTarget,
  createClients,
  describeAccountContract,
  destroyClients,
} from '../support/account/contract.ts';

/** What moto leaves out or is lenient about; in one answer it differs. */
const GAPS = new Set([
  // It makes IDs of another form, and dates with milliseconds.
  'describes a user with path, ID, ARN, date and tags',
  'tells one user with tags',
  'dates users in whole seconds',
  'lists keys without their secrets, in whole seconds',
  // It has no pages here, or their limits are not checked.
  'pages through all users, each once',
  'goes on paging after the last user shown was deleted',
  'refuses a page size beyond 1000',
  'pages through the tags of a user',
  'pages through the keys of a user',
  // It does not check tags and names, and tells tag keys by their case.
  'tells tag keys of different case as one',
  'refuses tags with a comma in a value',
  'refuses tags with an angle bracket',
  'refuses tags with a key of 129',
  'refuses tags with a value of 257',
  'refuses tags with keys that differ in case alone',
  'refuses the fifty-first tag',
  'refuses a user name that IAM does not allow',
  'refuses 4,097 bytes',
  'refuses an @ in the name',
  'refuses a plus sign in the name',
  'refuses a comma in a tag',
  'refuses a path that does not begin with a slash',
  'refuses an empty path element',
  'refuses the sixteenth level of a path',
  // It reports no root user.
  'makes a credential report with a row a user',
  // It shows what is encrypted behind a prefix.
  'shows a SecureString only with decryption',
  // It answers NoSuchEntity; IAM itself was seen to answer AccessDenied.
  'denies to tell the last use of a key that does not exist',
  // It does not know the call, or needs a container for it.
  'tells that sending is enabled',
  'tells the environment of a function by its name or ARN',
]);

async function startMoto(endpoint: string): Promise<ContractTarget> {
  await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
  const clients = createClients(endpoint);
  const { iam, ses, dynamodb } = clients;
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'example' }));
  return {
    clients,
    hands: {
      createUser: (UserName, { path, tags = {} } = {}) => {
        const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        return iam.send(new CreateUserCommand({ UserName, Path: path, Tags }));
      },
      deleteUser: (UserName) => iam.send(new DeleteUserCommand({ UserName })),
      createTable: (TableName) =>
        dynamodb.send(
          new CreateTableCommand({
            TableName,
            BillingMode: 'PAY_PER_REQUEST',
            AttributeDefinitions: [
              { AttributeName: 'user', AttributeType: 'S' },
              { AttributeName: 'ak', AttributeType: 'S' },
            ],
            KeySchema: [
              { AttributeName: 'user', KeyType: 'HASH' },
              { AttributeName: 'ak', KeyType: 'RANGE' },
            ],
          }),
        ),
      setFunction: () => Promise.reject(new Error('functions need a container here')),
      verifySender: (EmailAddress) => ses.send(new VerifyEmailIdentityCommand({ EmailAddress })),
    },
    close: async () => destroyClients(clients),
  };
}

const endpoint = process.env.MOTO_ENDPOINT;
if (endpoint) describeAccountContract('moto', () => startMoto(endpoint), GAPS);
else describe('moto', () => it.skip('is not running: set MOTO_ENDPOINT', () => {}));
