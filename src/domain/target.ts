/** Where a key pair is delivered to, and how: one member of the union for each delivery. */
import * as z from 'zod/mini';

export const targetSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('mail'),
    address: z.string(),
    /** As JWE under the content key, or readable by whoever reads the mail. */
    form: z.enum(['sealed', 'plaintext']),
  }),
]);

export type Target = Readonly<z.output<typeof targetSchema>>;

/** The target as reasons and reports name it. */
export function describeTarget(target: Target): string {
  return target.address;
}

export function isSameTarget(a: Target, b: Target): boolean {
  return a.kind === b.kind && a.address === b.address;
}
