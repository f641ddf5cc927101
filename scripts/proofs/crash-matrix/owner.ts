/** The owner of the key: keeps working with the newest key they have, and opens mail late. */

import type { LocalAccount, ReceivedMail } from '../../../simulation/aws/index.ts';
import { readContentKey } from '../../../simulation/scenario/content-key.ts';
import { findTokens } from '../../../src/deliveries/mail/templates/token-block.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { readHeader, unseal } from '../../../src/sealing/seal.ts';

export class Owner {
  readonly #account: LocalAccount;
  readonly #opensAfterMs: number;
  /** Secrets by access key ID, oldest first. */
  readonly #pairs = new Map<string, string>();
  #seen = 0;
  #unopened: ReceivedMail[] = [];

  constructor(
    account: LocalAccount,
    first: { readonly accessKeyId: string; readonly secretAccessKey: string },
    opensAfterMs: number,
  ) {
    this.#account = account;
    this.#opensAfterMs = opensAfterMs;
    this.#pairs.set(first.accessKeyId, first.secretAccessKey);
  }

  /** Opens what has lain there long enough, and uses the newest key that works. */
  async work(): Promise<void> {
    const { mails, clock, userActions } = this.#account;
    this.#unopened.push(...mails.slice(this.#seen));
    this.#seen = mails.length;
    const unopened: ReceivedMail[] = [];
    for (const mail of this.#unopened) {
      const isTime = mail.atMs + this.#opensAfterMs <= clock.nowMs();
      if (!isTime || !(await this.#open(mail))) unopened.push(mail);
    }
    this.#unopened = unopened;
    const working = [...this.#pairs].filter(([id, secret]) => userActions.keyWorks(id, secret));
    const [newest] = working.at(-1) ?? [];
    if (newest !== undefined) userActions.useKey(newest);
  }

  /** @returns whether there is nothing more in it */
  async #open({ text }: ReceivedMail): Promise<boolean> {
    const plaintext = /aws_access_key_id = (\S+)\s+aws_secret_access_key = (\S+)/.exec(text);
    if (plaintext?.[1] && plaintext[2]) this.#learn(plaintext[1], plaintext[2]);
    for (const token of findTokens(text)) {
      const { parameterName, rotationId } = readHeader(token);
      const { kid, k } = readContentKey(this.#account.userActions.parameter(parameterName)) ?? {};
      if (kid !== rotationId || k === undefined) return false;
      const pair = await unseal(token, new Secret(k));
      this.#learn(pair.accessKeyId, pair.secretAccessKey.reveal());
    }
    return true;
  }

  /** A mail may come twice; its key does not get newer by that. */
  #learn(accessKeyId: string, secret: string): void {
    if (!this.#pairs.has(accessKeyId)) this.#pairs.set(accessKeyId, secret);
  }
}
