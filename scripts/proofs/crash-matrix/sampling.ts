import { createHash } from 'node:crypto';

/** A number that looks random and is the same for the same text. */
export function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}
