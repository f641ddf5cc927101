/** Who is due: by the credential report where it tells enough, else by a list of the user's keys. */
import type { AccessKey, IamUser } from '../domain/identity.ts';
import { inTurn } from '../domain/in-turn.ts';
import { type KeyHint, keysFromHints } from '../domain/key-hints.ts';
import type { UserPolicy } from '../domain/policy.ts';
import type { RotationRecord } from '../domain/record.ts';
import { oldestActive, type ReportRow } from '../domain/report.ts';
import { planRotation, type RotationPlan } from '../domain/rotation.ts';
import { userRow } from '../domain/row.ts';
import { iso } from '../domain/time.ts';
import { describeError } from '../ports/errors.ts';
import type { Run } from './run-context.ts';
import { tooLate } from './safely.ts';

/** Somebody whose tags tell what is to happen. */
export interface Managed {
  readonly user: IamUser;
  readonly policy: UserPolicy;
}

export interface Due extends Managed {
  readonly keys: readonly AccessKey[];
  readonly listedAtMs: number;
  readonly oldKey: AccessKey;
  /** Since when its rotation could have begun: an earlier one may have failed, and backed off. */
  readonly sinceMs: number;
  readonly dueAtMs: number;
}

/** What is known of everybody before keys are listed. */
export interface Known {
  readonly records: ReadonlyMap<string, RotationRecord>;
  /** By the user's ARN. */
  readonly hints: ReadonlyMap<string, readonly KeyHint[]>;
}

/**
 * Decides about everybody who has no rotation open.
 * @returns who is due, longest waiting first, and a row for each of the others
 */
export async function findDue(
  managed: readonly Managed[],
  { records, hints }: Known,
  force: boolean,
  run: Run,
  limit: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<{ readonly due: Due[]; readonly rows: ReportRow[] }> {
  const nowMs = run.clock.nowMs();
  const young = new Map(
    managed.flatMap(({ user, policy }) => {
      const known = hints.get(user.arn);
      const told = known && notDueByHints({ user, policy }, known, records.get(user.userId), run);
      return told ? [[user.userId, told]] : [];
    }),
  );
  for (const userId of auditees([...young.keys()], records, nowMs)) young.delete(userId);
  // The other half of the time is for those who turn out to be due.
  const untilMs = nowMs + (run.deadlineAtMs - nowMs) / 2;
  const decided = await Promise.all(
    inTurn(managed, nowMs).map((candidate) => {
      const { userId } = candidate.user;
      return (
        young.get(userId) ??
        limit(() => decideSafely(candidate, records.get(userId), force, untilMs, run))
      );
    }),
  );
  return {
    due: decided.filter((one) => 'oldKey' in one).sort((a, b) => a.sinceMs - b.sinceMs),
    rows: decided.filter((one) => 'outcome' in one),
  };
}

/** How many users a run. */
const AUDITED_PER_RUN = 4;

/**
 * Whose keys are listed although they look young: a key that was switched off and on again does so
 * in the credential report, and only the list tells its age. Who was rotated before is known by the
 * record; the others have their turn, a few in each run.
 */
function auditees(
  userIds: readonly string[],
  records: ReadonlyMap<string, RotationRecord>,
  nowMs: number,
): string[] {
  const ids = userIds.filter((userId) => !records.has(userId)).sort();
  return inTurn(ids, nowMs).slice(0, AUDITED_PER_RUN);
}

/** A row when even the hints on a user's keys tell that there is nothing to do. */
function notDueByHints(
  { user, policy }: Managed,
  hints: readonly KeyHint[],
  record: RotationRecord | undefined,
  run: Run,
): ReportRow | undefined {
  const keys = keysFromHints(hints, record);
  const plan = planRotation(keys, record, policy, run.clock.nowMs());
  return plan.kind === 'skip' ? { ...skippedRow(user, plan), ...oldestActive(keys) } : undefined;
}

function skippedRow(user: IamUser, plan: Extract<RotationPlan, { kind: 'skip' }>): ReportRow {
  const [oldKeyId] = plan.keyIds;
  return {
    ...userRow(user, 'skipped', `${plan.reason}: ${plan.detail}`),
    code: plan.reason,
    ...(oldKeyId && { oldKeyId }),
    ...(plan.dueAtMs !== undefined && { dueAt: iso(plan.dueAtMs) }),
  };
}

/** Lists a user's keys and decides: a row when there is nothing to do, else the user is due. */
async function decideSafely(
  candidate: Managed,
  record: RotationRecord | undefined,
  force: boolean,
  untilMs: number,
  run: Run,
): Promise<ReportRow | Due> {
  const { user, policy } = candidate;
  if (tooLate(run) || run.clock.nowMs() > untilMs) {
    return userRow(user, 'left', "the function's time for looking at keys was over");
  }
  try {
    const listedAtMs = run.clock.nowMs();
    const keys = await run.keys.list(user.userName);
    if (!keys) return userRow(user, 'skipped', 'the user was renamed or deleted during this run');
    const plan = planRotation(keys, record, policy, run.clock.nowMs(), force);
    if (plan.kind === 'rotate') {
      const { oldKey, dueAtMs } = plan;
      const retryAtMs = record?.state === 'CLOSED' ? record.retryNotBeforeMs : 0;
      return {
        ...candidate,
        keys,
        listedAtMs,
        oldKey,
        dueAtMs,
        // A date ahead was forced, or holds nothing up.
        sinceMs: Math.min(Math.max(dueAtMs, retryAtMs), listedAtMs),
      };
    }
    return { ...skippedRow(user, plan), ...oldestActive(keys) };
  } catch (error) {
    return userRow(user, 'failed', describeError(error));
  }
}
