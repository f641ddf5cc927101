import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type ReportRow, rememberedRow, tellsOfUse } from '../../src/domain/report-row.ts';

const CREATED_AT_MS = Date.UTC(2026, 0, 1);
const USED_AT_MS = Date.UTC(2026, 5, 1);
const key = { active: true, changedAtMs: CREATED_AT_MS };

const reportedKey = fc.record(
  { active: fc.boolean(), changedAtMs: fc.nat({ max: 5 }), lastUsedAtMs: fc.nat({ max: 5 }) },
  { requiredKeys: ['active', 'changedAtMs'] },
);
const row: fc.Arbitrary<ReportRow> = fc.array(reportedKey, { maxLength: 2 });

describe('a remembered row', () => {
  it('is text that a person can read', () => {
    expect(rememberedRow([key, { active: false, changedAtMs: USED_AT_MS }])).toBe(
      'active 2026-01-01T00:00:00.000Z, inactive 2026-06-01T00:00:00.000Z',
    );
    expect(rememberedRow([])).toBe('');
  });

  it('differs exactly when the status or the date of change of a key does, or a key comes or goes', () => {
    const facts = (keys: ReportRow) =>
      JSON.stringify(keys.map(({ active, changedAtMs }) => [active, changedAtMs]));
    fc.assert(
      fc.property(row, row, (one, other) => {
        expect(rememberedRow(one) === rememberedRow(other)).toBe(facts(one) === facts(other));
      }),
      { numRuns: 2000 },
    );
  });

  it('stays the same however often a key is used', () => {
    expect(rememberedRow([{ ...key, lastUsedAtMs: USED_AT_MS }])).toBe(rememberedRow([key]));
  });
});

describe('the use of a new key', () => {
  it('is told by the key that was created then', () => {
    expect(tellsOfUse([{ ...key, lastUsedAtMs: USED_AT_MS }], CREATED_AT_MS)).toBe(true);
    expect(tellsOfUse([key], CREATED_AT_MS)).toBe(false);
    expect(tellsOfUse([], CREATED_AT_MS)).toBe(false);
  });

  it('is not told by the use of another key of the user', () => {
    const old = { ...key, changedAtMs: CREATED_AT_MS - 1000, lastUsedAtMs: USED_AT_MS };
    expect(tellsOfUse([old, key], CREATED_AT_MS)).toBe(false);
    expect(tellsOfUse([old, { ...key, lastUsedAtMs: USED_AT_MS }], CREATED_AT_MS)).toBe(true);
  });

  it('is not told by a key that was switched since, whose creation the report no longer dates', () => {
    const switched = { ...key, changedAtMs: CREATED_AT_MS + 1000, lastUsedAtMs: USED_AT_MS };
    expect(tellsOfUse([switched], CREATED_AT_MS)).toBe(false);
  });
});
