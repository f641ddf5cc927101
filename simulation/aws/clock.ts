/** A clock that runs with real time and can be turned. All times are epoch milliseconds. */
export interface TurnableClock {
  nowMs(): number;
  /** Turns the clock forward (or, with a negative number, back). */
  advance(ms: number): void;
  /** Turns the clock to a moment; from there it runs on. */
  set(atMs: number): void;
  /**
   * How far the clock is from where it would be had nobody turned it, in milliseconds. The memory
   * is shared, so that a worker thread sees the clock turn at once, even in the middle of an
   * invocation.
   */
  readonly offsetMs: BigInt64Array;
  /** How many times as fast as real time it runs. */
  readonly speed: number;
  /** The real moment from which on it runs at its speed. */
  readonly madeAtMs: number;
}

/**
 * A clock that shows `startMs` now.
 * @param speed how many times as fast as real time it runs; 1 unless told. A Lambda on a fast clock
 *   waits shorter: its time-outs take that part of their time, and what it merely sleeps is skipped.
 */
export function createClock(startMs: number = Date.now(), speed = 1): TurnableClock {
  const offsetMs = new BigInt64Array(new SharedArrayBuffer(8));
  const madeAtMs = Date.now();
  const turn = (ms: number) => void Atomics.add(offsetMs, 0, BigInt(Math.round(ms)));
  const nowMs = () =>
    Math.round(madeAtMs + (Date.now() - madeAtMs) * speed) + Number(Atomics.load(offsetMs, 0));
  turn(startMs - madeAtMs);
  return { nowMs, advance: turn, set: (atMs) => turn(atMs - nowMs()), offsetMs, speed, madeAtMs };
}
