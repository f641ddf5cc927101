/** A clock that runs with real time and can be turned. All times are epoch milliseconds. */
export interface TurnableClock {
  nowMs(): number;
  /** Turns the clock forward (or, with a negative number, back). */
  advance(ms: number): void;
  /** Turns the clock to a moment; from there it runs on. */
  set(atMs: number): void;
  /**
   * How far the clock is from real time, in milliseconds. The memory is shared, so that a worker
   * thread sees the clock turn at once, even in the middle of an invocation.
   */
  readonly offsetMs: BigInt64Array;
}

/** A clock that shows `startMs` now. */
export function createClock(startMs: number = Date.now()): TurnableClock {
  const offsetMs = new BigInt64Array(new SharedArrayBuffer(8));
  const turn = (ms: number) => void Atomics.add(offsetMs, 0, BigInt(Math.round(ms)));
  const nowMs = () => Date.now() + Number(Atomics.load(offsetMs, 0));
  turn(startMs - Date.now());
  return { nowMs, advance: turn, set: (atMs) => turn(atMs - nowMs()), offsetMs };
}
