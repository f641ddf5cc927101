import { describe, expect, it } from '@jest/globals';
import { count, distance, fullDays, nearest, shellWord } from '../../src/cli/words.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

describe('words', () => {
  it.each([
    [0, 'now'],
    [59_999, 'now'],
    [MINUTE_MS, 'in 1 minute'],
    [119 * MINUTE_MS, 'in 119 minutes'],
    [2 * HOUR_MS, 'in 2 hours'],
    [47 * HOUR_MS, 'in 47 hours'],
    [7 * DAY_MS - 5000, 'in 7 days'],
    [-3 * DAY_MS, '3 days ago'],
    [-2 * HOUR_MS, '2 hours ago'],
  ])('say how far off %i ms are: %s', (ms, text) => {
    expect(distance(1_000_000_000_000 + ms, 1_000_000_000_000)).toBe(text);
  });

  it('count one and many', () => {
    expect([count(0, 'user'), count(1, 'user'), count(2, 'user')]).toEqual([
      '0 users',
      '1 user',
      '2 users',
    ]);
    expect(fullDays(0, 2 * DAY_MS - 1)).toBe(1);
  });

  it('are quoted for a shell only where they must be, and then wholly', () => {
    expect(shellWord('a.b+c=d,e@f_g-h')).toBe('a.b+c=d,e@f_g-h');
    expect(shellWord('$(rm -rf /)')).toBe("'$(rm -rf /)'");
    expect(shellWord("it's")).toBe("'it'\\''s'");
    expect(shellWord('')).toBe("''");
  });

  it('find the nearest candidate within so many edits', () => {
    const candidates = ['IKR:EMAIL', 'IKR:DELETE_AFTER_DAYS'];
    expect(nearest('IKR:EMIAL', candidates, 1)).toBe('IKR:EMAIL');
    expect(nearest('IKR:MAIL', candidates, 1)).toBe('IKR:EMAIL');
    expect(nearest('IKR:E', candidates, 3)).toBeUndefined();
    expect(nearest('', candidates, 2)).toBeUndefined();
  });
});
