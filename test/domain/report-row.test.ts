import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { AccessKey } from '../../src/domain/identity.ts';
import {
  type ReportedKey,
  type ReportRow,
  rememberedRow,
  tellsOfUse,
} from '../../src/domain/report-row.ts';
import { DAY_MS } from '../../src/domain/time.ts';

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
  const old: AccessKey = {
    accessKeyId: 'AKIAOLD',
    status: 'Active',
    createdAtMs: CREATED_AT_MS - DAY_MS,
  };
  const own: AccessKey = { accessKeyId: 'AKIANEW', status: 'Active', createdAtMs: CREATED_AT_MS };
  const reported = ({ createdAtMs }: AccessKey, changes: Partial<ReportedKey> = {}) => ({
    active: true,
    changedAtMs: createdAtMs,
    ...changes,
  });
  const used = { lastUsedAtMs: USED_AT_MS };
  const tells = (row: ReportRow) => tellsOfUse(row, [old, own], 'AKIANEW');

  it('is told by the key that was created then', () => {
    expect(tells([reported(old), reported(own, used)])).toBe(true);
    expect(tells([reported(old), reported(own)])).toBe(false);
    expect(tells([])).toBe(false);
  });

  it('is not told by the use of another key of the user', () => {
    expect(tells([reported(old, used), reported(own)])).toBe(false);
    expect(tells([reported(old, used), reported(own, used)])).toBe(true);
  });

  it('may be told by a key whose status was changed since, and whose creation nobody can tell', () => {
    const switched = { changedAtMs: CREATED_AT_MS + DAY_MS };
    expect(tells([reported(old, used), reported(own, { ...switched, ...used })])).toBe(true);
    expect(tells([reported(old, { ...switched, ...used }), reported(own)])).toBe(true);
    expect(tells([reported(old), reported(own, switched)])).toBe(false);
  });
});
