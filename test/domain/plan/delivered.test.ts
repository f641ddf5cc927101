import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { AccessKey } from '../../../src/domain/identity.ts';
import { findKey, isOnlyActive } from '../../../src/domain/keys.ts';
import { plan } from '../../../src/domain/plan/index.ts';
import type { KeyUse } from '../../../src/domain/plan/types.ts';
import type { DeliveredRecord } from '../../../src/domain/record.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { deactivatedRecord, STARTED_AT_MS, scheduledRecord } from '../../support/records.ts';
import { decision, MANAGED, nowListed } from './situations.ts';

const key = (accessKeyId: string, status: AccessKey['status'] = 'Active'): AccessKey => ({
  accessKeyId,
  status,
  createdAtMs: STARTED_AT_MS,
});
const both = [key('AKIAOLD'), key('AKIANEW')];
const due = STARTED_AT_MS + 7 * DAY_MS;
const used = true;
const unused = false;

/** What the destructor does when the timer expired, with everything looked at. */
function planEnd(
  record: DeliveredRecord,
  keys: readonly AccessKey[],
  isUsed: boolean,
  nowMs: number,
) {
  const found = {
    kind: 'found',
    userName: 'alice',
    ...(isUsed && { lastUsedAtMs: nowMs }),
  } as const;
  const use = findKey(keys, 'AKIANEW') ? found : ({ kind: 'gone' } as const);
  return planWithUse(record, keys, use, nowMs);
}

function planWithUse(
  record: DeliveredRecord,
  keys: readonly AccessKey[],
  use: KeyUse,
  nowMs: number,
) {
  const observed = {
    ...nowListed(keys, nowMs),
    by: 'destructor',
    user: 'not-read',
    timer: 'expired',
    uses: { AKIANEW: use },
    retrievable: true,
  } as const;
  return decision(plan(record, observed, MANAGED, nowMs));
}

describe('an old key whose time has come', () => {
  it('is deleted when the new key is in use', () => {
    expect(planEnd(scheduledRecord(), both, used, due).what).toBe('delete');
  });

  it('waits for its time to the millisecond', () => {
    expect(planEnd(scheduledRecord(), both, used, due - 1)).toMatchObject({
      what: 'wait',
      untilMs: due,
    });
  });

  it('is kept, and its owner reminded, while the new key was never used', () => {
    expect(planEnd(scheduledRecord(), both, unused, due)).toMatchObject({
      what: 'remind',
    });
  });

  it('brings one reminder a day, not one a run', () => {
    const reminded = scheduledRecord({ remindedAtMs: due });
    const planAfter = (ms: number) => planEnd(reminded, both, unused, due + ms).what;
    expect(planAfter(6 * 3_600_000)).toBe('wait');
    expect(planAfter(DAY_MS)).toBe('remind');
  });

  it('brings one reminder a week once it is deactivated', () => {
    const reminded = deactivatedRecord({ remindedAtMs: due });
    const inactive = [key('AKIAOLD', 'Inactive'), key('AKIANEW')];
    const planAfter = (days: number) =>
      planEnd(reminded, inactive, unused, due + days * DAY_MS).what;
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
    expect(planEnd(scheduledRecord(), both, unused, at90 - 1).what).toBe('remind');
    expect(planEnd(scheduledRecord(), both, unused, at90)).toMatchObject({
      what: 'deactivate',
      why: 'max-age',
    });
  });

  it('is not deactivated by its age before the date that the mail promised', () => {
    const ancient = scheduledRecord({ oldKeyCreatedAtMs: 0 });
    expect(planEnd(ancient, both, unused, due - 1).what).toBe('wait');
  });

  it('is deleted on time without a use of the new key where none is required', () => {
    const lenient = scheduledRecord({ requireNewKeyUsed: false });
    expect(planEnd(lenient, both, unused, due).what).toBe('delete');
  });

  it('is deactivated first when there is such a stage', () => {
    const staged = scheduledRecord({ deactivateOnMs: STARTED_AT_MS + 3 * DAY_MS });
    const stage = STARTED_AT_MS + 3 * DAY_MS;
    expect(planEnd(staged, both, used, stage)).toMatchObject({
      what: 'deactivate',
      why: 'stage',
      deleteOnMs: due,
    });
  });

  it('has a day between a late deactivation and its deletion', () => {
    const staged = scheduledRecord({ deactivateOnMs: STARTED_AT_MS + 3 * DAY_MS });
    expect(planEnd(staged, both, used, due + DAY_MS)).toMatchObject({
      what: 'deactivate',
      deleteOnMs: due + 2 * DAY_MS,
    });
  });

  it.each([
    ['the new key is gone', [key('AKIAOLD')], { what: 'close', outcome: 'undone' }],
    ['both keys are gone', [], { what: 'close', outcome: 'undone' }],
    [
      'the old key is gone and the new one in use',
      [key('AKIANEW')],
      { what: 'close', outcome: 'completed' },
    ],
    ['the new key is inactive', [key('AKIAOLD'), key('AKIANEW', 'Inactive')], { what: 'wait' }],
  ])('is left alone when %s', (_what, keys, plan) => {
    expect(planEnd(scheduledRecord(), keys, used, due)).toMatchObject(plan);
  });

  it('keeps the content key for an unopened mail when the old key is gone', () => {
    expect(planEnd(scheduledRecord(), [key('AKIANEW')], unused, due).what).toBe('await-first-use');
  });

  it('waits while IAM does not list a new key that is minutes old, and is kept after that', () => {
    const planAfter = (ms: number) =>
      planEnd(scheduledRecord({ newKeyCreatedAtMs: due - ms }), [key('AKIAOLD')], unused, due);
    expect(planAfter(5 * 60_000 - 1)).toMatchObject({
      what: 'wait',
      outcome: 'waiting',
      untilMs: due + DAY_MS,
    });
    expect(planAfter(5 * 60_000)).toMatchObject({ what: 'close', outcome: 'undone' });
  });

  it('is kept, with its rotation open, while a list lacks a new key that IAM knows', () => {
    const known = { kind: 'found', userName: 'alice' } as const;
    expect(planWithUse(scheduledRecord(), [key('AKIAOLD')], known, due)).toMatchObject({
      what: 'wait',
      code: 'new-key-unlisted',
      timerAtMs: due + DAY_MS,
    });
  });

  it('is a veto when a person activated it again', () => {
    expect(planEnd(deactivatedRecord(), both, used, due).what).toBe('cancel');
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
          const promised = { requireNewKeyUsed: required };
          const record = deactivated ? deactivatedRecord(promised) : scheduledRecord(promised);
          const now = STARTED_AT_MS + hours * 3_600_000;
          const { what } = planEnd(record, keys, isUsed, now);
          if (what !== 'delete' && what !== 'deactivate') return;
          expect(fresh).toBe('Active');
          expect(isOnlyActive(keys, 'AKIAOLD')).toBe(false);
          expect(now).toBeGreaterThanOrEqual(due);
          if (what === 'delete' && required) expect(isUsed).toBe(true);
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
