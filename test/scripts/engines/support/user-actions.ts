/** What owners and administrators do and see on the engines. */
import { GetUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { historyPartition, recordKey, timerKey } from '../../../../src/aws/items.ts';
import { findTokens } from '../../../../src/deliveries/mail/templates/token-block.ts';
import { contentKeyNameOf } from '../../../../src/domain/content-key-name.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { unseal } from '../../../../src/sealing/seal.ts';
import type { Clients } from '../../../simulation/contract.ts';
import { engines } from './engines.ts';
import { waitFor } from './wait-for.ts';

export interface Mail {
  readonly subject: string;
  /** moto keeps the HTML part alone. */
  readonly html: string;
}

export interface Pair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export type UserActions = ReturnType<typeof createUserActions>;

/** @param accountId whose items are in the table */
export function createUserActions(
  { iam, ssm, dynamodb }: Clients,
  { TableName, accountId }: { readonly TableName: string; readonly accountId: string },
) {
  const documents = DynamoDBDocumentClient.from(dynamodb);

  const userActions = {
    /** The user's keys, oldest first, with their status. */
    async keys(UserName: string): Promise<{ id: string; status: string }[]> {
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
      return AccessKeyMetadata.map(({ AccessKeyId = '', Status = '' }) => ({
        id: AccessKeyId,
        status: Status,
      }));
    },

    /** The mails to an address, oldest first. */
    async mails(address: string): Promise<Mail[]> {
      const sent = await inspect('ses', 'Message');
      return sent
        .filter(({ destinations }) => JSON.stringify(destinations).includes(`"${address}"`))
        .map(({ subject, body }) => ({ subject: String(subject), html: String(body) }));
    },

    /**
     * The pair that the last mail with a new key holds, opened with the content key that is in SSM.
     * @throws Error when it is not the pair that moto made
     */
    async receive(userName: string, address: string): Promise<Pair> {
      const mails = await userActions.mails(address);
      const mail = mails.findLast(({ subject }) => subject.startsWith('New access key'));
      const [token = ''] = findTokens(mail?.html ?? '');
      const { User } = await iam.send(new GetUserCommand({ UserName: userName }));
      const Name = contentKeyNameOf(userName, User?.UserId ?? '');
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
      const { k } = JSON.parse(Parameter?.Value ?? '{}') as { k: string };
      const opened = await unseal(token, new Secret(k));
      const pair = {
        accessKeyId: opened.accessKeyId,
        secretAccessKey: opened.secretAccessKey.reveal(),
      };
      if ((await userActions.secretOf(pair.accessKeyId)) === pair.secretAccessKey) return pair;
      throw new Error(`the mail to ${address} holds a pair that does not exist`);
    },

    /** The secret that moto gave a key; only to be compared. */
    async secretOf(accessKeyId: string): Promise<string> {
      const keys = await inspect('iam', 'AccessKey');
      return String(keys.find((key) => key.access_key_id === accessKeyId)?.secret_access_key);
    },

    /** Signs a request with the pair: moto notes it as a use of the key. */
    async use(credentials: Pair): Promise<void> {
      const sts = new STSClient({ endpoint: engines.moto, region: 'us-east-1', credentials });
      await sts.send(new GetCallerIdentityCommand({}));
      sts.destroy();
    },

    async hasContentKey(userName: string, userId: string): Promise<boolean> {
      const Name = contentKeyNameOf(userName, userId);
      return ssm.send(new GetParameterCommand({ Name })).then(
        () => true,
        (error: Error) => {
          if (error.name !== 'ParameterNotFound') throw error;
          return false;
        },
      );
    },

    async record(userId: string): Promise<Record<string, unknown> | undefined> {
      const Key = { ...recordKey(accountId, userId) };
      return (await documents.send(new GetCommand({ TableName, Key }))).Item;
    },
    async timer(userId: string, keyId: string): Promise<Record<string, unknown> | undefined> {
      const Key = { ...timerKey(accountId, userId, keyId) };
      return (await documents.send(new GetCommand({ TableName, Key }))).Item;
    },
    /** The closed rotations of a user. */
    async history(userId: string): Promise<Record<string, unknown>[]> {
      const { Items = [] } = await documents.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'account = :history',
          ExpressionAttributeValues: { ':history': historyPartition(accountId) },
        }),
      );
      return Items.filter((item) => item.userId === userId);
    },

    /** Deletes a timer in the console. */
    deleteTimer: (userId: string, keyId: string) =>
      documents.send(
        new DeleteCommand({ TableName, Key: { ...timerKey(accountId, userId, keyId) } }),
      ),
    /** Sets the date of a timer in the console. */
    setTimer: (userId: string, keyId: string, epochSeconds: number) =>
      documents.send(
        new UpdateCommand({
          TableName,
          Key: { ...timerKey(accountId, userId, keyId) },
          UpdateExpression: 'SET delete_on = :seconds',
          ExpressionAttributeValues: { ':seconds': epochSeconds },
        }),
      ),
  };
  return userActions;
}

/**
 * What moto shows of its own state. It can't while a user is deleted whom it still remembers and no
 * other has the name.
 */
async function inspect(service: string, model: string): Promise<Record<string, unknown>[]> {
  const data = await waitFor('a view into moto', async () => {
    const answer = await fetch(`${engines.moto}/moto-api/data.json`);
    const body = await answer.text();
    return answer.ok
      ? (JSON.parse(body) as Record<string, Record<string, Record<string, unknown>[]>>)
      : undefined;
  });
  return data[service]?.[model] ?? [];
}
