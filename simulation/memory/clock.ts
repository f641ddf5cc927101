import type { Clock } from '../../src/ports/clock.ts';

/**
 * A clock that only moves when somebody turns it, or when everything that could run sleeps: then it
 * jumps to the end of the shortest sleep. Nobody ever waits for real time.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  #ticking = false;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Lets time pass; whoever slept less than that goes on. */
  advance(ms: number): void {
    this.#nowMs += ms;
    this.#wake();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.push({ untilMs: this.#nowMs + ms, wake: resolve });
      this.#tickSoon();
    });
  }

  /** All other work is microtasks, so by the next turn of the event loop whoever could run has run. */
  #tickSoon(): void {
    if (this.#ticking || this.#sleepers.length === 0) return;
    this.#ticking = true;
    setImmediate(() => {
      this.#ticking = false;
      const firstMs = Math.min(...this.#sleepers.map(({ untilMs }) => untilMs));
      if (Number.isFinite(firstMs)) this.#nowMs = Math.max(this.#nowMs, firstMs);
      this.#wake();
      this.#tickSoon();
    });
  }

  #wake(): void {
    const awake = this.#sleepers.filter(({ untilMs }) => untilMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter(({ untilMs }) => untilMs > this.#nowMs);
    for (const { wake } of awake) wake();
  }
}
