/** The mails with key pairs, and who can open them. */
import { findTokens } from '../../../src/deliveries/mail/templates/token-block.ts';
import { readHeader } from '../../../src/sealing/seal.ts';
import type { Environment } from '../../scenario/environment.ts';
import type { Opener } from '../../scenario/opener.ts';
import type { KeyFacts } from '../rules/facts.ts';

/** A key pair in a mail. */
export interface PairMail {
  readonly to: string;
  readonly keyId: string;
  /** Missing when the pair is in plaintext. */
  readonly seal?: {
    readonly parameterName: string;
    readonly rotationId: string;
    readonly contentKey: string;
  };
}

/** What tells whether a pair is the real one, and whether it can be opened. */
interface MailEnvironment {
  readonly iam: Pick<Environment['iam'], 'secretOf'>;
  readonly parameters: Pick<Environment['parameters'], 'readAs'>;
}

export class PairMails {
  readonly #byKey = new Map<string, PairMail[]>();
  readonly #environment: MailEnvironment;
  readonly #opener: Opener;
  /** Every mail address that a user's tag ever had. */
  readonly #addressesOf: (userId: string) => readonly (string | undefined)[];

  constructor(
    environment: MailEnvironment,
    opener: Opener,
    addressesOf: (userId: string) => readonly (string | undefined)[],
  ) {
    this.#environment = environment;
    this.#opener = opener;
    this.#addressesOf = addressesOf;
  }

  /** The pairs in a mail; one whose secret is not that of its key is none. */
  read(to: string, text: string): readonly PairMail[] {
    const sealed = findTokens(text).flatMap((token): PairMail[] => {
      const opened = this.#opener.open(token);
      if (!opened || !this.#isPair(opened.accessKeyId, opened.secretAccessKey)) return [];
      const { parameterName, rotationId } = readHeader(token);
      const { accessKeyId: keyId, contentKey } = opened;
      return [{ to, keyId, seal: { parameterName, rotationId, contentKey } }];
    });
    const plaintext = /aws_access_key_id = (\S+)\s+aws_secret_access_key = (\S+)/.exec(text);
    const [, keyId = '', secret = ''] = plaintext ?? [];
    return this.#isPair(keyId, secret) ? [...sealed, { to, keyId }] : sealed;
  }

  add(mail: PairMail): void {
    this.#byKey.set(mail.keyId, [...this.of(mail.keyId), mail]);
  }

  /** The mails with a key, oldest first. */
  of(keyId: string): readonly PairMail[] {
    return this.#byKey.get(keyId) ?? [];
  }

  /** Whether the owner of a key has a mail with it that can be opened now. */
  isReadable({ id, userId }: KeyFacts): boolean {
    return this.of(id).some((mail) => this.isOpenFor(mail, userId));
  }

  /** Whether a user gets this mail, and the content key that opens it. */
  isOpenFor({ to, seal }: PairMail, userId: string): boolean {
    if (!this.isFor(to, userId)) return false;
    if (!seal) return true;
    const stored = this.#environment.parameters.readAs(userId, seal.parameterName);
    return stored?.key.reveal() === seal.contentKey;
  }

  /** Whether mails to an address reach a user. */
  isFor(to: string, userId: string): boolean {
    return this.#addressesOf(userId).some((own) => own?.toLowerCase() === to.toLowerCase());
  }

  #isPair(accessKeyId: string, secretAccessKey: string): boolean {
    if (accessKeyId === '') return false;
    // Of a key that is gone nobody can tell any more.
    const secret = this.#environment.iam.secretOf(accessKeyId);
    return secret === undefined || secret === secretAccessKey;
  }
}
