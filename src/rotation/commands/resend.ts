/** `resend`: delivers the key pair of an open rotation again. */
import type { IamUser } from '../../domain/identity.ts';
import { toReportRow } from '../../domain/report.ts';
import { iso } from '../../domain/time.ts';
import type { Journal } from '../../ports/journal.ts';
import { resend as deliverAgain, type Resending, type ResendRun } from '../resend.ts';
import type { ResendAnswer } from './answers.ts';
import { findRotation } from './find-rotation.ts';
import { Refusal } from './refusal.ts';

export type ResendPorts = Omit<ResendRun, 'journal'> & {
  readonly journal: Journal;
  readonly dryRun: boolean;
};

/**
 * Sends the mail of the user's open rotation again.
 * @param user name or unique ID
 */
export async function resend(user: string, run: ResendPorts): Promise<ResendAnswer> {
  if (run.dryRun) {
    throw new Refusal(
      'dry-run',
      'DRY_RUN is true in the settings of the function, so nothing is sent.',
    );
  }
  const found = await findRotation(user, run.journal, run.account.keys);
  // The name in a record may be out of date; the inventory knows the user by ID.
  const { users } = await run.account.inventory.users();
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
      const { record, to: address } = result;
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
      const { outcome, reason, oldKeyId, newKeyId, dueAt } = toReportRow(result.event);
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
        address: result.to,
        answer: result.answer.kind,
        reason: result.answer.reason,
      };
    case 'not-sent':
      return { ...about, why: result.why, detail: result.detail };
  }
}
