import type { KeyPair } from '../../domain/identity.ts';
import type { Secret } from '../../domain/secret.ts';

/** What one step of a run hands to the next, and what is written down nowhere. By rotation ID. */
export interface SecretsInHand {
  keepContentKey(rotationId: string, contentKey: Secret): void;
  takeContentKey(rotationId: string): Secret;
  keepPair(rotationId: string, pair: KeyPair): void;
  /** `undefined` when the pair was created by another run: then the journal has it, sealed. */
  takePair(rotationId: string): KeyPair | undefined;
}

export function createSecretsInHand(): SecretsInHand {
  const contentKeys = new Map<string, Secret>();
  const pairs = new Map<string, KeyPair>();
  return {
    keepContentKey: (rotationId, contentKey) => void contentKeys.set(rotationId, contentKey),
    takeContentKey(rotationId) {
      const contentKey = contentKeys.get(rotationId);
      if (!contentKey) throw new Error(`rotation ${rotationId} was not prepared by this run`);
      contentKeys.delete(rotationId);
      return contentKey;
    },
    keepPair: (rotationId, pair) => void pairs.set(rotationId, pair),
    takePair(rotationId) {
      const pair = pairs.get(rotationId);
      pairs.delete(rotationId);
      return pair;
    },
  };
}
