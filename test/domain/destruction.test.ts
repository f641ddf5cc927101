import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type DestructionPolicy,
  isOnlyActive,
  planDestruction,
} from '../../src/domain/destruction.ts';
import type { AccessKey } from '../../src/domain/identity.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { deactivatedRecord, STARTED_AT_MS, scheduledRecord } from '../support/records.ts';

const policy: DestructionPolicy = {
  requireNewKeyUsed: true,
  maxKeyAgeDays: 90,
  retryAfterMinutes: 5,
};
const key = (accessKeyId: string, status: AccessKey['status'] = 'Active'): AccessKey => ({
  accessKeyId,
  status,
  createdAtMs: STARTED_AT_MS,
});
const both = [key('AKIAOLD'), key('AKIANEW')];
const due = STARTED_AT_MS + 7 * DAY_MS;
const used = true;
const unused = false;

describe('an old key whose time has come', () => {
  it('is deleted when the new key is in use', () => {
    expect(planDestruction(scheduledRecord(), both, used, policy, due).kind).toBe('delete');
  });

  it('waits for its time to the millisecond', () => {
    expect(planDestruction(scheduledRecord(), both, used, policy, due - 1)).toMatchObject({
      kind: 'wait',
      untilMs: due,
    });
  });

  it('is kept, and its owner reminded, while the new key was never used', () => {
    expect(planDestruction(scheduledRecord(), both, unused, policy, due)).toMatchObject({
      kind: 'remind',
      untilMs: due + DAY_MS,
    });
  });

  it('brings one reminder a day, not one a run', () => {
    const reminded = scheduledRecord({ remindedAtMs: due });
    const planAfter = (ms: number) =>
      planDestruction(reminded, both, unused, policy, due + ms).kind;
    expect(planAfter(6 * 3_600_000)).toBe('wait');
    expect(planAfter(DAY_MS)).toBe('remind');
  });

  it('brings one reminder a week once it is deactivated', () => {
    const reminded = deactivatedRecord({ remindedAtMs: due });
    const inactive = [key('AKIAOLD', 'Inactive'), key('AKIANEW')];
    const planAfter = (days: number) =>
      planDestruction(reminded, inactive, unused, policy, due + days * DAY_MS).kind;
    expect([1, 2, 3, 4, 5, 6, 7].map(planAfter)).toEqual([
      'wait',
      'wait',
      'wait',
      'wait',
      'wait',
      'wait',
      'remind',
    ]);
  });

  it('is deactivated at the age limit even though the new key was never used', () => {
    const at90 = STARTED_AT_MS + 10 * DAY_MS;
    expect(planDestruction(scheduledRecord(), both, unused, policy, at90 - 1).kind).toBe('remind');
    expect(planDestruction(scheduledRecord(), both, unused, policy, at90)).toMatchObject({
      kind: 'deactivate',
      why: 'max-age',
    });
  });

  it('is not deactivated by its age before the date that the mail promised', () => {
    const ancient = scheduledRecord({ oldKeyCreatedAtMs: 0 });
    expect(planDestruction(ancient, both, unused, policy, due - 1).kind).toBe('wait');
  });

  it('is deleted on time without a use of the new key where none is required', () => {
    const lenient = { ...policy, requireNewKeyUsed: false };
    expect(planDestruction(scheduledRecord(), both, unused, lenient, due).kind).toBe('delete');
  });

  it('is deactivated first when there is such a stage', () => {
    const staged = scheduledRecord({ deactivateOnMs: STARTED_AT_MS + 3 * DAY_MS });
    const stage = STARTED_AT_MS + 3 * DAY_MS;
    expect(planDestruction(staged, both, used, policy, stage)).toMatchObject({
      kind: 'deactivate',
      why: 'stage',
      deleteOnMs: due,
    });
  });

  it('has a day between a late deactivation and its deletion', () => {
    const staged = scheduledRecord({ deactivateOnMs: STARTED_AT_MS + 3 * DAY_MS });
    expect(planDestruction(staged, both, used, policy, due + DAY_MS)).toMatchObject({
      kind: 'deactivate',
      deleteOnMs: due + 2 * DAY_MS,
    });
  });

  it.each([
    ['the new key is gone', [key('AKIAOLD')], { kind: 'close', outcome: 'undone' }],
    ['both keys are gone', [], { kind: 'close', outcome: 'undone' }],
    [
      'the old key is gone and the new one in use',
      [key('AKIANEW')],
      { kind: 'close', outcome: 'completed' },
    ],
    ['the new key is inactive', [key('AKIAOLD'), key('AKIANEW', 'Inactive')], { kind: 'wait' }],
  ])('is left alone when %s', (_what, keys, plan) => {
    expect(planDestruction(scheduledRecord(), keys, used, policy, due)).toMatchObject(plan);
  });

  it('keeps the content key for an unopened mail when the old key is gone', () => {
    expect(planDestruction(scheduledRecord(), [key('AKIANEW')], unused, policy, due).kind).toBe(
      'await-first-use',
    );
  });

  it('waits while IAM does not list a new key that is minutes old, and is kept after that', () => {
    const planAfter = (ms: number) =>
      planDestruction(
        scheduledRecord({ newKeyCreatedAtMs: due - ms }),
        [key('AKIAOLD')],
        unused,
        policy,
        due,
      );
    expect(planAfter(5 * 60_000 - 1)).toMatchObject({ kind: 'wait', untilMs: due + DAY_MS });
    expect(planAfter(5 * 60_000)).toMatchObject({ kind: 'close', outcome: 'undone' });
  });

  it('is a veto when a person activated it again', () => {
    expect(planDestruction(deactivatedRecord(), both, used, policy, due).kind).toBe('cancel');
  });

  it('is never touched unless the new key is active, due and, where required, used', () => {
    const status = fc.constantFrom<AccessKey['status'] | 'gone'>('Active', 'Inactive', 'gone');
    fc.assert(
      fc.property(
        status,
        status,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 0, max: 40 * 24 }),
        (old, fresh, isUsed, required, deactivated, hours) => {
          const keys = [
            ...(old === 'gone' ? [] : [key('AKIAOLD', old)]),
            ...(fresh === 'gone' ? [] : [key('AKIANEW', fresh)]),
          ];
          const record = deactivated ? deactivatedRecord() : scheduledRecord();
          const now = STARTED_AT_MS + hours * 3_600_000;
          const plan = planDestruction(
            record,
            keys,
            isUsed,
            { ...policy, requireNewKeyUsed: required },
            now,
          );
          if (plan.kind !== 'delete' && plan.kind !== 'deactivate') return;
          expect(fresh).toBe('Active');
          expect(isOnlyActive(keys, 'AKIAOLD')).toBe(false);
          expect(now).toBeGreaterThanOrEqual(due);
          if (plan.kind === 'delete' && required) expect(isUsed).toBe(true);
          if (deactivated) expect(old).toBe('Inactive');
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('the only active key', () => {
  it.each([
    [[key('AKIAOLD')], true],
    [[key('AKIAOLD'), key('AKIANEW', 'Inactive')], true],
    [both, false],
    [[key('AKIAOLD', 'Inactive'), key('AKIANEW')], false],
    [[key('AKIAOLD', 'Inactive')], false],
    [[], false],
  ])('is known among %j', (keys, expected) => {
    expect(isOnlyActive(keys, 'AKIAOLD')).toBe(expected);
  });
});
