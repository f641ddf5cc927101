import { describe, expect, it } from '@jest/globals';
import type { AccessKey } from '../../../src/domain/identity.ts';
import type { RotationRecord } from '../../../src/domain/record.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { type Findings, outlook } from '../../../src/rotation/commands/outlook.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const POLICY = { requireNewKeyUsed: true, maxKeyAgeDays: 90, retryAfterMinutes: 5 };
const day = (offset: number) => NOW + offset * DAY_MS;

const key = (accessKeyId: string, ageDays: number, status: AccessKey['status'] = 'Active') => ({
  accessKeyId,
  status,
  createdAtMs: day(-ageDays),
});
const managed: Findings['reading'] = {
  kind: 'managed',
  policy: { address: 'a@example.com', instructions: '', rotateAfterDays: 80, deleteAfterDays: 7 },
};
const unmanaged: Findings['reading'] = { kind: 'unmanaged' };
const base = {
  userId: 'AIDAEXAMPLEEXAMPLE234',
  userName: 'alice',
  userArn: 'arn:aws:iam::111122223333:user/alice',
  address: 'a@example.com',
  rotationId: 'r',
  version: 3,
  startedAtMs: day(-7),
  leaseUntilMs: 0,
  failures: 0,
  oldKeyId: 'OLD',
  oldKeyCreatedAtMs: day(-85),
  parameterName: '/ikr/secret/iam/alice',
};
const withNewKey = {
  ...base,
  newKeyId: 'NEW',
  newKeyCreatedAtMs: day(-5),
  sealed: 'sealed',
  instructions: '',
  deleteOnMs: day(2),
};
const scheduled = { ...withNewKey, state: 'SCHEDULED', deliveredAtMs: day(-5) } as const;
const timerAt = (atMs: number) => ({
  userId: base.userId,
  oldKeyId: 'OLD',
  deleteOnEpochSeconds: atMs / 1000,
});
const both = [key('OLD', 85), key('NEW', 5)];

/** The outlook with its sentences alone; codes have a test of their own. */
const see = (record: RotationRecord | undefined, more: Partial<Findings> = {}, policy = POLICY) => {
  const { next, warnings, ...when } = outlookOf(record, more, policy);
  return { next: next.text, ...when, warnings: warnings.map(({ text }) => text) };
};

const outlookOf = (
  record: RotationRecord | undefined,
  more: Partial<Findings> = {},
  policy = POLICY,
) =>
  outlook(
    {
      reading: managed,
      record,
      timer: record ? timerAt(day(2)) : undefined,
      keys: record ? both : [key('OLD', 12)],
      newKeyUsed: true,
      ...more,
    },
    policy,
    NOW,
  );

describe('what happens next to a user without an open rotation', () => {
  it('is the replacement of the key, when it is old enough', () => {
    expect(see(undefined)).toEqual({ next: 'replaced', atMs: day(68), warnings: [] });
  });

  it('is the next run when it is old enough, with a warning when no run came for a day', () => {
    expect(see(undefined, { keys: [key('OLD', 80.5)] })).toEqual({
      next: 'replaced by the next run',
      atMs: day(-0.5),
      warnings: [],
    });
    expect(see(undefined, { keys: [key('OLD', 82)] }).warnings).toEqual([
      'overdue by more than a day: does the rotator run?',
    ]);
  });

  it('is nothing without a key', () => {
    expect(see(undefined, { keys: [] })).toEqual({ next: 'nothing: no access key', warnings: [] });
  });

  it.each([
    ['bad tags', { reading: { kind: 'invalid', problems: ['IKR:EMAIL is bad'] } }, /is bad/],
    ['two keys', { keys: both }, /two access keys/],
    ['an inactive key', { keys: [key('OLD', 5, 'Inactive')] }, /inactive/],
    ['a key over the age limit', { keys: [key('OLD', 95)] }, /older than 90 days/],
  ] as [string, Partial<Findings>, RegExp][])('warns of %s', (_, more, warning) => {
    expect(see(undefined, more).warnings).toContainEqual(expect.stringMatching(warning));
  });

  it('waits after failures, and says why they failed', () => {
    const record = {
      ...base,
      state: 'CLOSED',
      closedAtMs: day(-1),
      outcome: 'failed',
      reason: 'the mail was refused',
      failures: 2,
      retryNotBeforeMs: day(1),
    } as const;
    expect(see(record, { keys: [key('OLD', 80.5)] })).toEqual({
      next: 'tried again',
      atMs: day(1),
      warnings: ['2 rotations failed: the mail was refused'],
    });
  });
});

describe('what happens next in an open rotation', () => {
  it('is the deletion of the old key', () => {
    expect(see(scheduled)).toEqual({ next: 'old key deleted', atMs: day(2), warnings: [] });
    expect(see(scheduled, { newKeyUsed: false }).warnings).toEqual([]);
  });

  it('is its deactivation where that is a stage', () => {
    const record = { ...scheduled, deactivateOnMs: day(1) };
    expect(see(record)).toEqual({ next: 'old key deactivated', atMs: day(1), warnings: [] });
    const deactivated = { ...record, state: 'DEACTIVATED', deactivatedAtMs: day(-1) } as const;
    const keys = [key('OLD', 85, 'Inactive'), key('NEW', 5)];
    expect(see(deactivated, { keys })).toMatchObject({ next: 'old key deleted', atMs: day(2) });
  });

  it('is a reminder when it is due and the new key was never used', () => {
    const record = { ...scheduled, deleteOnMs: day(-0.5) };
    const found = { newKeyUsed: false, timer: timerAt(day(0.5)) };
    expect(see(record, found)).toEqual({
      next: 'owner reminded',
      atMs: day(0.5),
      warnings: [expect.stringContaining('it is deactivated from 25 November 2026, 12:00 UTC on')],
    });
    expect(see(record, found, { ...POLICY, maxKeyAgeDays: 85 })).toMatchObject({
      next: 'old key deactivated',
      warnings: [expect.stringContaining('the new key was never used')],
    });
  });

  it.each([
    ['overdue', { ...scheduled, deleteOnMs: day(-2) }, {}, /overdue by more than a day/],
    ['a missing timer', scheduled, { timer: undefined }, /timer is missing/],
    [
      'a removed timer',
      scheduled,
      { timer: { ...timerAt(day(1)), vetoed: true } },
      /removed the timer/,
    ],
    [
      'an inactive new key',
      scheduled,
      { keys: [key('OLD', 85), key('NEW', 5, 'Inactive')] },
      /inactive/,
    ],
    [
      'an old key that is gone',
      scheduled,
      { keys: [key('NEW', 5)], newKeyUsed: false },
      /never used/,
    ],
    ['a new key that is gone', scheduled, { keys: [key('OLD', 85)] }, /removed the new key/],
    ['a lease', { ...scheduled, leaseUntilMs: day(0.01) }, {}, /a run is at work on it/],
    ['a tag that is gone', scheduled, { reading: { kind: 'unmanaged' } }, /IKR:EMAIL is gone/],
    [
      'bad tags',
      scheduled,
      { reading: { kind: 'invalid', problems: ['IKR:EMAIL is bad'] } },
      /is bad/,
    ],
    ['a user who is gone', scheduled, { keys: undefined }, /does not exist any more/],
    ['a cut-off run', { ...base, state: 'STARTED', seenKeyIds: ['OLD'] }, {}, /cut off/],
    [
      'a mail that was not accepted',
      {
        ...withNewKey,
        state: 'DELIVERING',
        attempts: 3,
        failedAttempts: 2,
        firstAttemptAtMs: day(-5),
      },
      { newKeyUsed: false },
      /not handed over yet: 3 attempts, 2 known to have failed/,
    ],
    [
      'an undelivered key',
      {
        ...withNewKey,
        state: 'DELIVERING',
        attempts: 3,
        failedAttempts: 2,
        firstAttemptAtMs: day(-9),
        newKeyDeactivatedAtMs: day(-2),
      },
      { newKeyUsed: false },
      /no mail with the new key was accepted/,
    ],
    [
      'a withdrawal',
      {
        ...base,
        state: 'WITHDRAWING',
        newKeyId: 'NEW',
        newKeyCreatedAtMs: day(-1),
        reason: 'the mail was refused',
      },
      {},
      /refused/,
    ],
    [
      'a cancelled rotation',
      { ...withNewKey, state: 'CANCELLED', cancelledAtMs: day(-1), reason: 'Jane said so' },
      {},
      /cancelled \(Jane said so\): both keys stay/,
    ],
  ] as [string, RotationRecord, Partial<Findings>, RegExp][])(
    'warns of %s',
    (_, record, more, warning) => {
      expect(see(record, more).warnings).toContainEqual(expect.stringMatching(warning));
    },
  );

  it('is the next mail once an address that refused the only active key is due again', () => {
    const record: RotationRecord = {
      ...withNewKey,
      state: 'DELIVERING',
      attempts: 1,
      failedAttempts: 1,
      firstAttemptAtMs: day(-1),
      retryNotBeforeMs: day(3),
    };
    const alone = { newKeyUsed: false, keys: [key('NEW', 5)] };
    expect(see(record, alone)).toMatchObject({ next: 'mailed again', atMs: day(3) });
    for (const found of [{ newKeyUsed: false }, { ...alone, reading: unmanaged }]) {
      expect(see(record, found).next).toBe('mailed again by the next run');
    }
    expect(see({ ...record, address: 'old@example.com' }, alone).next).toMatch(/next run/);
  });

  it('leaves the only active key alone, and says so', () => {
    const record = { ...scheduled, deleteOnMs: day(-2) };
    const keys = [key('OLD', 85), key('OTHER', 5, 'Inactive'), key('NEW', 5)];
    expect(see(record, { keys }).warnings).toEqual([
      'overdue by more than a day; the next run steps in',
    ]);
    const alone = [key('OLD', 85), key('NEW', 5, 'Inactive')];
    expect(see(record, { keys: alone })).toMatchObject({ next: 'looked at again' });
  });
});

describe('the codes', () => {
  it('name what happens next and every warning', () => {
    expect(outlookOf(undefined, { keys: both })).toMatchObject({
      next: { code: 'not-rotated' },
      warnings: [{ code: 'two-keys' }],
    });
    expect(outlookOf(scheduled, { timer: undefined })).toMatchObject({
      next: { code: 'old-key-deleted' },
      warnings: [{ code: 'timer-missing' }],
    });
    expect(outlookOf({ ...scheduled, leaseUntilMs: day(0.01) })).toMatchObject({
      warnings: [{ code: 'leased' }],
    });
  });
});
