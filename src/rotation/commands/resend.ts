/** `resend`: delivers the key pair of an open rotation again. */
import type { IamUser } from '../../domain/identity.ts';
import { iso } from '../../domain/time.ts';
import { resend as deliverAgain, type Resending } from '../resend.ts';
import type { Run } from '../run-context.ts';
import type { ResendAnswer } from './answers.ts';
import { findRotation } from './find-rotation.ts';
import { Refusal } from './refusal.ts';

/**
 * Sends the mail of the user's open rotation again.
 * @param user name or unique ID
 */
export async function resend(user: string, run: Run): Promise<ResendAnswer> {
  if (run.dryRun) {
    throw new Refusal(
      'dry-run',
      'DRY_RUN is true in the settings of the function, so nothing is sent.',
    );
  }
  const found = await findRotation(user, run.journal, run.keys);
  // The name in a record may be out of date; the inventory knows the user by ID.
  const { users } = await run.inventory.users();
  const today = users.find(({ userId }) => userId === found.userId);
  if (!today) {
    throw new Refusal(
      'unknown-user',
      `The user ${found.userName} (${found.userId}) does not exist any more.`,
    );
  }
  return answer(today, await deliverAgain(found.record, today, run));
}

function answer({ userName, userId }: IamUser, result: Resending): ResendAnswer {
  const about = { userName, userId, result: result.kind };
  switch (result.kind) {
    case 'sent': {
      const { record, address } = result;
      const { state, oldKeyId, newKeyId, deactivateOnMs, deleteOnMs } = record;
      return {
        ...about,
        address,
        state,
        oldKeyId,
        newKeyId,
        ...(deactivateOnMs !== undefined && { deactivateOn: iso(deactivateOnMs) }),
        deleteOn: iso(deleteOnMs),
      };
    }
    case 'resumed': {
      const { outcome, reason, oldKeyId, newKeyId, dueAt } = result.row;
      return {
        ...about,
        outcome,
        reason,
        ...(oldKeyId !== undefined && { oldKeyId }),
        ...(newKeyId !== undefined && { newKeyId }),
        ...(dueAt !== undefined && { dueAt }),
      };
    }
    case 'not-accepted':
      return {
        ...about,
        address: result.address,
        answer: result.answer.kind,
        reason: result.answer.reason,
      };
    case 'not-sent':
      return { ...about, why: result.why, detail: result.detail };
  }
}
