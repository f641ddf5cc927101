import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { AccessKey } from '../../../src/domain/identity.ts';
import { plan } from '../../../src/domain/plan/index.ts';
import { isRemembered, knownKeys, rowToRemember } from '../../../src/domain/plan/snapshot.ts';
import type { Observed } from '../../../src/domain/plan/types.ts';
import { type ReportRow, rememberedRow } from '../../../src/domain/report-row.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { closedRecord, STARTED_AT_MS, scheduledRecord } from '../../support/records.ts';
import { decision, MANAGED } from './situations.ts';

const now = STARTED_AT_MS + 2 * DAY_MS;
const oldKey: AccessKey = {
  accessKeyId: 'AKIAOLD',
  status: 'Active',
  createdAtMs: STARTED_AT_MS - 80 * DAY_MS,
};
const newKey: AccessKey = {
  accessKeyId: 'AKIANEW',
  status: 'Active',
  createdAtMs: scheduledRecord().newKeyCreatedAtMs,
};
const row: ReportRow = [oldKey, newKey].map(({ createdAtMs }) => ({
  active: true,
  changedAtMs: createdAtMs,
}));
const snapshot = { keys: [oldKey, newKey], reportRow: rememberedRow(row) };
const timer = {
  userId: 'AIDAALICE',
  oldKeyId: 'AKIAOLD',
  rotationId: 'rotation-1',
  deleteOnEpochSeconds: 1,
};
const seen = (more: Partial<Observed> = {}): Observed => ({
  by: 'rotator',
  user: 'listed',
  timer,
  uses: {},
  done: {},
  ...more,
});
const planWith = (more: Partial<Observed>, record = scheduledRecord({ keySnapshot: snapshot })) =>
  decision(plan(record, seen(more), MANAGED, now));

describe("a user's keys", () => {
  it('need not be listed while the row is the one that was remembered with them', () => {
    expect(planWith({ reportRow: row }).what).toBe('wait');
  });

  it.each<[string, ReportRow | undefined]>([
    ['there is no row', undefined],
    ['a key is gone', row.slice(1)],
    ['a key was added', [...row, { active: true, changedAtMs: now }]],
    ['a key was switched off', [{ active: false, changedAtMs: now }, ...row.slice(1)]],
    ['a key was switched off and on again', [{ active: true, changedAtMs: now }, ...row.slice(1)]],
    ['the keys have other slots', [...row].reverse()],
  ])('are listed when %s', (_, reportRow) => {
    expect(planWith(reportRow ? { reportRow } : {})).toEqual({ what: 'look', at: 'keys' });
  });

  it('are listed when no row was remembered with them', () => {
    const record = scheduledRecord({ keySnapshot: { keys: snapshot.keys } });
    expect(planWith({ reportRow: row }, record)).toEqual({ what: 'look', at: 'keys' });
  });

  it('are listed for the first use of the new key only where the rotation waits for it', () => {
    const [first, second] = row;
    if (!first || !second) throw new Error('two keys');
    const usedRow = [first, { ...second, lastUsedAtMs: now - HOUR_MS }];
    // A use is no difference.
    expect(planWith({ reportRow: usedRow }).what).toBe('wait');
    const waits = scheduledRecord({
      oldKeyGoneAtMs: now - DAY_MS,
      keySnapshot: { keys: [newKey], reportRow: rememberedRow([second]) },
    });
    expect(planWith({ reportRow: [second] }, waits).what).toBe('wait');
    expect(planWith({ reportRow: usedRow.slice(1) }, waits)).toEqual({ what: 'look', at: 'keys' });
  });

  it('are remembered by one write once they were listed, and only then', () => {
    const keys = { keys: [oldKey, newKey], listedAtMs: now };
    const unremembered = scheduledRecord();
    expect(planWith({ reportRow: row, keys }, unremembered).what).toBe('remember');
    expect(planWith({ reportRow: row, keys }).what).toBe('wait');
    // Without a row a later run could not tell whether the list is still true.
    expect(planWith({ keys }, unremembered).what).toBe('wait');
  });

  it('of a user without a record are listed once there is room for it', () => {
    const young: ReportRow = [{ active: true, changedAtMs: now - DAY_MS }];
    const fresh = (more: Partial<Observed>) =>
      decision(plan(undefined, seen({ reportRow: young, ...more }), MANAGED, now));
    expect(fresh({}).code).toBe('not-due');
    expect(fresh({ isFirstSight: true })).toEqual({ what: 'look', at: 'keys' });
  });

  it('are listed before a rotation begins, whatever is remembered', () => {
    const due: AccessKey = { ...oldKey, createdAtMs: now - 80 * DAY_MS };
    const reportRow: ReportRow = [{ active: true, changedAtMs: due.createdAtMs }];
    const record = closedRecord({
      outcome: 'seen',
      keySnapshot: { keys: [due], reportRow: rememberedRow(reportRow) },
    });
    const fresh = (more: Partial<Observed>) =>
      decision(plan(record, seen({ reportRow, ...more }), MANAGED, now));
    expect(fresh({})).toEqual({ what: 'look', at: 'keys' });
    expect(fresh({ keys: { keys: [due], listedAtMs: now } }).what).toBe('begin');
  });

  it('without a record are taken for older than the date of a change that came after a use', () => {
    const reportRow: ReportRow = [
      { active: true, changedAtMs: now - DAY_MS, lastUsedAtMs: now - 2 * DAY_MS },
    ];
    // Created nobody knows when: only a list tells.
    expect(decision(plan(undefined, seen({ reportRow }), MANAGED, now))).toEqual({
      what: 'look',
      at: 'keys',
    });
  });
});

describe('the row that is remembered', () => {
  it('is none when it does not tell of these very keys', () => {
    expect(rowToRemember([oldKey, newKey], row)).toBe(rememberedRow(row));
    // A report may be four hours old.
    expect(rowToRemember([oldKey], row)).toBeUndefined();
    expect(rowToRemember([{ ...oldKey, status: 'Inactive' }, newKey], row)).toBeUndefined();
    const younger = { ...newKey, createdAtMs: newKey.createdAtMs + 1 };
    expect(rowToRemember([oldKey, younger], row)).toBeUndefined();
    expect(rowToRemember([oldKey, newKey], undefined)).toBeUndefined();
  });

  const keyArbitrary = fc.record({
    status: fc.constantFrom<AccessKey['status']>('Active', 'Inactive'),
    createdAtMs: fc.nat({ max: 3 }),
  });
  const rowArbitrary: fc.Arbitrary<ReportRow> = fc.array(
    fc.record({ active: fc.boolean(), changedAtMs: fc.nat({ max: 3 }) }),
    { maxLength: 2 },
  );

  it('matches the keys one by one, in any order, or is none', () => {
    fc.assert(
      fc.property(fc.array(keyArbitrary, { maxLength: 2 }), rowArbitrary, (kept, reportRow) => {
        const keys = kept.map((one, at): AccessKey => ({ ...one, accessKeyId: `AKIA${at}` }));
        const fits = (key: AccessKey | undefined, slot: ReportRow[number] | undefined) =>
          key !== undefined &&
          slot !== undefined &&
          (key.status === 'Active') === slot.active &&
          key.createdAtMs <= slot.changedAtMs;
        const [a, b] = keys;
        const [x, y] = reportRow;
        const isSame =
          keys.length === reportRow.length &&
          (keys.length === 0 ||
            (keys.length === 1 && fits(a, x)) ||
            (keys.length === 2 && ((fits(a, x) && fits(b, y)) || (fits(a, y) && fits(b, x)))));
        const remembered = rowToRemember(keys, reportRow);
        // A row may be missed, which costs a list in the next run; a wrong one is never kept.
        if (remembered !== undefined) expect(isSame).toBe(true);
        if (remembered !== undefined) expect(remembered).toBe(rememberedRow(reportRow));
      }),
      { numRuns: 2000 },
    );
  });

  it('makes the keys known again, and nothing else does', () => {
    fc.assert(
      fc.property(rowArbitrary, rowArbitrary, (before, today) => {
        const record = closedRecord({
          keySnapshot: { keys: [oldKey], reportRow: rememberedRow(before) },
        });
        const known = knownKeys(record, seen({ reportRow: today }));
        expect(known !== undefined).toBe(rememberedRow(before) === rememberedRow(today));
        expect(isRemembered(record, seen({ reportRow: today }))).toBe(true);
      }),
    );
  });
});
