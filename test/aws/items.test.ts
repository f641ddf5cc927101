import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  fromHistoryItem,
  type Item,
  ItemError,
  toHistoryItem,
  toRecord,
  toRecordItem,
  toTimer,
  toTimerItem,
} from '../../src/aws/items.ts';
import type { HistoryItem, Outcome, RotationRecord, Timer } from '../../src/domain/record.ts';

/** Everything within JavaScript's dates. */
const atMs = fc.integer({ min: 0, max: 8.64e15 });
const count = fc.nat();
const text = fc.string({ unit: 'grapheme' });
const outcome = fc.constantFrom<Outcome>(
  'completed',
  'failed',
  'postponed',
  'undone',
  'cancelled',
  'user-gone',
  'unused',
);

const base = {
  userId: text,
  userName: text,
  userArn: text,
  address: text,
  rotationId: text,
  version: count,
  startedAtMs: atMs,
  leaseUntilMs: atMs,
  failures: count,
  oldKeyId: text,
  oldKeyCreatedAtMs: atMs,
  parameterName: text,
};
const withNewKey = {
  ...base,
  newKeyId: text,
  newKeyCreatedAtMs: atMs,
  sealed: text,
  instructions: text,
  deactivateOnMs: atMs,
  deleteOnMs: atMs,
};
const delivered = { ...withNewKey, deliveredAtMs: atMs, remindedAtMs: atMs, oldKeyGoneAtMs: atMs };

/** Any object of these fields, the optional ones there or not. */
function some<T extends object>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
  ...optional: (keyof T & string)[]
): fc.Arbitrary<T> {
  const required = Object.keys(model).filter((key) => !optional.includes(key as never));
  return fc.record(model, {
    requiredKeys: required as (keyof T)[],
    noNullPrototype: true,
  }) as never;
}

const states: Record<RotationRecord['state'], fc.Arbitrary<RotationRecord>> = {
  STARTED: some({ ...base, state: fc.constant('STARTED'), seenKeyIds: fc.array(text) }),
  DELIVERING: some(
    {
      ...withNewKey,
      state: fc.constant('DELIVERING'),
      attempts: count,
      failedAttempts: count,
      firstAttemptAtMs: atMs,
      newKeyDeactivatedAtMs: atMs,
    },
    'deactivateOnMs',
    'newKeyDeactivatedAtMs',
  ),
  WITHDRAWING: some({
    ...base,
    state: fc.constant('WITHDRAWING'),
    newKeyId: text,
    newKeyCreatedAtMs: atMs,
    reason: text,
  }),
  SCHEDULED: some(
    { ...delivered, state: fc.constant('SCHEDULED') },
    'deactivateOnMs',
    'remindedAtMs',
    'oldKeyGoneAtMs',
  ),
  DEACTIVATED: some(
    { ...delivered, state: fc.constant('DEACTIVATED'), deactivatedAtMs: atMs },
    'deactivateOnMs',
    'remindedAtMs',
    'oldKeyGoneAtMs',
  ),
  CANCELLED: some(
    { ...withNewKey, state: fc.constant('CANCELLED'), cancelledAtMs: atMs, reason: text },
    'deactivateOnMs',
  ),
  CLOSED: some(
    {
      ...base,
      state: fc.constant('CLOSED'),
      closedAtMs: atMs,
      outcome,
      reason: text,
      newKeyId: text,
      retryNotBeforeMs: atMs,
    },
    'newKeyId',
  ),
} as never;

const someRecord = fc.oneof(...Object.values(states));
const someTimer: fc.Arbitrary<Timer> = some(
  {
    userId: text,
    oldKeyId: text,
    deleteOnEpochSeconds: count,
    rotationId: text,
    vetoed: fc.constant(true),
  } as never,
  'rotationId' as never,
  'vetoed' as never,
);
const someHistory: fc.Arbitrary<HistoryItem> = some(
  {
    userId: text,
    userName: text,
    userArn: text,
    rotationId: text,
    startedAtMs: atMs,
    closedAtMs: atMs,
    outcome,
    reason: text,
    oldKeyId: text,
    newKeyId: text,
    oldKeyCreatedAtMs: atMs,
  } as never,
  'newKeyId' as never,
);

describe('a record in the table', () => {
  it.each(Object.entries(states))('comes back as it was written (%s)', (_, records) => {
    fc.assert(
      fc.property(records, text, (record, writeId) => {
        expect(toRecord(toRecordItem(record, writeId))).toEqual(record);
      }),
    );
  });

  it('lies under its user, never expires, and names its write', () => {
    fc.assert(
      fc.property(someRecord, text, (record, writeId) => {
        const item = toRecordItem(record, writeId);
        expect(item).toMatchObject({ user: record.userId, ak: 'rotation', writeId });
        expect(item).not.toHaveProperty('delete_on');
      }),
    );
  });

  it('is not believed when any field is missing or of another type', () => {
    const optional = /^(deactivateOnMs|remindedAtMs|oldKeyGoneAtMs|newKeyDeactivatedAtMs)$/;
    fc.assert(
      fc.property(someRecord, fc.nat(), (record, pick) => {
        const fields = Object.keys(record).filter(
          (field) => !optional.test(field) && !(record.state === 'CLOSED' && field === 'newKeyId'),
        );
        const field = fields[pick % fields.length] ?? '';
        const item = toRecordItem(record, 'write');
        const { [field]: _, ...without } = item;
        for (const broken of [without, { ...item, [field]: true }, { ...item, [field]: null }]) {
          expect(() => toRecord(broken)).toThrow(ItemError);
          expect(() => toRecord(broken)).toThrow(`(${field})`);
        }
      }),
    );
  });

  it.each<[string, object]>([
    ['an unknown state', { state: 'SLEEPING' }],
    ['a negative time', { startedAtMs: -1 }],
    ['a time that is no number', { leaseUntilMs: Number.NaN }],
    ['half a version', { version: 1.5 }],
  ])('is not believed with %s', (_, changes) => {
    const [record] = fc.sample(states.STARTED, 1);
    const item: Item = { ...toRecordItem(record as RotationRecord, 'write'), ...changes };
    expect(() => toRecord(item)).toThrow('it was changed by hand; repair or delete it');
  });

  it('tells nothing of its values when it is not believed', () => {
    const [record] = fc.sample(states.SCHEDULED, 1);
    const item = toRecordItem({ ...(record as RotationRecord), userId: 'AIDAX' }, 'write');
    expect(() => toRecord({ ...item, version: 'eyJ.secret', sealed: 5 })).toThrow(
      /^The table's item AIDAX rotation can't be read \((version, sealed|sealed, version)\)/,
    );
  });

  it('drops what a former state left behind', () => {
    const [record] = fc.sample(states.CANCELLED, 1);
    const item = { ...toRecordItem(record as RotationRecord, 'write'), attempts: 3, foo: 'bar' };
    expect(toRecord(item)).toEqual(record);
  });
});

describe('a timer in the table', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(someTimer, (timer) => {
        expect(toTimer(toTimerItem(timer))).toEqual(timer);
      }),
    );
  });

  it('expires by the attribute that TTL looks at, in seconds', () => {
    expect(
      toTimerItem({ userId: 'AIDAX', oldKeyId: 'AKIAX', deleteOnEpochSeconds: 1_800_000_000 }),
    ).toEqual({ user: 'AIDAX', ak: 'AKIAX', delete_on: 1_800_000_000 });
  });

  it('without a date is not believed', () => {
    expect(() => toTimer({ user: 'AIDAX', ak: 'AKIAX' })).toThrow(ItemError);
  });
});

describe('history in the table', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(someHistory, (history) => {
        expect(fromHistoryItem(toHistoryItem(history))).toEqual(history);
      }),
    );
  });

  it('lies under its user in the order in which rotations began', () => {
    fc.assert(
      fc.property(someHistory, someHistory, (one, other) => {
        const [first, second] = [toHistoryItem(one), toHistoryItem(other)].map(({ ak }) => ak);
        expect(String(first)).toMatch(/^history#/);
        // Years of more than four digits have a sign, and sort before all others.
        fc.pre(one.startedAtMs < 2.5e14 && other.startedAtMs < 2.5e14);
        expect(Math.sign(String(first).localeCompare(String(second)))).toBe(
          Math.sign(one.startedAtMs - other.startedAtMs),
        );
      }),
    );
  });
});
