import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { AccessKey } from '../../src/domain/identity.ts';
import { backOffMs, planRotation } from '../../src/domain/rotation.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { closedRecord, scheduledRecord } from '../support/records.ts';

const now = Date.UTC(2026, 6, 1, 12);
const policy = { rotateAfterDays: 80 };
const key = (ageMs: number, status: AccessKey['status'] = 'Active', id = 'AKIAOLD'): AccessKey => ({
  accessKeyId: id,
  status,
  createdAtMs: now - ageMs,
});

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
  ])('is not a user with %s', (_what, keys, reason) => {
    expect(planRotation(keys, undefined, policy, now)).toMatchObject({ kind: 'skip', reason });
  });

  it('is a user whose key is exactly 80 full days old', () => {
    expect(planRotation([key(80 * DAY_MS)], undefined, policy, now)).toMatchObject({
      kind: 'rotate',
      dueAtMs: now,
    });
  });

  it('counts full days, not calendar days', () => {
    const lateYesterday = { ...key(0), createdAtMs: Date.UTC(2026, 5, 30, 23, 59) };
    expect(planRotation([lateYesterday], undefined, { rotateAfterDays: 1 }, now)).toMatchObject({
      reason: 'not-due',
    });
  });

  it('is not a user whose rotation is open, even when forced', () => {
    const plan = planRotation([key(90 * DAY_MS)], scheduledRecord(), policy, now, true);
    expect(plan).toMatchObject({ kind: 'skip', reason: 'rotation-open' });
  });

  it('is not a user whose last rotation failed and backs off, unless forced', () => {
    const record = closedRecord({ failures: 1, retryNotBeforeMs: now + 1, reason: 'refused' });
    expect(planRotation([key(90 * DAY_MS)], record, policy, now)).toMatchObject({
      reason: 'backing-off',
      detail: expect.stringContaining('refused'),
    });
    expect(planRotation([key(90 * DAY_MS)], record, policy, now, true).kind).toBe('rotate');
    expect(planRotation([key(90 * DAY_MS)], record, policy, now + 1).kind).toBe('rotate');
  });

  it('is whoever is named when forced, whatever the age of the key', () => {
    expect(planRotation([key(0)], undefined, policy, now, true).kind).toBe('rotate');
  });

  it('never rotates without exactly one key, which is Active', () => {
    const anyKey = fc.record({
      accessKeyId: fc.constantFrom('AKIAA', 'AKIAB'),
      status: fc.constantFrom<AccessKey['status']>('Active', 'Inactive'),
      createdAtMs: fc.integer({ min: 0, max: now }),
    });
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 2 }), fc.boolean(), (keys, force) => {
        const plan = planRotation(keys, undefined, policy, now, force);
        if (plan.kind === 'rotate') {
          expect(keys).toEqual([plan.oldKey]);
          expect(plan.oldKey.status).toBe('Active');
          if (!force) expect(now - plan.oldKey.createdAtMs).toBeGreaterThanOrEqual(80 * DAY_MS);
        }
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
    const plan = (retryNotBeforeMs: number) =>
      planRotation([key(80 * DAY_MS)], closedRecord({ retryNotBeforeMs }), policy, now);
    expect(plan(longestMs)).toMatchObject({ kind: 'skip', reason: 'backing-off' });
    expect(plan(longestMs + 1).kind).toBe('rotate');
  });
});
