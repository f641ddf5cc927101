/** Who a run is about, and what is known of everybody before anything is looked at. */
import type { IamUser } from '../domain/identity.ts';
import { inTurn } from '../domain/in-turn.ts';
import { type AccountPolicy, type PolicyReading, policyFor } from '../domain/policy.ts';
import { reason } from '../domain/reasons.ts';
import {
  isOpen,
  isTimerOf,
  type OpenRecord,
  type RotationRecord,
  type Timer,
} from '../domain/record.ts';
import type { ReportRows } from '../domain/report-row.ts';
import type { Delivery } from '../ports/delivery.ts';
import type { UnreadableItem } from '../ports/journal.ts';
import type { LastEvent } from './engine.ts';
import type { RunRequest } from './run-request.ts';
import { NOTHING_OBSERVED, type Situation, underTodaysName } from './situation.ts';

/** Users whose keys are listed for the first time, a run. */
const FIRST_SIGHTS_PER_RUN = 500;

interface Found {
  readonly users: readonly IamUser[];
  readonly reportRows: ReportRows;
  readonly records: readonly RotationRecord[];
  readonly timers: readonly Timer[];
  readonly unreadable: readonly UnreadableItem[];
}

/** Everybody whom the run is about, before anything is looked at. */
export function subjectsOf(
  { users, reportRows, records, timers, unreadable }: Found,
  request: RunRequest,
  { policy, delivery }: { readonly policy: AccountPolicy; readonly delivery: Delivery },
  nowMs: number,
) {
  const isWanted = (userName: string) => !request.users || request.users.includes(userName);
  const byId = new Map(users.map((user) => [user.userId, user]));
  const recordOf = new Map(records.map((record) => [record.userId, record]));
  const timerOf = new Map(timers.map((timer) => [timerKey(timer), timer]));
  /** A key can be replaced twice: the timer of an earlier rotation is none. */
  const ownTimer = (record: RotationRecord | undefined): Timer | undefined => {
    const timer = isOpen(record) ? timerOf.get(timerKey(record)) : undefined;
    return timer && isOpen(record) && isTimerOf(timer, record) ? timer : undefined;
  };
  const broken = new Map(
    unreadable.flatMap(({ userId, problem }) => (userId === undefined ? [] : [[userId, problem]])),
  );
  const readings = users.map((user) => ({ user, reading: policyFor(user, policy) }));
  const firstSights = new Set(
    inTurn(
      readings.filter(
        ({ user, reading }) => reading.kind === 'managed' && !recordOf.has(user.userId),
      ),
      nowMs,
    )
      .slice(0, request.dryRun ? 0 : FIRST_SIGHTS_PER_RUN)
      .map(({ user }) => user.userId),
  );

  const situationOf = (
    user: IamUser,
    reading: PolicyReading,
    record: RotationRecord | undefined,
  ): Situation => {
    const reportRow = reportRows.get(user.arn);
    const timer = ownTimer(record);
    return {
      userId: user.userId,
      userName: user.userName,
      userArn: user.arn,
      policy: { reading, force: request.force },
      record: record && underTodaysName(record, user),
      observed: {
        ...NOTHING_OBSERVED,
        ...(timer && { timer }),
        ...(reportRow && { reportRow }),
        ...(firstSights.has(user.userId) && { isFirstSight: true }),
        ...(reading.kind === 'managed' && { targetToday: delivery.targetFor(reading.policy) }),
      },
    };
  };

  const open: Situation[] = [];
  const fresh: Situation[] = [];
  const told: LastEvent[] = [];
  for (const { user, reading } of readings) {
    if (!isWanted(user.userName)) continue;
    const record = recordOf.get(user.userId);
    const problem = broken.get(user.userId);
    if (problem !== undefined) {
      const why = reason('record-unreadable', { problem });
      told.push({ type: 'failed', user, reason: why });
    } else if (isOpen(record)) open.push(situationOf(user, reading, record));
    else if (reading.kind !== 'unmanaged') fresh.push(situationOf(user, reading, record));
  }
  const gone = records.filter(
    (record): record is OpenRecord =>
      isOpen(record) && !byId.has(record.userId) && isWanted(record.userName),
  );
  open.push(...gone.map((record) => goneSituation(record, ownTimer(record))));
  return {
    open,
    fresh,
    unreadable: told,
    managedUsers: readings.filter(({ reading }) => reading.kind === 'managed').length,
  };
}

/** Only a record tells of the user. */
function goneSituation(record: OpenRecord, timer: Timer | undefined): Situation {
  const { userId, userName } = record;
  return {
    userId,
    userName,
    policy: { reading: { kind: 'unmanaged' }, force: false },
    record,
    observed: { ...NOTHING_OBSERVED, user: 'missing', ...(timer && { timer }) },
  };
}

function timerKey({ userId, oldKeyId }: { userId: string; oldKeyId: string }): string {
  return `${userId} ${oldKeyId}`;
}
