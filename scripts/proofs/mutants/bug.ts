/** A bug that somebody might make, as data: the list is in `bugs/`. */

export interface Bug {
  /** What a developer does wrong. */
  readonly name: string;
  /** The promise that it breaks. */
  readonly breaks: string;
  /** Where, from the root of the repository. */
  readonly file: string;
  /** What is changed there: each text must stand there exactly once. */
  readonly edits: readonly Edit[];
  /**
   * Tests that are to catch it, from the root of the repository; those that mirror the file unless
   * told.
   */
  readonly tests?: readonly string[];
}

export interface Edit {
  readonly find: string;
  readonly replace: string;
}

/** A bug of the list does not fit the sources any more; the message says what to correct. */
export class StaleBug extends Error {
  override readonly name = 'StaleBug';
}

/**
 * The source with the bug in it.
 * @throws StaleBug when a text is not found exactly once, or when nothing changes
 */
export function applyBug(bug: Bug, source: string): string {
  if (bug.edits.length === 0) throw stale(bug, 'it changes nothing');
  return bug.edits.reduce((text, { find, replace }) => {
    const times = find === '' ? 0 : text.split(find).length - 1;
    if (times !== 1) {
      throw stale(bug, `this text is found ${times} times, and should be found once:\n${find}`);
    }
    if (find === replace) throw stale(bug, `this text is replaced by itself:\n${find}`);
    // A function, as `$&` and the like mean something in a replacement.
    return text.replace(find, () => replace);
  }, source);
}

function stale({ name, file }: Bug, problem: string): StaleBug {
  return new StaleBug(`“${name}” does not fit ${file}: ${problem}`);
}
