import { findTokens } from '../../src/deliveries/mail/templates/token-block.ts';
import type { Sealer } from '../../src/ports/sealer.ts';
import { readHeader } from '../../src/sealing/seal.ts';
import type { MemoryContentKeys } from './content-keys.ts';
import type { MemoryIam } from './iam.ts';
import type { MemoryMail } from './mail.ts';

/** The owners of the keys: they read their mail, and know the secrets that were handed to them. */
export class Owners {
  readonly #iam: MemoryIam;
  readonly #parameters: MemoryContentKeys;
  readonly #mail: MemoryMail;
  readonly #sealer: Sealer;
  /** Secrets by access key ID. */
  readonly #known = new Map<string, string>();
  #read = 0;
  #unopenedTokens: string[] = [];

  constructor(iam: MemoryIam, parameters: MemoryContentKeys, mail: MemoryMail, sealer: Sealer) {
    this.#iam = iam;
    this.#parameters = parameters;
    this.#mail = mail;
    this.#sealer = sealer;
  }

  /** Gives the owner a key by another way than mail: it was made by hand. */
  learn(accessKeyId: string): void {
    this.#known.set(accessKeyId, this.#iam.secretOf(accessKeyId) ?? '');
  }

  /** Whether the owner has the secret of the key. */
  knows(accessKeyId: string): boolean {
    const secret = this.#known.get(accessKeyId);
    return secret !== undefined && secret === this.#iam.secretOf(accessKeyId);
  }

  /** The user's Active keys whose secret the owner has. */
  workingKeys(userId: string): string[] {
    return this.#iam
      .keysOf(userId)
      .filter(({ accessKeyId, status }) => status === 'Active' && this.knows(accessKeyId))
      .map(({ accessKeyId }) => accessKeyId);
  }

  /** Everybody reads their mail, and opens what their parameter opens by now. */
  async readMail(): Promise<void> {
    for (const { text } of this.#mail.mailbox.slice(this.#read)) {
      this.#unopenedTokens.push(...findTokens(text));
      const clear = /aws_access_key_id = (\S+)\s+aws_secret_access_key = (\S+)/.exec(text);
      if (clear?.[1] && clear[2]) this.#known.set(clear[1], clear[2]);
    }
    this.#read = this.#mail.mailbox.length;

    const shut: string[] = [];
    for (const token of this.#unopenedTokens) {
      const pair = await this.#open(token);
      if (pair) this.#known.set(pair.accessKeyId, pair.secretAccessKey.reveal());
      else shut.push(token);
    }
    this.#unopenedTokens = shut;
  }

  /** Everybody with a mail address changes to the newest key they know, and uses it. */
  useNewestKeys(): void {
    for (const userId of this.#iam.userIds()) {
      const newest = this.workingKeys(userId).at(-1);
      if (newest !== undefined) this.#iam.useKey(newest, this.#known.get(newest));
    }
  }

  async #open(token: string) {
    const { parameterName, rotationId } = readHeader(token);
    // The user's own policy lets them read the parameter that ends in their ID.
    const content = this.#iam
      .userIds()
      .map((userId) => this.#parameters.readAs(userId, parameterName))
      .find((readable) => readable?.rotationId === rotationId);
    return content && this.#sealer.unseal(token, content.key);
  }
}
