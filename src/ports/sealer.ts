import type { KeyPair } from '../domain/identity.ts';
import type { Secret } from '../domain/secret.ts';

/** What the protected header says about a sealed key pair, so that a mix-up is noticed. */
export interface SealedHeader {
  /** The rotation's ID; the content key carries the same. */
  readonly rotationId: string;
  readonly userArn: string;
  readonly parameterName: string;
  /** The Region that the parameter is in. */
  readonly region: string;
}

/** Makes content keys and seals key pairs with them. */
export interface Sealer {
  newRotationId(): string;
  newContentKey(): Secret;
  seal(pair: KeyPair, contentKey: Secret, header: SealedHeader): Promise<string>;
  /** @throws SealError when the content key is another one, or the token was changed or cut. */
  unseal(token: string, contentKey: Secret): Promise<KeyPair>;
}
