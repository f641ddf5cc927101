/**
 * What a run did, told once: a row a user and the totals.
 */

import type { AccessKey } from './identity.ts';
import { DAY_MS, iso } from './time.ts';

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
  /** The reason for programs, where it has a code. */
  readonly code?: string;
  readonly reason: string;
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
  /** Old keys that were due a day ago or longer, and could not be destroyed by this run either. */
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
  readonly totals: Readonly<Partial<Record<RowOutcome, number>>>;
  readonly figures: Figures;
  /** What concerns the whole run and is to be mended: the mailer, items of an unknown shape. */
  readonly problems: readonly string[];
  /** What the run did another way than usual, and why. */
  readonly notes: readonly string[];
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

/** The ages of the keys that the rows know of, in full days. */
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

/** The creation of the oldest active key, in the form of a row. */
export function oldestActive(keys: readonly AccessKey[]): Pick<ReportRow, 'keyCreatedAt'> {
  const active = keys.filter(({ status }) => status === 'Active');
  if (active.length === 0) return {};
  return { keyCreatedAt: iso(Math.min(...active.map(({ createdAtMs }) => createdAtMs))) };
}

/** Whether a run had work, and none of it was done: then it must not report success. */
export function nothingWorked(rows: readonly ReportRow[]): boolean {
  return (
    rows.some(({ outcome }) => UNDONE.includes(outcome)) &&
    !rows.some(({ outcome }) => WORKED.includes(outcome))
  );
}
