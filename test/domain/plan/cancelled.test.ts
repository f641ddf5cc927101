import { describe, expect, it } from '@jest/globals';
import type { AccessKey } from '../../../src/domain/identity.ts';
import { plan } from '../../../src/domain/plan/index.ts';
import type { KeyUse, Observed } from '../../../src/domain/plan/types.ts';
import type { Timer } from '../../../src/domain/record.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { cancelledRecord, STARTED_AT_MS } from '../../support/records.ts';
import { decision, MANAGED, nowListed } from './situations.ts';

const key = (accessKeyId: string, status: AccessKey['status'] = 'Active'): AccessKey => ({
  accessKeyId,
  status,
  createdAtMs: STARTED_AT_MS,
});
const both = [key('AKIAOLD'), key('AKIANEW')];
const now = STARTED_AT_MS + 10 * DAY_MS;
const unused: KeyUse = { kind: 'found', userName: 'alice' };
const used: KeyUse = { ...unused, lastUsedAtMs: now };
const timer: Timer = {
  userId: 'AIDAALICE',
  oldKeyId: 'AKIAOLD',
  rotationId: 'rotation-1',
  deleteOnEpochSeconds: 1,
};

function planWith(keys: readonly AccessKey[], more: Partial<Observed> = {}, nowMs = now) {
  return decision(plan(cancelledRecord(), { ...nowListed(keys, nowMs), ...more }, MANAGED, nowMs));
}

describe('a cancelled rotation', () => {
  it.each<[string, readonly AccessKey[]]>([
    ['both keys', both],
    ['an inactive old key', [key('AKIAOLD', 'Inactive'), key('AKIANEW')]],
    ['an inactive new key', [key('AKIAOLD'), key('AKIANEW', 'Inactive')]],
  ])('waits for a person with %s, at any age', (_, keys) => {
    for (const nowMs of [now, now + 1000 * DAY_MS]) {
      expect(planWith(keys, {}, nowMs)).toMatchObject({
        what: 'wait',
        outcome: 'waiting',
        code: 'cancelled-waits',
      });
    }
  });

  it('means nothing to the destructor', () => {
    const observed = {
      by: 'destructor',
      user: 'not-read',
      timer: 'expired',
      uses: {},
      done: {},
    } as const;
    expect(decision(plan(cancelledRecord(), observed, MANAGED, now))).toMatchObject({
      what: 'wait',
      outcome: 'skipped',
      code: 'timer-of-cancelled',
    });
  });

  it('removes a timer of its own, but none without a name', () => {
    expect(planWith(both, { timer }).what).toBe('remove-timer');
    const { rotationId, ...nameless } = timer;
    expect(rotationId).toBeDefined();
    expect(planWith(both, { timer: nameless }).what).toBe('wait');
  });

  it('closes when the new key is gone, or the old one and the new one is in use', () => {
    expect(planWith([key('AKIAOLD')])).toMatchObject({
      what: 'close',
      outcome: 'cancelled',
      code: 'cancelled-ended',
    });
    expect(planWith([key('AKIANEW')])).toEqual({ what: 'look', at: 'use', keyId: 'AKIANEW' });
    expect(planWith([key('AKIANEW')], { uses: { AKIANEW: used } }).what).toBe('close');
  });

  it('keeps the new pair readable until its first use, or until another can follow', () => {
    const uses = { AKIANEW: unused };
    const gone = [key('AKIANEW')];
    expect(planWith(gone, { uses }).code).toBe('cancelled-unused');
    const dueAtMs = STARTED_AT_MS + 80 * DAY_MS;
    expect(planWith(gone, { uses }, dueAtMs)).toEqual({ what: 'look', at: 'obstacle' });
    expect(planWith(gone, { uses, obstacle: 'sandbox' }, dueAtMs).code).toBe('cancelled-unused');
    expect(planWith(gone, { uses, obstacle: null }, dueAtMs).what).toBe('close');
  });

  it.each<KeyUse['kind']>(['hidden', 'gone'])(
    'never takes a use that can not be read for one (%s)',
    (kind) => {
      const uses = { AKIANEW: { kind } as KeyUse };
      expect(planWith([key('AKIANEW')], { uses }).code).toBe('cancelled-unused');
    },
  );

  it('believes no list about a new key that is younger than five minutes', () => {
    const { newKeyCreatedAtMs } = cancelledRecord();
    const at = (ms: number) => planWith([key('AKIAOLD')], {}, newKeyCreatedAtMs + ms).what;
    expect(at(5 * MINUTE_MS - 1)).toBe('wait');
    expect(at(5 * MINUTE_MS)).toBe('close');
  });
});
