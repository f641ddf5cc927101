/** Runs work one after another where it is about the same thing. */
export class KeyedLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` once all earlier work under any of these names is done. */
  async run<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const distinct = [...new Set(names)];
    const earlier = distinct.map((name) => this.#tails.get(name));
    let release: () => void = () => {};
    const tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const name of distinct) this.#tails.set(name, tail);
    try {
      await Promise.all(earlier);
      return await work();
    } finally {
      for (const name of distinct) {
        if (this.#tails.get(name) === tail) this.#tails.delete(name);
      }
      release();
    }
  }
}
