/** What holds in every state of an open rotation. */
import { describe, expect, it } from '@jest/globals';
import { LEASE_MS } from '../../../src/domain/lease.ts';
import { plan } from '../../../src/domain/plan/index.ts';
import type { KeyUse, Observed } from '../../../src/domain/plan/types.ts';
import type { OpenRecord, Timer } from '../../../src/domain/record.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import {
  cancelledRecord,
  deactivatedRecord,
  deliveringRecord,
  STARTED_AT_MS,
  scheduledRecord,
  startedRecord,
  withdrawingRecord,
} from '../../support/records.ts';
import { decision, MANAGED } from './situations.ts';

const now = STARTED_AT_MS + DAY_MS;
const RECORDS: readonly OpenRecord[] = [
  startedRecord(),
  deliveringRecord(),
  withdrawingRecord(),
  scheduledRecord(),
  deactivatedRecord(),
  cancelledRecord(),
];
const STATES = RECORDS.map((record) => [record.state, record] as const);

const SEEN: Observed = { by: 'rotator', user: 'listed', timer: 'none', uses: {}, done: {} };
const EXPIRED = { ...SEEN, by: 'destructor', user: 'not-read', timer: 'expired' } as const;

function planOf(record: OpenRecord, observed: Observed) {
  return decision(plan(record, observed, MANAGED, now));
}

describe('a lease of another run', () => {
  const until = (record: OpenRecord, ms: number): OpenRecord => ({
    ...record,
    leaseUntilMs: now + ms,
  });

  it.each(STATES)('keeps this one off a rotation (%s)', (_, record) => {
    expect(planOf(until(record, 1), SEEN)).toMatchObject({
      what: 'wait',
      outcome: 'waiting',
      code: 'leased',
      untilMs: now + 1,
    });
  });

  it.each(STATES)('sets an expired timer to its end (%s)', (_, record) => {
    expect(planOf(until(record, MINUTE_MS), EXPIRED)).toMatchObject({
      what: 'wait',
      timerAtMs: now + MINUTE_MS,
    });
  });

  it.each(STATES)('is over at its end, and means nothing when it never ends (%s)', (_, record) => {
    expect(planOf(until(record, 0), SEEN).code).not.toBe('leased');
    const longest = LEASE_MS + DAY_MS;
    expect(planOf(until(record, longest), SEEN).code).toBe('leased');
    expect(planOf(until(record, longest + 1), SEEN).code).not.toBe('leased');
  });

  it.each(STATES)('is none when it is that of this run (%s)', (_, record) => {
    const held = { ...SEEN, done: { claimed: true } };
    expect(planOf(until(record, LEASE_MS), held).code).not.toBe('leased');
  });
});

describe('a rotation whose user is not in the list', () => {
  const missing: Observed = { ...SEEN, user: 'missing' };
  const gone: KeyUse = { kind: 'gone' };
  const idsOf = (record: OpenRecord) =>
    'newKeyId' in record ? [record.oldKeyId, record.newKeyId] : [record.oldKeyId];

  it.each(STATES)('closes when neither a key nor the name is known (%s)', (_, record) => {
    let observed = missing;
    for (const keyId of idsOf(record)) {
      expect(planOf(record, observed)).toEqual({ what: 'look', at: 'use', keyId });
      observed = { ...observed, uses: { ...observed.uses, [keyId]: gone } };
    }
    expect(planOf(record, observed)).toEqual({ what: 'look', at: 'name' });
    expect(planOf(record, { ...observed, isNameCurrent: false })).toMatchObject({
      what: 'close',
      outcome: 'user-gone',
    });
    // Without the permission to ask about keys, those that are there look like those that are gone.
    expect(planOf(record, { ...observed, isNameCurrent: true })).toMatchObject({
      what: 'wait',
      outcome: 'postponed',
      code: 'user-unlisted',
    });
  });

  it.each(STATES)('stays open while IAM knows any of its keys (%s)', (_, record) => {
    for (const found of idsOf(record)) {
      const uses = Object.fromEntries(
        idsOf(record).map((id): [string, KeyUse] => [
          id,
          id === found ? { kind: 'found', userName: 'alicia' } : gone,
        ]),
      );
      expect(planOf(record, { ...missing, uses, isNameCurrent: false })).toMatchObject({
        what: 'wait',
        code: 'user-unlisted',
      });
    }
  });
});

describe('a veto on the timer', () => {
  const timer: Timer = {
    userId: 'AIDAALICE',
    oldKeyId: 'AKIAOLD',
    rotationId: 'rotation-1',
    deleteOnEpochSeconds: 1,
    vetoed: true,
  };

  it.each(STATES)(
    'cancels whatever is scheduled, before anything is looked at (%s)',
    (state, record) => {
      const { what, code } = planOf(record, { ...SEEN, timer });
      const isScheduled = ['DELIVERING', 'SCHEDULED', 'DEACTIVATED'].includes(state);
      expect(what === 'cancel').toBe(isScheduled);
      if (isScheduled) expect(code).toBe('timer-removed');
    },
  );

  it.each([{ rotationId: 'rotation-0' }, { oldKeyId: 'AKIANEW' }, { userId: 'AIDABOB' }])(
    'of another rotation means nothing (%j)',
    (other) => {
      const { what } = planOf(scheduledRecord(), { ...SEEN, timer: { ...timer, ...other } });
      expect(what).not.toBe('cancel');
    },
  );
});

describe('an expired timer', () => {
  it.each(STATES.slice(0, 3))(
    'is set for tomorrow while nothing is delivered (%s)',
    (_, record) => {
      expect(planOf(record, EXPIRED)).toMatchObject({
        what: 'wait',
        code: 'timer-undelivered',
        timerAtMs: now + DAY_MS,
      });
    },
  );

  it.each(STATES.slice(3, 5))('before its time is set to it (%s)', (_, record) => {
    expect(planOf(record, EXPIRED)).toMatchObject({
      what: 'wait',
      code: 'timer-early',
      timerAtMs: STARTED_AT_MS + 7 * DAY_MS,
    });
  });
});
