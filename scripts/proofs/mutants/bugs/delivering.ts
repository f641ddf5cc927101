/** Bugs in what is made of the answers of mail services. */
import type { Bug } from '../bug.ts';

export const DELIVERING: readonly Bug[] = [
  {
    name: 'sends a mail again after an answer that was lost',
    breaks: 'a mail goes out once an attempt, and every attempt is in the journal',
    file: 'src/mailers/paced-mailer.ts',
    edits: [
      {
        find: "if (answer.kind !== 'not-now' || answer.quotaSpent) break;",
        replace: "if (answer.kind === 'accepted' || answer.kind === 'refused') break;",
      },
    ],
  },
  {
    name: 'sends the mail without looking at the lease again',
    breaks: 'before every effect there is a minute of lease and of time left',
    file: 'src/mailers/paced-mailer.ts',
    edits: [
      {
        find: 'if (this.#clock.nowMs() + MINUTE_MS > untilMs) {\n      return',
        replace: 'if (untilMs < 0) {\n      return',
      },
    ],
  },
  {
    name: 'takes a lost connection after the message for “nothing was sent” (SMTP)',
    breaks: 'an unknown outcome is told as unknown',
    file: 'src/mailers/smtp-answers.ts',
    edits: [{ find: '  if (handedOver) {', replace: "  if (handedOver && code === 'EMESSAGE') {" }],
  },
  {
    name: 'takes a server error for “not now” (SES)',
    breaks: 'an unknown outcome is told as unknown',
    file: 'src/mailers/ses-answers.ts',
    edits: [
      {
        find: "return { kind: 'unknown', reason: `SES answered",
        replace: "return { kind: 'not-now', reason: `SES answered",
      },
    ],
  },
  {
    name: 'takes any client error for a refusal of the mail (Mailgun)',
    breaks: 'only a definite refusal undoes a rotation',
    file: 'src/mailers/mailgun-answers.ts',
    edits: [
      {
        find: "const kind = status === 400 && message !== undefined ? 'refused' : 'unknown';",
        replace: "const kind = status >= 400 && status < 500 ? 'refused' : 'unknown';",
      },
    ],
    tests: ['test/mailers/mailgun.test.ts'],
  },
];
