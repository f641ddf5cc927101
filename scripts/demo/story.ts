/** Makes a story of what the functions report: what is news, in which words, and how often it was. */
import type { ReportRow } from '../../src/domain/report.ts';
import { noteOn, tell } from './telling.ts';
import type { Label, Timeline } from './timeline.ts';

/** How often what happened. */
export interface Tally {
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

/** What is true until further notice is told once. */
const STANDING: readonly Label[] = ['left alone', 'waits', 'trouble', 'veto'];

export class Story {
  readonly tally: Tally = {
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
  readonly #troubled = new Set<string>();
  /** New keys that a reminder was told of. */
  readonly #reminded = new Set<string>();
  /** What was told last of a user who waits. */
  readonly #standing = new Map<string, string>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** From now on, what becomes of this user's rotation is a recovery. */
  noteTrouble(userId: string): void {
    this.#troubled.add(userId);
  }

  /** Counts and tells one row. */
  take(time: string, name: string, row: ReportRow, by: 'rotator' | 'destructor'): void {
    const told = tell(row, { by, troubled: this.#troubled.has(row.userId) });
    if (!told) return;
    const { label, text } = told;
    if (row.outcome in this.tally) this.tally[row.outcome as keyof Tally] += 1;
    if (label === 'recovered') this.tally.recovered += 1;
    if (row.outcome === 'rotated') this.#troubled.delete(row.userId);
    if (row.outcome === 'failed') this.#troubled.add(row.userId);
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
    if (!STANDING.includes(label)) {
      this.#standing.delete(userId);
      return true;
    }
    const isNew = this.#standing.get(userId) !== text;
    this.#standing.set(userId, text);
    return isNew;
  }
}
