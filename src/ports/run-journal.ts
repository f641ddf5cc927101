/**
 * The last run of the rotator in one account, as people look at it. No decision depends on it.
 *
 * There is one item: a scheduled run leaves that of a run alone that a person asked for, as long as
 * the person may still follow it.
 */
import type { Report } from '../domain/report.ts';

/** A run that ended, or is at work. */
export interface RunState {
  readonly startedAtMs: number;
  readonly finishedAtMs?: number | undefined;
  /** Users who are worked on, of how many. */
  readonly done: number;
  readonly total: number;
  readonly totals?: Report['totals'] | undefined;
  /** Why the run ended without a report. */
  readonly error?: string | undefined;
}

/** A run that a person asked for. */
export interface RequestedRun extends RunState {
  /** Names the run: it is done once, however often its request arrives. */
  readonly requestId: string;
  /** The alias and the name that the caller claimed. */
  readonly askedBy: string;
  readonly report?: StoredReport | undefined;
}

/** Any run, as it was recorded. */
export interface RecordedRun extends RunState {
  readonly requestId?: string | undefined;
  readonly askedBy?: string | undefined;
  readonly report?: StoredReport | undefined;
}

/** A report with as many rows as there is room for. */
export interface StoredReport extends Report {
  readonly omittedRows?: number;
}

/** The function is stopped after 15 minutes: a run that began earlier than this does not go on. */
export const LONGEST_RUN_MS = 16 * 60_000;

/** How long a scheduled run leaves the item alone after a requested run began. */
export const FOLLOWED_MS = 2 * LONGEST_RUN_MS;

export interface RunJournal {
  /** The run that was recorded last; `undefined` when there is none, or it can't be read. */
  read(): Promise<RecordedRun | undefined>;
  /**
   * Records that a requested run begins.
   * @returns `repeated` when this run was begun before, `busy` while another requested run is at
   *   work; in both cases nothing was written
   */
  begin(run: RequestedRun): Promise<'begun' | 'repeated' | 'busy'>;
  /** Records how far a requested run is, or its end, unless another one was begun since. */
  save(run: RequestedRun): Promise<void>;
  /** Records a scheduled run that ended, unless a person may still follow a requested one. */
  note(run: RunState): Promise<void>;
}
