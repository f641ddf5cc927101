import { describe, expect, it } from '@jest/globals';
import type { AccessKey } from '../../../src/domain/identity.ts';
import { plan } from '../../../src/domain/plan/index.ts';
import type { KeyUse, Observed, PlanPolicy } from '../../../src/domain/plan/types.ts';
import type { DeliveringRecord, RotationRecord } from '../../../src/domain/record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { deliveringRecord, STARTED_AT_MS, withdrawingRecord } from '../../support/records.ts';
import { decision, MANAGED, nowListed } from './situations.ts';

const key = (accessKeyId: string, status: AccessKey['status'] = 'Active'): AccessKey => ({
  accessKeyId,
  status,
  createdAtMs: STARTED_AT_MS,
});
const both = [key('AKIAOLD'), key('AKIANEW')];
const onlyNew = [key('AKIAOLD', 'Inactive'), key('AKIANEW')];
const record = deliveringRecord();
const firstAttempt = record.firstAttemptAtMs;
const unused: KeyUse = { kind: 'found', userName: 'alice' };
const usedAt = (lastUsedAtMs: number): KeyUse => ({ ...unused, lastUsedAtMs });
const ready = { uses: { AKIANEW: unused }, obstacle: null, hasContentKey: true };

interface At {
  readonly keys?: readonly AccessKey[];
  readonly afterMs?: number;
  readonly policy?: PlanPolicy;
}

/** What the rotator does about an undelivered pair. */
function planWith(
  more: Partial<Observed>,
  of: RotationRecord = record,
  { keys = both, afterMs = HOUR_MS, policy = MANAGED }: At = {},
) {
  const now = firstAttempt + afterMs;
  return decision(plan(of, { ...nowListed(keys, now), ...more }, policy, now));
}

describe('a pair that is not known to be delivered', () => {
  it('is delivered again, once everything that it needs was looked at', () => {
    expect(planWith({})).toEqual({ what: 'look', at: 'use', keyId: 'AKIANEW' });
    const { uses, obstacle } = ready;
    expect(planWith({ uses })).toEqual({ what: 'look', at: 'obstacle' });
    expect(planWith({ uses, obstacle })).toEqual({ what: 'look', at: 'content-key' });
    expect(planWith(ready).what).toBe('begin-attempt');
    const done = { claimed: true, attempting: true };
    expect(planWith({ done }).what).toBe('deliver');
  });

  it('has arrived when the new key is in use', () => {
    const uses = { AKIANEW: usedAt(firstAttempt) };
    expect(planWith({ uses })).toMatchObject({ what: 'schedule', code: 'arrived' });
  });

  it('is activated again first, when it was used before this product deactivated it', () => {
    const deactivatedAtMs = firstAttempt + 7 * DAY_MS;
    const inactive = deliveringRecord({ newKeyDeactivatedAtMs: deactivatedAtMs });
    const at = { keys: [key('AKIAOLD'), key('AKIANEW', 'Inactive')], afterMs: 8 * DAY_MS };
    const planUsed = (lastUsedAtMs: number, done: Observed['done'] = {}) =>
      planWith({ uses: { AKIANEW: usedAt(lastUsedAtMs) }, done }, inactive, at).what;
    expect(planUsed(deactivatedAtMs + MINUTE_MS)).toBe('reactivate-new-key');
    expect(planUsed(deactivatedAtMs, { claimed: true, reactivated: true })).toBe('schedule');
    // A person had activated it in between.
    expect(planUsed(deactivatedAtMs + MINUTE_MS + 1)).toBe('schedule');
  });

  it.each<[string, Partial<Observed>, At, string, string]>([
    [
      'the user is not managed',
      ready,
      { policy: { ...MANAGED, reading: { kind: 'unmanaged' } } },
      'postponed',
      'not-delivered-yet',
    ],
    [
      'a person deactivated it',
      ready,
      { keys: [key('AKIAOLD'), key('AKIANEW', 'Inactive')] },
      'postponed',
      'not-delivered-yet',
    ],
    [
      'no mail can be sent',
      { ...ready, obstacle: 'sandbox' },
      {},
      'postponed',
      'not-delivered-yet',
    ],
    ['nobody could open it', { ...ready, hasContentKey: false }, {}, 'failed', 'content-key-gone'],
  ])('waits, and no attempt is counted, while %s', (_, facts, at, outcome, code) => {
    expect(planWith(facts, record, at)).toMatchObject({ what: 'wait', outcome, code });
  });

  it('is closed once IAM neither lists nor knows the new key, after five minutes', () => {
    const gone: KeyUse = { kind: 'gone' };
    const planAfter = (afterMs: number, use: KeyUse) =>
      planWith({ uses: { AKIANEW: use } }, deliveringRecord({ newKeyCreatedAtMs: firstAttempt }), {
        keys: [key('AKIAOLD')],
        afterMs,
      });
    expect(planAfter(5 * MINUTE_MS - 1, gone).code).toBe('new-key-unlisted');
    expect(planAfter(5 * MINUTE_MS, unused).code).toBe('new-key-unlisted');
    expect(planAfter(5 * MINUTE_MS, gone)).toMatchObject({ what: 'close', outcome: 'undone' });
  });
});

describe('a pair that nothing accepted for a week', () => {
  const week = { afterMs: 7 * DAY_MS };

  it('is taken back when every attempt surely failed, deactivated when one may have arrived', () => {
    const surely = deliveringRecord({ attempts: 3, failedAttempts: 3 });
    const perhaps = deliveringRecord({ attempts: 3, failedAttempts: 2 });
    expect(planWith(ready, surely, week)).toMatchObject({
      what: 'withdraw',
      code: 'undeliverable',
    });
    expect(planWith(ready, perhaps, week).what).toBe('deactivate-new-key');
    expect(planWith(ready, perhaps, { afterMs: 7 * DAY_MS - 1 }).what).toBe('begin-attempt');
  });

  it("is delivered however late when it is the user's only active key", () => {
    expect(planWith(ready, record, { keys: onlyNew, afterMs: 90 * DAY_MS }).what).toBe(
      'begin-attempt',
    );
  });

  it.each<KeyUse['kind']>(['hidden', 'gone'])(
    'is not touched while its use can not be read (%s)',
    (kind) => {
      const uses = { AKIANEW: { kind } as KeyUse };
      expect(planWith({ ...ready, uses }, record, week)).toMatchObject({
        what: 'wait',
        outcome: 'failed',
        code: 'use-unknown',
      });
    },
  );

  it('is deleted a week after its deactivation, and is a veto when a person activated it', () => {
    const inactiveSince = firstAttempt + 7 * DAY_MS;
    const given = deliveringRecord({ newKeyDeactivatedAtMs: inactiveSince });
    const inactive = [key('AKIAOLD'), key('AKIANEW', 'Inactive')];
    const planAfter = (afterMs: number, keys: readonly AccessKey[] = inactive) =>
      planWith(ready, given, { keys, afterMs });
    expect(planAfter(14 * DAY_MS - 1)).toMatchObject({
      what: 'wait',
      code: 'undelivered-inactive',
      untilMs: inactiveSince + 7 * DAY_MS,
    });
    expect(planAfter(14 * DAY_MS).what).toBe('delete-new-key');
    // Right after the deactivation a list may be out of date.
    expect(planAfter(7 * DAY_MS + 5 * MINUTE_MS - 1, both).code).toBe('undelivered-inactive');
    expect(planAfter(7 * DAY_MS + 5 * MINUTE_MS, both)).toMatchObject({
      what: 'cancel',
      code: 'undelivered-activated',
    });
  });
});

describe('after an attempt of this run', () => {
  type Answer = NonNullable<Observed['done']['answer']>;
  const planAfter = (answer: Answer, of: DeliveringRecord = record, at: At = {}) =>
    planWith({ uses: { AKIANEW: unused }, done: { claimed: true, answer } }, of, at);
  const refused: Answer = { kind: 'refused', reason: 'no mailbox' };

  it.each<[Answer, object]>([
    [{ kind: 'accepted' }, { what: 'schedule', code: 'delivered' }],
    [
      { kind: 'unknown', reason: 'time-out' },
      { what: 'wait', outcome: 'failed', code: 'delivery-unknown' },
    ],
    [
      { kind: 'not-now', reason: 'busy' },
      { what: 'record-failed-attempt', outcome: 'postponed', code: 'delivery-not-now' },
    ],
    [refused, { what: 'withdraw', code: 'delivery-refused' }],
  ])('the answer %j decides', (answer, expected) => {
    expect(planAfter(answer)).toMatchObject(expected);
  });

  it('a refusal takes nothing back when an earlier attempt may have arrived', () => {
    const inDoubt = deliveringRecord({ attempts: 2, failedAttempts: 0 });
    expect(planAfter(refused, inDoubt)).toMatchObject({
      what: 'record-failed-attempt',
      outcome: 'failed',
      code: 'refused-in-doubt',
    });
    expect(planAfter(refused, deliveringRecord({ attempts: 2, failedAttempts: 1 })).what).toBe(
      'withdraw',
    );
  });

  it("a refusal of the user's only active key backs off, until the tags name another", () => {
    expect(planAfter(refused, record, { keys: onlyNew }).what).toBe('back-off');
    const retryNotBeforeMs = firstAttempt + DAY_MS;
    const waiting = deliveringRecord({ retryNotBeforeMs });
    const to = (address: string, afterMs = HOUR_MS) =>
      planWith({ ...ready, targetToday: { kind: 'mail', address, form: 'sealed' } }, waiting, {
        keys: onlyNew,
        afterMs,
      });
    expect(to('alice@example.com')).toMatchObject({
      what: 'wait',
      code: 'refused-only-active',
      untilMs: retryNotBeforeMs,
    });
    expect(to('other@example.com').what).toBe('begin-attempt');
    expect(to('alice@example.com', DAY_MS).what).toBe('begin-attempt');
  });

  it('a refusal is judged by the keys of now', () => {
    const { keys, ...unseen } = nowListed(both, firstAttempt);
    expect(keys).toBeDefined();
    const done = { claimed: true, answer: refused };
    expect(decision(plan(record, { ...unseen, done }, MANAGED, firstAttempt))).toEqual({
      what: 'look',
      at: 'keys',
    });
  });
});

describe('a withdrawal', () => {
  const withdrawing = withdrawingRecord();

  it('deletes the new key, then closes as failed with the reason of the refusal', () => {
    expect(planWith({ uses: { AKIANEW: unused } }, withdrawing).what).toBe('delete-new-key');
    const done = { claimed: true, deletedNewKey: true };
    expect(planWith({ done }, withdrawing)).toMatchObject({
      what: 'close',
      outcome: 'failed',
      isFailure: true,
      code: 'delivery-refused',
    });
  });

  it('deletes nothing that is in use, or the only active key', () => {
    const uses = { AKIANEW: usedAt(firstAttempt) };
    expect(planWith({ uses }, withdrawing)).toMatchObject({
      what: 'close',
      outcome: 'undone',
      code: 'withdraw-in-use',
    });
    expect(planWith({}, withdrawing, { keys: onlyNew })).toMatchObject({
      what: 'wait',
      code: 'withdraw-only-active',
    });
  });

  it('is not over while IAM does not know the key yet', () => {
    const done = { claimed: true, newKeyUnknown: true };
    expect(planWith({ done }, withdrawing)).toMatchObject({
      what: 'wait',
      outcome: 'postponed',
      code: 'withdraw-unlisted',
    });
  });
});
