/** What of the functions' reports is news, and how often what happened. */
import type { FunctionName } from '../../simulation/scenario/functions.ts';
import type { ReportRow } from '../../src/domain/report.ts';
import type { Label, Timeline } from './timeline.ts';
import { noteOn, wordRow } from './wording.ts';

/** How often what happened. */
export interface Totals {
  rotated: number;
  opened: number;
  reminded: number;
  deactivated: number;
  deleted: number;
  withdrawn: number;
  cancelled: number;
  recovered: number;
  rotatorRuns: number;
  destructorRuns: number;
}

/** What lasts is printed once. */
const LASTING: readonly Label[] = ['left alone', 'waits', 'problem', 'veto'];

export class News {
  readonly totals: Totals = {
    rotated: 0,
    opened: 0,
    reminded: 0,
    deactivated: 0,
    deleted: 0,
    withdrawn: 0,
    cancelled: 0,
    recovered: 0,
    rotatorRuns: 0,
    destructorRuns: 0,
  };
  readonly #timeline: Timeline;
  /** Users with a rotation in which something went wrong. */
  readonly #withProblem = new Set<string>();
  /** New keys of which a reminder was printed. */
  readonly #reminded = new Set<string>();
  /** What was printed last of a user for whom something lasts. */
  readonly #lasting = new Map<string, string>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** From now on, what becomes of this user's rotation is a recovery. */
  noteProblem(userId: string): void {
    this.#withProblem.add(userId);
  }

  /** Counts and prints one row. */
  take(time: string, name: string, row: ReportRow, by: FunctionName): void {
    const worded = wordRow(row, { by, hadProblem: this.#withProblem.has(row.userId) });
    if (!worded) return;
    const { label, text } = worded;
    if (row.outcome in this.totals) this.totals[row.outcome as keyof Totals] += 1;
    if (label === 'recovered') this.totals.recovered += 1;
    if (row.outcome === 'rotated') this.#withProblem.delete(row.userId);
    if (row.outcome === 'failed') this.#withProblem.add(row.userId);
    if (!this.#isNews(row, label, text)) return;
    this.#timeline.event(time, label, name, text);
    const note = noteOn(row, by);
    if (note !== undefined) this.#timeline.note(note);
  }

  #isNews({ userId, outcome, newKeyId = '' }: ReportRow, label: Label, text: string): boolean {
    if (outcome === 'reminded') {
      const isFirst = !this.#reminded.has(newKeyId);
      this.#reminded.add(newKeyId);
      if (!isFirst) this.#timeline.reminder();
      return isFirst;
    }
    if (!LASTING.includes(label)) {
      this.#lasting.delete(userId);
      return true;
    }
    const isNew = this.#lasting.get(userId) !== text;
    this.#lasting.set(userId, text);
    return isNew;
  }
}
