/**
 * What the rotator function answers to a command, as the function writes it and the command line
 * reads it. Fields and codes may be added within one schema number: an older command line leaves
 * out the fields that it does not know, and shows a code that it does not know with its text.
 */
import * as z from 'zod/mini';

/** Counts the changes after which an older command line can't read an answer. */
export const ANSWER_SCHEMA = 1;

const text = z.string();
const moment = z.iso.datetime();
const optionalText = z.optional(text);
const optionalMoment = z.optional(moment);

/** A code for programs, and what it says to people. */
const coded = z.object({ code: text, text });
export type Coded = z.output<typeof coded>;

/** Around every answer. Its shape is the same in every schema, so that versions can be compared. */
export const envelope = z.object({
  schema: z.int(),
  /** The version of the function. */
  version: text,
  result: z.optional(z.unknown()),
  /** The command was understood or not, and was not carried out. */
  refusal: z.optional(z.object({ code: text, message: text })),
});
export type Answer = z.output<typeof envelope>;

const rotation = z.object({
  state: text,
  rotationId: text,
  startedAt: moment,
  oldKeyId: text,
  newKeyId: optionalText,
  newKeyUsed: z.optional(z.boolean()),
  deliveredAt: optionalMoment,
  deliveredTo: optionalText,
  deactivateOn: optionalMoment,
  deleteOn: optionalMoment,
  leaseUntil: optionalMoment,
  parameterName: text,
});

const userStatus = z.object({
  userName: text,
  userId: text,
  address: optionalText,
  keys: z.array(z.object({ accessKeyId: text, status: text, createdAt: moment })),
  /** What happens next. */
  next: coded,
  /** When; missing when that is up to somebody. */
  at: optionalMoment,
  /** What is in the way, or needs a person. */
  warnings: z.array(coded),
  rotation: z.optional(rotation),
});
export type UserStatus = z.output<typeof userStatus>;

export const statusAnswer = z.object({
  at: moment,
  /** Users of the account, managed or not. */
  accountUsers: z.int(),
  /** Users who are listed, on all pages. */
  listed: z.int(),
  users: z.array(userStatus),
  /** Who was asked for and is not listed. */
  missing: z.array(z.object({ user: text, code: text, text })),
  problems: z.array(text),
  next: optionalText,
});
export type StatusAnswer = z.output<typeof statusAnswer>;

const historyItem = z.object({
  userId: text,
  userName: text,
  userArn: text,
  outcome: text,
  code: text,
  reason: text,
  startedAt: moment,
  closedAt: moment,
  oldKeyId: text,
  oldKeyCreatedAt: moment,
  newKeyId: optionalText,
  rotationId: text,
});
export type HistoryFacts = z.output<typeof historyItem>;

export const historyAnswer = z.object({
  items: z.array(historyItem),
  /** What can't be read. */
  problems: z.array(text),
  next: optionalText,
});
export type HistoryAnswer = z.output<typeof historyAnswer>;

const reportRow = z.object({
  userName: text,
  userId: text,
  outcome: text,
  code: optionalText,
  reason: text,
  /** What a run would do that is no dry run. */
  action: optionalText,
  oldKeyId: optionalText,
  newKeyId: optionalText,
  dueAt: optionalMoment,
  keyCreatedAt: optionalMoment,
});
export type AnsweredRow = z.output<typeof reportRow>;

export const reportAnswer = z.object({
  startedAt: moment,
  finishedAt: moment,
  dryRun: z.boolean(),
  users: z.int(),
  rows: z.array(reportRow),
  /** Rows for which there was no room. */
  omittedRows: z.optional(z.int()),
  totals: z.record(text, z.int()),
  figures: z.looseObject({}),
  problems: z.array(text),
  notes: z.array(text),
});
export type ReportAnswer = z.output<typeof reportAnswer>;

/** Where the last run of the account stands. */
export const runAnswer = z.object({
  /** Missing when none was recorded. */
  run: z.optional(
    z.object({
      /** Missing for a scheduled run. */
      requestId: optionalText,
      askedBy: optionalText,
      startedAt: moment,
      finishedAt: optionalMoment,
      done: z.int(),
      total: z.int(),
      totals: z.optional(z.record(text, z.int())),
      /** Why the run ended without a report. */
      error: optionalText,
      /** Only to whom names its request ID. */
      report: z.optional(reportAnswer),
    }),
  ),
  /** The function's time, against which the moments are to be held. */
  at: moment,
});
export type RunAnswer = z.output<typeof runAnswer>;

/** Every result of `resend` and `cancel` says whom it is about. */
const about = { userName: text, userId: text, result: text };

export const cancelAnswer = z.object({
  ...about,
  state: optionalText,
  oldKeyId: optionalText,
  newKeyId: optionalText,
  cancelledAt: optionalMoment,
  reason: optionalText,
  leaseUntil: optionalMoment,
  /** The timer could not be removed; the next run does that. */
  timerLeft: z.optional(z.boolean()),
});
export type CancelAnswer = z.output<typeof cancelAnswer>;

export const resendAnswer = z.object({
  ...about,
  address: optionalText,
  state: optionalText,
  oldKeyId: optionalText,
  newKeyId: optionalText,
  deactivateOn: optionalMoment,
  deleteOn: optionalMoment,
  /** The row of a rotation that was not delivered before. */
  outcome: optionalText,
  dueAt: optionalMoment,
  /** The mailer's answer, when it did not accept the mail. */
  answer: optionalText,
  reason: optionalText,
  /** Why no mail was sent: a code, and what it is about. */
  why: optionalText,
  detail: optionalText,
});
export type ResendAnswer = z.output<typeof resendAnswer>;
