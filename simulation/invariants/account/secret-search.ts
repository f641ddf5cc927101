/** Searches everything that is written for the secrets of an account. */
import type { LocalAccount, ReceivedMail } from '../../aws/index.ts';
import { readContentKey } from '../../scenario/content-key.ts';
import { LeakSearch } from '../checker/leaks.ts';

interface SearchedText {
  readonly where: string;
  readonly secrets: readonly string[];
}

export class SecretSearch {
  readonly #account: LocalAccount;
  readonly #encrypted: boolean;
  readonly #leaks = new LeakSearch();
  readonly #mailLeaks = new LeakSearch();

  /** @param encrypted whether no mail may hold a secret access key in plaintext */
  constructor(account: LocalAccount, encrypted: boolean) {
    this.#account = account;
    this.#encrypted = encrypted;
  }

  search(
    output: readonly string[],
    written: readonly string[],
    mails: readonly ReceivedMail[],
  ): SearchedText[] {
    this.#learn();
    const inMail = mails.map(({ subject, text, html, raw = '' }) =>
      [subject, text, html, raw].join('\n'),
    );
    const search = (texts: readonly string[], where: string, leaks = this.#leaks) =>
      texts.map((text): SearchedText => ({ where, secrets: leaks.find(text) }));
    return [
      ...search(output, 'a log, an error or a report'),
      ...search(written, 'the table'),
      ...search(inMail, 'a mail', this.#mailLeaks),
    ];
  }

  #learn(): void {
    for (const { userName, keys } of this.#account.userActions.users()) {
      for (const { accessKeyId, secretAccessKey } of keys) {
        const name = `the secret access key of ${accessKeyId} (${userName})`;
        this.#leaks.add(secretAccessKey, name);
        if (this.#encrypted) this.#mailLeaks.add(secretAccessKey, name);
      }
    }
    for (const value of this.#account.secureValues) {
      const key = readContentKey(value);
      const name = key ? `the content key of rotation ${key.kid}` : 'a SecureString';
      for (const leaks of [this.#leaks, this.#mailLeaks]) leaks.add(key?.k ?? value, name);
    }
  }
}
