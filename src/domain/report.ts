/**
 * What a run did, told once: a row a user and the totals.
 */

export type RowOutcome =
  /** A new key was created and delivered; the old key has its timer. */
  | 'rotated'
  /** Nothing to do, for the reason given. */
  | 'skipped'
  /** An open rotation that waits for its time or for a person. */
  | 'waiting'
  /** The old key was deactivated. */
  | 'deactivated'
  /** The old key was deleted. */
  | 'deleted'
  /** The owner was reminded that the new key is unused. */
  | 'reminded'
  /** The rotation ended without a deletion by this run. */
  | 'closed'
  /** The new key was taken back: it was never handed over. */
  | 'withdrawn'
  /** A veto was found: nothing is touched. */
  | 'cancelled'
  /** Not possible now; the next run tries again. */
  | 'postponed'
  /** Not reached in this run: first in the next. */
  | 'left'
  /** The user's tags are wrong: that user's problem, and nobody else's. */
  | 'invalid'
  /** Something is wrong, and told. */
  | 'failed'
  /** What a dry run would have done. */
  | 'would-rotate'
  | 'would-resume';

export interface ReportRow {
  readonly userName: string;
  readonly userId: string;
  readonly outcome: RowOutcome;
  readonly reason: string;
  readonly oldKeyId?: string;
  readonly newKeyId?: string;
  /** ISO 8601. */
  readonly dueAt?: string;
}

export interface Report {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly dryRun: boolean;
  /** Users of the account, managed or not. */
  readonly users: number;
  /** Rows of managed users, users with bad tags, and users with an open rotation. */
  readonly rows: readonly ReportRow[];
  readonly totals: Readonly<Partial<Record<RowOutcome, number>>>;
  /** What concerns the whole run: the mailer, the inventory, items of an unknown shape. */
  readonly problems: readonly string[];
}

/** Outcomes that are work: if all of a run's work failed, the run failed. */
const WORKED: readonly RowOutcome[] = [
  'rotated',
  'deactivated',
  'deleted',
  'reminded',
  'closed',
  'withdrawn',
  'cancelled',
];

/** Outcomes of users whom a run meant to work on and could not. */
const UNDONE: readonly RowOutcome[] = ['failed', 'postponed'];

export function countOutcomes(rows: readonly ReportRow[]): Report['totals'] {
  const totals: Partial<Record<RowOutcome, number>> = {};
  for (const { outcome } of rows) totals[outcome] = (totals[outcome] ?? 0) + 1;
  return totals;
}

/** Whether a run had work, and none of it was done: then it must not report success. */
export function nothingWorked(rows: readonly ReportRow[]): boolean {
  return (
    rows.some(({ outcome }) => UNDONE.includes(outcome)) &&
    !rows.some(({ outcome }) => WORKED.includes(outcome))
  );
}
