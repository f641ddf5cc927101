/** The registry of deliveries: one line a delivery. A delivery is loaded only when it is chosen. */
export const deliveries = {
  mail: async () => (await import('./mail/index.ts')).mail,
} satisfies Record<string, () => Promise<unknown>>;
