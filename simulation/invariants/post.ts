/** Opens every mail, and so knows whose secret was handed over, and when. */
import { findTokens } from '../../src/deliveries/mail/templates/token-block.ts';
import { Secret } from '../../src/domain/secret.ts';
import { readHeader, unseal } from '../../src/sealing/seal.ts';
import type { LocalAccount, ReceivedMail } from '../aws/index.ts';
import type { Key, UserView } from './model.ts';

/** A key pair that came with a mail. */
export interface HandedOver {
  readonly key: Key;
  readonly atMs: number;
}

export class Post {
  readonly #account: LocalAccount;
  #cursor: number;

  constructor(account: LocalAccount) {
    this.#account = account;
    this.#cursor = account.mails.length;
  }

  /** The mails since the last call, and the pairs in them that reached their owners. */
  async take(
    users: ReadonlyMap<string, UserView>,
    keyOf: (id: string) => Key | undefined,
  ): Promise<{ mails: readonly ReceivedMail[]; handedOver: readonly HandedOver[] }> {
    const mails = this.#account.mails.slice(this.#cursor);
    this.#cursor = this.#account.mails.length;
    const handedOver: HandedOver[] = [];
    for (const mail of mails) {
      const keys = [...(await this.#sealedIn(mail, keyOf)), ...inClear(mail, users)];
      for (const key of keys) {
        const addresses = users.get(key.userId)?.addresses;
        if (mail.to.some((address) => addresses?.has(address.toLowerCase()))) {
          handedOver.push({ key, atMs: mail.atMs });
        }
      }
    }
    return { mails, handedOver };
  }

  async #sealedIn(
    mail: ReceivedMail,
    keyOf: (id: string) => Key | undefined,
  ): Promise<readonly Key[]> {
    const keys: Key[] = [];
    for (const token of findTokens(mail.text)) {
      const contentKey = this.#contentKeyOf(readHeader(token).rotationId);
      if (!contentKey) continue;
      const pair = await unseal(token, new Secret(contentKey)).catch(() => undefined);
      const key = pair && keyOf(pair.accessKeyId);
      if (key && key.secret === pair.secretAccessKey.reveal()) keys.push(key);
    }
    return keys;
  }

  /** The content key of a rotation, from all that were ever put into SSM. */
  #contentKeyOf(rotationId: string): string | undefined {
    return [...this.#account.secureValues].map(readJwk).findLast((jwk) => jwk?.kid === rotationId)
      ?.k;
  }
}

/** The content key in a parameter's value, if it is one. */
export function readJwk(value: string): { kid?: string; k?: string } | undefined {
  try {
    const json: unknown = JSON.parse(value);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

function inClear(mail: ReceivedMail, users: ReadonlyMap<string, UserView>): Key[] {
  if (!mail.text.includes('aws_secret_access_key')) return [];
  return [...users.values()].flatMap(({ keys }) =>
    keys.filter(({ secret }) => mail.text.includes(secret)),
  );
}
