import type { AccountIdentity, KeyPair } from '../../../domain/identity.ts';
import type { Promised } from '../../../domain/record.ts';

/** What every mail about a rotation states. Text from tags and names is untrusted. */
export interface MailFacts extends Pick<Promised, 'deactivateOnMs' | 'deleteOnMs'> {
  readonly account: AccountIdentity;
  readonly userName: string;
  readonly oldKeyId: string;
  readonly newKeyId: string;
  /** The administrator's help text from the user's tags; empty when there is none. */
  readonly instructions: string;
  /** Whether the old key stays until the new one was used. */
  readonly requireNewKeyUsed: boolean;
  /** When the old key reaches the age limit: from then on it is not kept for an unused new key. */
  readonly ageLimitAtMs: number;
}

/** The key pair as the mail carries it. */
export type Payload =
  | {
      readonly kind: 'sealed';
      /** JWE compact serialization. */
      readonly token: string;
      readonly parameterName: string;
      readonly region: string;
    }
  | { readonly kind: 'plaintext'; readonly pair: KeyPair };

/**
 * How it stands with the old key when the mail is written:
 * - `works`: until the promised date;
 * - `kept`: that date is over, and it works only until the new key is used or the age limit comes;
 * - `inactive`: it was deactivated;
 * - `stays`: administrators took its timer back.
 */
export type OldKeyStanding = 'works' | 'kept' | 'inactive' | 'stays';

export interface NewKeyFacts extends MailFacts {
  readonly oldKey: OldKeyStanding;
  readonly payload: Payload;
  /** Set when the same key may have been mailed before, so that a second copy worries nobody. */
  readonly repeated: boolean;
}

export interface ReminderFacts extends MailFacts {
  /**
   * When the old key is deactivated even if the new key was never used; missing once that has
   * happened, because a reminder must not say then that the old key still works.
   */
  readonly deactivatedAtTheLatestMs?: number;
}

export interface DeactivatedFacts extends MailFacts {
  /** `stage`: as announced; `max-age`: it reached the age limit while the new key was unused. */
  readonly why: 'stage' | 'max-age';
}

/** A mail without its envelope. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
