/**
 * The sealer that the product runs with. What seals is loaded with the first content key, while that
 * is put away and before there is a key to seal: a run that finds none due, as most do, needs none
 * of it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { Secret } from '../domain/secret.ts';
import type { Sealer } from '../ports/sealer.ts';

const sealing = () => import('./seal.ts');

export const sealer: Sealer = {
  newRotationId: randomUUID,
  /** A fresh 256-bit AES key, base64url. */
  newContentKey: () => {
    // Whoever seals waits for it, and is told if it fails.
    sealing().catch(() => undefined);
    return new Secret(randomBytes(32).toString('base64url'));
  },
  seal: async (...details) => (await sealing()).seal(...details),
  unseal: async (...details) => (await sealing()).unseal(...details),
};
