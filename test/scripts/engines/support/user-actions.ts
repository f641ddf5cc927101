/** What owners and administrators do and see on the engines. */
import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { findTokens } from '../../../../src/deliveries/mail/templates/token-block.ts';
import { parameterNameOf } from '../../../../src/domain/parameter-name.ts';
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

export function createUserActions({ iam, ssm, dynamodb }: Clients, TableName: string) {
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
      const { Parameter } = await ssm.send(
        new GetParameterCommand({ Name: parameterNameOf(userName), WithDecryption: true }),
      );
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

    async hasParameter(userName: string): Promise<boolean> {
      return ssm.send(new GetParameterCommand({ Name: parameterNameOf(userName) })).then(
        () => true,
        (error: Error) => {
          if (error.name !== 'ParameterNotFound') throw error;
          return false;
        },
      );
    },

    /** A user's items by their range key. */
    async items(userId: string): Promise<Record<string, Record<string, unknown>>> {
      const { Items = [] } = await documents.send(new ScanCommand({ TableName }));
      return Object.fromEntries(
        Items.filter(({ user }) => user === userId).map((item) => [String(item.ak), item]),
      );
    },
    async record(userId: string): Promise<Record<string, unknown> | undefined> {
      return (await userActions.items(userId)).rotation;
    },

    /** Deletes an item in the console. */
    deleteItem: (user: string, ak: string) =>
      documents.send(new DeleteCommand({ TableName, Key: { user, ak } })),
    /** Sets the date of a timer in the console. */
    setTimer: (user: string, ak: string, epochSeconds: number) =>
      documents.send(
        new UpdateCommand({
          TableName,
          Key: { user, ak },
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
