import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { backOffMs } from '../../../src/domain/back-off.ts';
import type { AccessKey } from '../../../src/domain/identity.ts';
import { plan } from '../../../src/domain/plan/index.ts';
import type { RotationRecord } from '../../../src/domain/record.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { closedRecord, scheduledRecord } from '../../support/records.ts';
import { decision, MANAGED, nowListed } from './situations.ts';

const now = Date.UTC(2026, 6, 1, 12);
const key = (ageMs: number, status: AccessKey['status'] = 'Active', id = 'AKIAOLD'): AccessKey => ({
  accessKeyId: id,
  status,
  createdAtMs: now - ageMs,
});

/** What the rotator does about a user whose keys it has listed. */
function planKeys(
  keys: readonly AccessKey[],
  record?: RotationRecord,
  { force = false, nowMs = now } = {},
) {
  // The list is remembered already: what is left is the decision on the keys.
  const known = record ?? closedRecord({ outcome: 'seen', closedAtMs: 0 });
  return decision(plan(known, nowListed(keys, nowMs), { ...MANAGED, force }, nowMs));
}

describe('who is due', () => {
  it.each([
    ['no key', [], 'no-key'],
    ['only an inactive key', [key(90 * DAY_MS, 'Inactive')], 'inactive-key'],
    ['two keys', [key(90 * DAY_MS), key(DAY_MS, 'Active', 'AKIANEW')], 'two-keys'],
    [
      'two keys, one of them inactive',
      [key(90 * DAY_MS), key(1, 'Inactive', 'AKIANEW')],
      'two-keys',
    ],
    ['a young key', [key(79 * DAY_MS)], 'not-due'],
    ['a key that is due in a millisecond', [key(80 * DAY_MS - 1)], 'not-due'],
  ])('is not a user with %s', (_what, keys, code) => {
    expect(planKeys(keys)).toMatchObject({ what: 'wait', outcome: 'skipped', code });
  });

  it('is a user whose key is exactly 80 full days old', () => {
    expect(planKeys([key(80 * DAY_MS)])).toMatchObject({
      what: 'begin',
      dueAtMs: now,
    });
  });

  it('counts full days, not calendar days', () => {
    const created = { ...key(0), createdAtMs: Date.UTC(2026, 3, 12, 12, 1) };
    expect(planKeys([created]).code).toBe('not-due');
    expect(planKeys([created], undefined, { nowMs: now + 60_000 }).what).toBe('begin');
  });

  it('is not a user whose rotation is open, even when forced', () => {
    const planned = planKeys([key(90 * DAY_MS)], scheduledRecord(), { force: true });
    expect(planned.what).not.toBe('begin');
  });

  it('is not a user whose last rotation failed and backs off, unless forced', () => {
    const record = closedRecord({ failures: 1, retryNotBeforeMs: now + 1 });
    const keys = [key(90 * DAY_MS)];
    expect(planKeys(keys, record)).toMatchObject({
      code: 'backing-off',
      sentence: expect.stringContaining('could not be delivered within 7 days'),
    });
    expect(planKeys(keys, record, { force: true }).what).toBe('begin');
    expect(planKeys(keys, record, { nowMs: now + 1 }).what).toBe('begin');
  });

  it('is nobody whose rotation was closed a moment ago, even when forced', () => {
    const record = closedRecord({ closedAtMs: now - 89_999 });
    const keys = [key(90 * DAY_MS)];
    expect(planKeys(keys, record, { force: true }).code).toBe('resting');
    expect(planKeys(keys, closedRecord({ closedAtMs: now - 90_000 })).what).toBe('begin');
  });

  it('is whoever is named when forced, whatever the age of the key', () => {
    expect(planKeys([key(0)], undefined, { force: true }).what).toBe('begin');
  });

  it('never rotates without exactly one key, which is Active', () => {
    const anyKey = fc.record({
      accessKeyId: fc.constantFrom('AKIAA', 'AKIAB'),
      status: fc.constantFrom<AccessKey['status']>('Active', 'Inactive'),
      createdAtMs: fc.integer({ min: 0, max: now }),
    });
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 2 }), fc.boolean(), (keys, force) => {
        const { what } = planKeys(keys, undefined, { force });
        if (what !== 'begin') return;
        expect(keys).toMatchObject([{ status: 'Active' }]);
        const [oldKey] = keys;
        if (!force) expect(now - (oldKey?.createdAtMs ?? now)).toBeGreaterThanOrEqual(80 * DAY_MS);
      }),
    );
  });

  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 7],
    [40, 7],
  ])('waits after %d failures for %d days', (failures, days) => {
    expect(backOffMs(failures)).toBe(days * DAY_MS);
  });

  it('waits no longer than the longest of them, whatever a record says', () => {
    const longestMs = now + 8 * DAY_MS;
    const planAt = (retryNotBeforeMs: number) =>
      planKeys([key(80 * DAY_MS)], closedRecord({ retryNotBeforeMs }));
    expect(planAt(longestMs).code).toBe('backing-off');
    expect(planAt(longestMs + 1).what).toBe('begin');
  });
});
