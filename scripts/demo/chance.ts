import { createHash } from 'node:crypto';

/**
 * A number from 0 to (not including) 1 that looks random, and is the same for the same words:
 * nothing depends on the order in which things are asked for.
 */
export function chance(seed: number, ...words: readonly (string | number)[]): number {
  const digest = createHash('sha256')
    .update([seed, ...words].join('\n'))
    .digest();
  return digest.readUInt32BE() / 2 ** 32;
}
