/**
 * The table's items and the journal's types: what is written, and how what is read is checked.
 * People can edit items by hand, so nothing that is read is believed.
 */
import * as z from 'zod/mini';
import { userNameOf } from '../domain/parameter-name.ts';
import type { HistoryItem, RotationRecord, Timer } from '../domain/record.ts';
import { SECOND_MS } from '../domain/time.ts';

/** Range key of the rotation record. */
export const RECORD_KEY = 'rotation';
/** Range key prefix of history items. */
export const HISTORY_PREFIX = 'history#';

/** The end of the year 9999: after it a date can't be told, nor anything reckoned from it. */
const LATEST_MS = Date.UTC(10_000, 0) - 1;
const timestamp = z.number().check(z.minimum(0), z.maximum(LATEST_MS));
const count = z.int().check(z.minimum(0));
const text = z.string();
/** The key of a timer is made of it, which must not take the record's place or the history's. */
const keyId = z.string().check(
  z.regex(/^\w*$/),
  z.refine((id) => id !== RECORD_KEY),
);
/** The functions may have more rights in SSM than they are meant to need. */
const parameterName = z.string().check(z.refine((name) => userNameOf(name) !== undefined));

const base = {
  userId: text,
  userName: text,
  userArn: text,
  address: text,
  rotationId: text,
  version: count,
  startedAtMs: timestamp,
  leaseUntilMs: timestamp,
  failures: count,
  oldKeyId: keyId,
  oldKeyCreatedAtMs: timestamp,
  parameterName,
};
const withNewKey = {
  ...base,
  newKeyId: keyId,
  newKeyCreatedAtMs: timestamp,
  sealed: text,
  instructions: text,
  deactivateOnMs: z.optional(timestamp),
  deleteOnMs: timestamp,
};
const delivered = {
  ...withNewKey,
  deliveredAtMs: timestamp,
  remindedAtMs: z.optional(timestamp),
  oldKeyGoneAtMs: z.optional(timestamp),
};
const outcome = z.enum([
  'completed',
  'failed',
  'postponed',
  'undone',
  'cancelled',
  'user-gone',
  'unused',
]);

const recordSchema = z.discriminatedUnion('state', [
  z.object({ ...base, state: z.literal('STARTED'), seenKeyIds: z.array(keyId) }),
  z.object({
    ...withNewKey,
    state: z.literal('DELIVERING'),
    attempts: count,
    failedAttempts: count,
    firstAttemptAtMs: timestamp,
    givenUpAtMs: z.optional(timestamp),
    newKeyDeactivatedAtMs: z.optional(timestamp),
    retryNotBeforeMs: z.optional(timestamp),
  }),
  z.object({
    ...base,
    state: z.literal('WITHDRAWING'),
    newKeyId: keyId,
    newKeyCreatedAtMs: timestamp,
    reason: text,
  }),
  z.object({ ...delivered, state: z.literal('SCHEDULED') }),
  z.object({ ...delivered, state: z.literal('DEACTIVATED'), deactivatedAtMs: timestamp }),
  z.object({
    ...withNewKey,
    state: z.literal('CANCELLED'),
    cancelledAtMs: timestamp,
    reason: text,
  }),
  z.object({
    ...base,
    state: z.literal('CLOSED'),
    closedAtMs: timestamp,
    outcome,
    reason: text,
    newKeyId: z.optional(keyId),
    newKeyCreatedAtMs: z.optional(timestamp),
    retryNotBeforeMs: timestamp,
  }),
]);

const timerSchema = z.object({
  user: text,
  ak: text,
  delete_on: z.number().check(z.minimum(0), z.maximum(LATEST_MS / SECOND_MS)),
  rotationId: z.optional(text),
  vetoed: z.optional(z.boolean()),
});

const historySchema = z.object({
  userId: text,
  userName: text,
  userArn: text,
  rotationId: text,
  startedAtMs: timestamp,
  closedAtMs: timestamp,
  outcome,
  reason: text,
  oldKeyId: text,
  newKeyId: z.optional(text),
  oldKeyCreatedAtMs: timestamp,
});

export type Item = Readonly<Record<string, unknown>>;

/** An item that is not what its key says. The message names the item and the field. */
export class ItemError extends Error {
  override readonly name = 'ItemError';
}

/**
 * Reads one item of many. One that was changed by hand must not stand in the way of the others: what
 * is wrong with it is added to `problems`.
 */
export function noting(problems: string[], read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ItemError)) throw error;
    problems.push(error.message);
  }
}

export function recordKey(userId: string) {
  return { user: userId, ak: RECORD_KEY };
}

/** @param writeId tells this write from every other, so that its own echo is recognised */
export function toRecordItem(record: RotationRecord, writeId: string): Item {
  return { ...recordKey(record.userId), ...record, writeId };
}

/** @throws ItemError */
export function toRecord(item: Item): RotationRecord {
  const record = check(recordSchema, item) as RotationRecord;
  // Taken for another user's, it would stand in the way of that user's own.
  if (record.userId !== item.user) throw unreadable(item, 'userId');
  return record;
}

export function toTimerItem(timer: Timer): Item {
  const { userId, oldKeyId, deleteOnEpochSeconds, rotationId, vetoed } = timer;
  return {
    user: userId,
    ak: oldKeyId,
    delete_on: deleteOnEpochSeconds,
    ...(rotationId !== undefined && { rotationId }),
    ...(vetoed && { vetoed }),
  };
}

/** @throws ItemError */
export function toTimer(item: Item): Timer {
  const { user, ak, delete_on, rotationId, vetoed } = check(timerSchema, item);
  return {
    userId: user,
    oldKeyId: ak,
    deleteOnEpochSeconds: delete_on,
    ...(rotationId !== undefined && { rotationId }),
    ...(vetoed && { vetoed }),
  };
}

export function toHistoryItem(item: HistoryItem): Item {
  const started = new Date(item.startedAtMs).toISOString();
  return { user: item.userId, ak: `${HISTORY_PREFIX}${started}`, ...item };
}

/** @throws ItemError */
export function fromHistoryItem(item: Item): HistoryItem {
  return check(historySchema, item) as HistoryItem;
}

function check<T>(schema: z.ZodMiniType<T>, item: Item): T {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'state').join(', ');
  throw unreadable(item, fields);
}

function unreadable(item: Item, fields: string): ItemError {
  return new ItemError(
    `The table's item ${String(item.user)} ${String(item.ak)} can't be read (${fields}): it was changed by hand; repair or delete it`,
  );
}
