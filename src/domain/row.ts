import type { ReportRow, RowOutcome } from './report.ts';

/** A report row about a rotation: who, what became of it, why, and which keys. */
export function row(
  about: {
    readonly userName: string;
    readonly userId: string;
    readonly oldKeyId: string;
    readonly newKeyId?: string;
  },
  outcome: RowOutcome,
  reason: string,
): ReportRow {
  return {
    userName: about.userName,
    userId: about.userId,
    outcome,
    reason,
    oldKeyId: about.oldKeyId,
    ...('newKeyId' in about && about.newKeyId !== undefined && { newKeyId: about.newKeyId }),
  };
}

/** A report row about a user who has no rotation. */
export function userRow(
  { userName, userId }: { readonly userName: string; readonly userId: string },
  outcome: RowOutcome,
  reason: string,
): ReportRow {
  return { userName, userId, outcome, reason };
}
