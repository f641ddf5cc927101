import { describe, expect, it } from '@jest/globals';
import { createClock } from '../../simulation/aws/clock.ts';

/** Real time goes on between two readings; a minute is far more than a test takes. */
function expectAbout(actualMs: number, expectedMs: number): void {
  expect(Math.abs(actualMs - expectedMs)).toBeLessThan(60_000);
}

describe('a turnable clock', () => {
  it('shows real time at first', () => {
    expectAbout(createClock().nowMs(), Date.now());
  });

  it('starts at a given moment', () => {
    const startMs = Date.UTC(2030, 0, 1);
    expectAbout(createClock(startMs).nowMs(), startMs);
  });

  it('can be turned forward, back, and to a moment', () => {
    const startMs = Date.UTC(2030, 0, 1);
    const clock = createClock(startMs);
    clock.advance(3_600_000);
    expectAbout(clock.nowMs(), startMs + 3_600_000);
    clock.advance(-7_200_000);
    expectAbout(clock.nowMs(), startMs - 3_600_000);
    clock.set(Date.UTC(2040, 0, 1));
    expectAbout(clock.nowMs(), Date.UTC(2040, 0, 1));
  });

  it('can run many times as fast as real time', () => {
    const startMs = Date.UTC(2030, 0, 1);
    const clock = createClock(startMs, 3_600_000);
    expect(clock.speed).toBe(3_600_000);
    const madeAtMs = clock.madeAtMs;
    while (Date.now() - madeAtMs < 2);
    // Two milliseconds are two hours.
    expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(2 * 3_600_000);
    clock.set(startMs);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(startMs);
  });
});
