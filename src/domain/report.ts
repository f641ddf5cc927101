/** What a run did, told once: a row a user and the totals. */
import type { ReportOutcome, UserEvent } from './events.ts';
import { type ReasonCode, sentence } from './reasons.ts';
import { DAY_MS, iso } from './time.ts';

export interface ReportRow {
  readonly userName: string;
  readonly userId: string;
  readonly outcome: ReportOutcome;
  /** Why, for programs. */
  readonly code: ReasonCode | (string & {});
  /** Why, for people. */
  readonly reason: string;
  /** What a run would do that is no dry run. */
  readonly action?: string;
  readonly oldKeyId?: string;
  readonly newKeyId?: string;
  /** ISO 8601. */
  readonly dueAt?: string;
  /** When the oldest active key that the user still has was created, as far as is known; ISO 8601. */
  readonly keyCreatedAt?: string;
}

/** What a run counted besides the outcomes. */
export interface Figures {
  readonly managedUsers: number;
  /** Rotations that were open when the run began. */
  readonly openRotations: number;
  /** Old keys that were due a day ago or longer, and could not be handled by this run either. */
  readonly overdueDestructions: number;
  readonly mailsSent: number;
  readonly mailsNotAccepted: number;
  /** Of the active keys of managed users, in full days; missing when there are none. */
  readonly oldestKeyAgeDays?: number;
  readonly medianKeyAgeDays?: number;
}

export interface Report {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly dryRun: boolean;
  /** Users of the account, managed or not. */
  readonly users: number;
  /** Rows of managed users, users with bad tags, and users with an open rotation. */
  readonly rows: readonly ReportRow[];
  readonly totals: Readonly<Partial<Record<ReportOutcome, number>>>;
  readonly figures: Figures;
  /** What concerns the whole run and is to be fixed: the mailer, items of an unknown shape. */
  readonly problems: readonly string[];
  /** What the run did another way than usual, and why. */
  readonly notes: readonly string[];
}

/** Outcomes that are work: if all of a run's work failed, the run failed. */
const WORKED: readonly ReportOutcome[] = [
  'rotated',
  'deactivated',
  'deleted',
  'reminded',
  'closed',
  'withdrawn',
  'cancelled',
];

/** Outcomes of users whom a run meant to work on and could not. */
const UNDONE: readonly ReportOutcome[] = ['failed', 'postponed'];

/** The row of the last event about a user. */
export function toReportRow(event: UserEvent & { readonly type: ReportOutcome }): ReportRow {
  const { type, user, reason, action, oldKeyId, newKeyId, dueAtMs, keyCreatedAtMs } = event;
  return {
    userName: user.userName,
    userId: user.userId,
    outcome: type,
    code: reason.code,
    reason: sentence(reason),
    ...(action !== undefined && { action }),
    ...(oldKeyId !== undefined && { oldKeyId }),
    ...(newKeyId !== undefined && { newKeyId }),
    ...(dueAtMs !== undefined && { dueAt: iso(dueAtMs) }),
    ...(keyCreatedAtMs !== undefined && { keyCreatedAt: iso(keyCreatedAtMs) }),
  };
}

export function countOutcomes(rows: readonly ReportRow[]): Report['totals'] {
  const totals: Partial<Record<ReportOutcome, number>> = {};
  for (const { outcome } of rows) totals[outcome] = (totals[outcome] ?? 0) + 1;
  return totals;
}

/** Ages of the oldest active keys in full days. */
export function keyAges(
  rows: readonly ReportRow[],
  nowMs: number,
): Pick<Figures, 'oldestKeyAgeDays' | 'medianKeyAgeDays'> {
  const ages = rows
    .flatMap(({ keyCreatedAt }) =>
      keyCreatedAt ? [Math.floor((nowMs - Date.parse(keyCreatedAt)) / DAY_MS)] : [],
    )
    .sort((a, b) => a - b);
  const oldest = ages.at(-1);
  const median = ages[Math.floor(ages.length / 2)];
  return {
    ...(oldest !== undefined && { oldestKeyAgeDays: oldest }),
    ...(median !== undefined && { medianKeyAgeDays: median }),
  };
}

/** Whether a run had work, and none of it was done: then it must not report success. */
export function nothingWorked(rows: readonly ReportRow[]): boolean {
  return (
    rows.some(({ outcome }) => UNDONE.includes(outcome)) &&
    !rows.some(({ outcome }) => WORKED.includes(outcome))
  );
}
