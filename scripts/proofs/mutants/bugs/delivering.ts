/** Bugs in the delivery of a sealed pair: `src/rotation/deliver.ts`, `resend.ts`, the mailers. */
import type { Bug } from '../bug.ts';

const DELIVER = 'src/rotation/deliver.ts';
const RESEND = 'src/rotation/resend.ts';

export const DELIVERING: readonly Bug[] = [
  {
    name: 'puts the timer after it has written SCHEDULED',
    breaks: 'a rotation that is SCHEDULED has a timer',
    file: DELIVER,
    edits: [
      {
        find: '  await rearm(scheduled, nextStepAtMs(scheduled), run);\n  await held.release<ScheduledRecord>(scheduled);\n',
        replace:
          '  await held.release<ScheduledRecord>(scheduled);\n  await rearm(scheduled, nextStepAtMs(scheduled), run);\n',
      },
    ],
  },
  {
    name: 'schedules the old key before the mail was accepted',
    breaks: 'no old key is deleted before its successor was handed over',
    file: DELIVER,
    edits: [
      {
        find: '  const answer = await run.postman.send(mail,',
        replace: `  const done = await schedule(held, run, 'the new key was mailed');
  const answer = await run.postman.send(mail,`,
      },
      {
        find: "if (answer.kind === 'accepted') return schedule(held, run, 'the new key was mailed');",
        replace: "if (answer.kind === 'accepted') return done;",
      },
    ],
  },
  {
    name: 'withdraws the new key when nobody knows whether its mail arrived',
    breaks: 'a key that may have been handed over is not undone',
    file: DELIVER,
    edits: [
      {
        find: "  if (answer.kind === 'unknown') {\n    await held.release<DeliveringRecord>(record);\n",
        replace:
          "  if (answer.kind === 'unknown') {\n    if (record.attempts > 0) return withdraw(held, answer.reason, run);\n    await held.release<DeliveringRecord>(record);\n",
      },
    ],
  },
  {
    name: 'withdraws the new key after a refusal although an earlier mail may have arrived',
    breaks: 'a key that may have been handed over is not undone',
    file: DELIVER,
    edits: [
      {
        find: 'if (keys && settled.failedAttempts === settled.attempts) {',
        replace: 'if (keys && settled.failedAttempts <= settled.attempts) {',
      },
    ],
  },
  {
    name: 'takes a refused key back although the user has no other that is active',
    breaks: 'a sealed pair that its user has nothing but is kept and delivered',
    file: DELIVER,
    edits: [
      {
        find: '  if (keys && isOnlyActive(keys, newKeyId)) {',
        replace: '  if (keys?.length === 1 && isOnlyActive(keys, newKeyId)) {',
      },
    ],
  },
  {
    name: 'counts an attempt of unknown outcome as one that failed',
    breaks: 'a key that may have been handed over is not undone',
    file: DELIVER,
    edits: [
      {
        find: "  if (answer.kind === 'unknown') {\n    await held.release<DeliveringRecord>(record);\n",
        replace:
          "  if (answer.kind === 'unknown') {\n    await held.release<DeliveringRecord>({ ...record, failedAttempts: record.failedAttempts + 1 });\n",
      },
    ],
  },
  {
    name: 'leaves an accepted mail for the next run to note, which sends it again',
    breaks: 'a mail that was accepted is not sent again',
    file: DELIVER,
    edits: [
      {
        find: "  if (answer.kind === 'accepted') return schedule(held, run, 'the new key was mailed');\n",
        replace: `  if (answer.kind === 'accepted') {
    await held.release<DeliveringRecord>(record);
    return row(record, 'rotated', 'the new key was mailed');
  }
`,
      },
    ],
  },
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
    name: 'takes the new key back without writing WITHDRAWING first',
    breaks: 'a withdrawal that was cut off is finished, and backs off',
    file: DELIVER,
    edits: [
      {
        find: '  return finishWithdrawal(\n    await held.advance<WithdrawingRecord>({',
        replace: `  const target = { userName: kept.userName, accessKeyId: kept.newKeyId };
  const keys = (await run.keys.list(kept.userName)) ?? [];
  await deleteKey(held, { ...target, keys }, run);
  return finishWithdrawal(
    await held.advance<WithdrawingRecord>({`,
      },
    ],
  },
  {
    name: 'withdraws a new key that turns out to be in use',
    breaks: 'no key is deleted that works for its owner',
    file: DELIVER,
    edits: [
      {
        find: "if (owner.kind === 'found' && owner.lastUsedAtMs !== undefined) {",
        replace: "if (owner.kind === 'found' && owner.lastUsedAtMs === 0) {",
      },
    ],
    tests: ['test/rotation/resume-delivered.test.ts'],
  },
  {
    name: 'takes “no such key” for deleted while IAM does not know the new key yet',
    breaks: 'a key whose secret was never handed over goes',
    file: DELIVER,
    edits: [
      {
        find: "if (answer === 'gone' && !isSettled) {",
        replace: "if (answer === 'gone' && !isSettled && record.failures < 0) {",
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
    name: 'resends while another run is at work on the rotation',
    breaks: 'a second run at the same time changes nothing',
    file: RESEND,
    edits: [
      {
        find: "  if (isLeased(record, run.clock.nowMs())) return no('leased', record.state);\n",
        replace: '',
      },
      {
        find: 'await Held.claim<Kept>(record, run);',
        replace: 'await Held.claim<Kept>({ ...record, leaseUntilMs: 0 }, run);',
      },
    ],
    tests: ['test/rotation/commands/resend.test.ts'],
  },
  {
    name: 'keeps the lease after a mail that was sent again',
    breaks: 'a veto or the destruction is not held up by a mail that only repeats',
    file: RESEND,
    edits: [
      {
        find: 'await held.release<Kept>(told).catch(',
        replace: 'await held.advance<Kept>(told).catch(',
      },
    ],
    tests: ['test/rotation/commands/resend.test.ts'],
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
