/**
 * Reading the records of a whole batch at once.
 */
import type { RotationRecord } from '../domain/record.ts';
import { describeError } from '../ports/errors.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';

/**
 * A journal whose first read of each of these users has been made for all of them together. Later
 * reads ask again, and so does the read of a user who was not in the answer. What was read may be
 * out of date by the time it is used: like every record, it is only written over in its version.
 */
export async function prefetch(
  journal: Journal,
  userIds: readonly string[],
  log: Log,
): Promise<Journal> {
  const records = await readAll(journal, userIds, log);
  return {
    ...journal,
    async read(userId) {
      const record = records.get(userId);
      records.delete(userId);
      return record ?? journal.read(userId);
    },
  };
}

async function readAll(
  journal: Journal,
  userIds: readonly string[],
  log: Log,
): Promise<Map<string, RotationRecord>> {
  try {
    return await journal.readAll(userIds);
  } catch (error) {
    log.warn('the records of the batch are read one by one', { error: describeError(error) });
    return new Map();
  }
}
