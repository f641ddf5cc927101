/** Pages of an answer: Lambda's synchronous answer is at most 6 MB. */

/** What the rows of one answer may be; the rest is for the envelope and the problems. */
const MAX_PAGE_BYTES = 4_500_000;

/** Fills a page up to its size in bytes. */
export class Page<Row> {
  readonly rows: Row[] = [];
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = MAX_PAGE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Adds a row, unless the page is full.
   * @returns whether it was added; the first row always is
   */
  add(row: Row): boolean {
    const bytes = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (this.rows.length > 0 && this.#bytes + bytes > this.#maxBytes) return false;
    this.rows.push(row);
    this.#bytes += bytes;
    return true;
  }
}

/** What can't be read, as far as there is room for it. */
export function boundedProblems(problems: readonly string[]): string[] {
  const page = new Page<string>(MAX_PAGE_BYTES / 10);
  const left = problems.findIndex((problem) => !page.add(problem));
  return left < 0 ? page.rows : [...page.rows, `${problems.length - left} more problems`];
}
