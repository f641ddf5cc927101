/**
 * The records of the table's stream, as Lambda hands them over.
 *
 * A removal by the TTL service carries a `userIdentity` of the DynamoDB service; a person's
 * deletion carries none
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html).
 * The event source mapping filters as well, but what decides over a key is checked here.
 */
import * as z from 'zod/mini';
import { isAccountPartition, readRangeKey } from '../aws/items.ts';
import type { Timer } from '../domain/record.ts';

export type StreamItem =
  /** The TTL service removed a timer: its time has come. */
  | { readonly kind: 'expired'; readonly accountId: string; readonly timer: Timer }
  /** A person (or this program) removed a timer. */
  | { readonly kind: 'removed'; readonly accountId: string; readonly timer: Timer }
  /** Somebody removed a rotation record: nothing says any more where that rotation stands. */
  | { readonly kind: 'record-removed'; readonly accountId: string; readonly userId: string }
  /** Nothing to do: a write, or the removal of another kind of item. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable'; readonly problem: string };

const text = z.object({ S: z.string().check(z.minLength(1)) });
const number = z.object({ N: z.string().check(z.regex(/^\d{1,12}$/)) });

const change = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
});
const removal = z.object({
  eventName: z.literal('REMOVE'),
  userIdentity: z.nullish(z.object({ type: z.string(), principalId: z.string() })),
  dynamodb: z.object({ Keys: z.object({ account: text, item: text }) }),
});
const timerImage = z.object({
  dynamodb: z.object({
    OldImage: z.object({
      account: text,
      item: text,
      delete_on: number,
      rotationId: z.optional(text),
      vetoed: z.optional(z.object({ BOOL: z.boolean() })),
    }),
  }),
});
const batch = z.object({ Records: z.array(z.unknown()) });

/** @throws Error when the event is no batch of records */
export function readBatch(event: unknown): unknown[] {
  const parsed = batch.safeParse(event);
  if (!parsed.success) throw new Error('The event is no DynamoDB stream batch: it has no Records.');
  return parsed.data.Records;
}

/** The record's place in the stream; `undefined` when it has none, and so can't be reported. */
export function sequenceNumberOf(record: unknown): string | undefined {
  const parsed = z
    .object({ dynamodb: z.object({ SequenceNumber: z.string().check(z.minLength(1)) }) })
    .safeParse(record);
  return parsed.success ? parsed.data.dynamodb.SequenceNumber : undefined;
}

/** What a stream record means; never throws. */
export function readRecord(record: unknown): StreamItem {
  const known = change.safeParse(record);
  if (!known.success) return { kind: 'unreadable', problem: 'it is no change of an item' };
  if (known.data.eventName !== 'REMOVE') return { kind: 'other' };

  const removed = removal.safeParse(record);
  if (!removed.success) return { kind: 'unreadable', problem: 'its keys are not account and item' };
  const { userIdentity, dynamodb } = removed.data;
  const { account, item } = dynamodb.Keys;
  const key = readRangeKey(item.S);
  // History, notices, the last run, and whatever looks like a timer in a partition that has none.
  if (key.kind === 'other' || !isAccountPartition(account.S)) return { kind: 'other' };
  if (key.kind === 'record') {
    return { kind: 'record-removed', accountId: account.S, userId: key.userId };
  }

  const image = timerImage.safeParse(record);
  if (!image.success) {
    return {
      kind: 'unreadable',
      problem: `the removed item ${account.S} ${item.S} is no timer`,
    };
  }
  const { OldImage } = image.data.dynamodb;
  if (OldImage.account.S !== account.S || OldImage.item.S !== item.S) {
    // Set again by what the image says, it would take another item's place.
    return {
      kind: 'unreadable',
      problem: `the removed item ${account.S} ${item.S} has another's image`,
    };
  }
  const timer: Timer = {
    userId: key.userId,
    oldKeyId: key.oldKeyId,
    deleteOnEpochSeconds: Number(OldImage.delete_on.N),
    ...(OldImage.rotationId && { rotationId: OldImage.rotationId.S }),
    ...(OldImage.vetoed?.BOOL && { vetoed: true }),
  };
  const byTtl =
    userIdentity?.type.toLowerCase() === 'service' &&
    userIdentity.principalId === 'dynamodb.amazonaws.com';
  return { kind: byTtl ? 'expired' : 'removed', accountId: account.S, timer };
}
