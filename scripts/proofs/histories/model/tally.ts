/** How often something was seen, by what it is called. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string, times = 1): void {
    this.#counts.set(what, this.times(what) + times);
  }

  /** Takes in what another one counted. */
  take(counts: Counts): void {
    for (const [what, times] of Object.entries(counts)) this.add(what, times);
  }

  times(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** In the order of the alphabet. */
  get counts(): Counts {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

export type Counts = Readonly<Record<string, number>>;
