import { describe, expect, it } from '@jest/globals';
import type { AccessKey } from '../../../src/domain/identity.ts';
import { plan } from '../../../src/domain/plan/index.ts';
import type { KeyUse, Observed, PlanPolicy } from '../../../src/domain/plan/types.ts';
import { reason } from '../../../src/domain/reasons.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.ts';
import { STARTED_AT_MS, startedRecord } from '../../support/records.ts';
import { decision, MANAGED, nowListed } from './situations.ts';

const now = STARTED_AT_MS + HOUR_MS;
const oldKey: AccessKey = { accessKeyId: 'AKIAOLD', status: 'Active', createdAtMs: 0 };
const orphan: AccessKey = {
  accessKeyId: 'AKIAORPHAN',
  status: 'Active',
  createdAtMs: STARTED_AT_MS + SECOND_MS,
};
const unused: KeyUse = { kind: 'found', userName: 'alice' };
const used: KeyUse = { ...unused, lastUsedAtMs: now };

/** What a later run does about an interrupted rotation. */
function planWith(
  keys: readonly AccessKey[],
  more: Partial<Observed> = {},
  policy: PlanPolicy = MANAGED,
) {
  return decision(plan(startedRecord(), { ...nowListed(keys, now), ...more }, policy, now));
}

describe('a rotation that this run has begun', () => {
  const begun = (done: Observed['done']) =>
    decision(plan(startedRecord(), { ...nowListed([oldKey], now), done }, MANAGED, STARTED_AT_MS));

  it('is prepared, then its key is created', () => {
    expect(begun({ claimed: true, begun: true }).what).toBe('prepare');
    expect(begun({ claimed: true, begun: true, prepared: true }).what).toBe('create');
  });

  it('closes as postponed, without a failure, when something is in the way', () => {
    const blocked = reason('keys-changed', { user: 'alice' });
    expect(begun({ claimed: true, begun: true, blocked })).toMatchObject({
      what: 'close',
      outcome: 'postponed',
      code: 'keys-changed',
    });
  });

  it.each([
    [true, 'postponed', false],
    [false, 'failed', true],
  ])('closes when IAM created no key (throttled: %p)', (throttled, outcome, isFailure) => {
    const notCreated = { throttled, message: 'no' };
    const done = { claimed: true, begun: true, prepared: true, notCreated };
    expect(begun(done)).toMatchObject({
      what: 'close',
      outcome,
      isFailure,
      code: 'key-not-created',
    });
  });
});

describe('an interrupted rotation', () => {
  it('looks at the keys before it does anything', () => {
    const { keys, ...unseen } = nowListed([oldKey], now);
    expect(keys).toBeDefined();
    expect(decision(plan(startedRecord(), unseen, MANAGED, now))).toEqual({
      what: 'look',
      at: 'keys',
    });
  });

  it('starts again once a delivery is possible', () => {
    expect(planWith([oldKey])).toEqual({ what: 'look', at: 'obstacle' });
    expect(planWith([oldKey], { obstacle: null })).toMatchObject({
      what: 'restart',
      code: 'interrupted',
    });
    expect(planWith([oldKey], { obstacle: 'sandbox' })).toMatchObject({
      what: 'close',
      outcome: 'postponed',
      code: 'no-delivery',
    });
  });

  it('asks whether a key that it may have created was used, and deletes an unused one', () => {
    expect(planWith([oldKey, orphan])).toEqual({ what: 'look', at: 'use', keyId: 'AKIAORPHAN' });
    expect(planWith([oldKey, orphan], { uses: { AKIAORPHAN: unused } })).toMatchObject({
      what: 'delete-orphan',
      keyId: 'AKIAORPHAN',
    });
  });

  it.each<KeyUse['kind']>(['hidden', 'gone'])(
    'leaves such a key alone while IAM does not tell of its use (%s)',
    (kind) => {
      const uses = { AKIAORPHAN: { kind } as KeyUse };
      expect(planWith([oldKey, orphan], { uses })).toMatchObject({
        what: 'wait',
        outcome: 'failed',
        code: 'use-unknown',
      });
    },
  );

  it('never takes a used key for its own', () => {
    expect(planWith([oldKey, orphan], { uses: { AKIAORPHAN: used } })).toMatchObject({
      what: 'close',
      outcome: 'undone',
      code: 'other-key',
    });
  });

  it.each([
    [-MINUTE_MS - 1, false],
    [-MINUTE_MS, true],
    [2 * MINUTE_MS, true],
    [2 * MINUTE_MS + 1, false],
  ])('takes a key of %i ms after its start for its own: %p', (afterMs, isOwn) => {
    const key = { ...orphan, createdAtMs: STARTED_AT_MS + afterMs };
    const { what } = planWith([oldKey, key], { uses: { AKIAORPHAN: unused } });
    expect(what).toBe(isOwn ? 'delete-orphan' : 'close');
  });

  it('deletes neither of two keys that may be its own', () => {
    const other = { ...orphan, accessKeyId: 'AKIAOTHER' };
    const uses = { AKIAORPHAN: unused, AKIAOTHER: unused };
    expect(planWith([orphan, other], { uses })).toMatchObject({ what: 'close', code: 'other-key' });
  });

  it("keeps an orphan that is the user's only active key, and says so", () => {
    const keys = [{ ...oldKey, status: 'Inactive' as const }, orphan];
    expect(planWith(keys, { uses: { AKIAORPHAN: unused } })).toMatchObject({
      what: 'wait',
      outcome: 'failed',
      code: 'orphan-only-active',
    });
  });

  it.each<[string, readonly AccessKey[]]>([
    ['is gone', []],
    ['is inactive', [{ ...oldKey, status: 'Inactive' }]],
  ])('closes when the old key %s', (_, keys) => {
    expect(planWith(keys)).toMatchObject({
      what: 'close',
      outcome: 'undone',
      code: 'old-key-changed',
    });
  });

  it.each<[string, PlanPolicy['reading']]>([
    ['is no longer tagged', { kind: 'unmanaged' }],
    ['has wrong tags', { kind: 'invalid', problems: ['IKR:EMAIL is wrong'] }],
  ])('closes as postponed when the user %s, after its orphan is gone', (_, reading) => {
    const policy = { ...MANAGED, reading };
    const uses = { AKIAORPHAN: unused };
    expect(planWith([oldKey, orphan], { uses }, policy).what).toBe('delete-orphan');
    expect(planWith([oldKey], {}, policy)).toMatchObject({
      what: 'close',
      outcome: 'postponed',
      code: 'nobody-to-deliver-to',
    });
  });
});
