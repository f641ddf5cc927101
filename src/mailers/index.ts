/** The registry of mailers: one line a mailer. A mailer is loaded only when it is chosen. */
export const mailers = {
  ses: async () => (await import('./ses.ts')).ses,
  smtp: async () => (await import('./smtp.ts')).smtp,
  mailgun: async () => (await import('./mailgun.ts')).mailgun,
} satisfies Record<string, () => Promise<unknown>>;

export type MailerName = keyof typeof mailers;
