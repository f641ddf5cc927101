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
import { parameterNameOf } from '../../src/domain/parameter-name.ts';
import type { HistoryItem, Outcome, RotationRecord, Timer } from '../../src/domain/record.ts';

/** Up to the end of the year 9999. */
const LATEST_MS = Date.UTC(10_000, 0) - 1;
const atMs = fc.integer({ min: 0, max: LATEST_MS });
const count = fc.nat();
const text = fc.string({ unit: 'grapheme' });
const keyId = fc.stringMatching(/^[A-Z0-9]{16,20}$/);
const parameterName = fc.stringMatching(/^[\w+=,.@-]{1,64}$/).map(parameterNameOf);
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
  oldKeyId: keyId,
  oldKeyCreatedAtMs: atMs,
  parameterName,
};
const withNewKey = {
  ...base,
  newKeyId: keyId,
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
  STARTED: some({ ...base, state: fc.constant('STARTED'), seenKeyIds: fc.array(keyId) }),
  DELIVERING: some(
    {
      ...withNewKey,
      state: fc.constant('DELIVERING'),
      attempts: count,
      failedAttempts: count,
      firstAttemptAtMs: atMs,
      givenUpAtMs: atMs,
      newKeyDeactivatedAtMs: atMs,
      retryNotBeforeMs: atMs,
    },
    'deactivateOnMs',
    'givenUpAtMs',
    'newKeyDeactivatedAtMs',
    'retryNotBeforeMs',
  ),
  WITHDRAWING: some({
    ...base,
    state: fc.constant('WITHDRAWING'),
    newKeyId: keyId,
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
      newKeyId: keyId,
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
    const optional =
      /^(deactivateOnMs|remindedAtMs|oldKeyGoneAtMs|givenUpAtMs|newKeyDeactivatedAtMs)$/;
    fc.assert(
      fc.property(someRecord, fc.nat(), (record, pick) => {
        const fields = Object.keys(record).filter(
          (field) =>
            !optional.test(field) &&
            !(record.state === 'CLOSED' && field === 'newKeyId') &&
            !(record.state === 'DELIVERING' && field === 'retryNotBeforeMs'),
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
    ['a time that no date can tell', { leaseUntilMs: LATEST_MS + 1 }],
    ['a parameter that is none of ours', { parameterName: '/prod/database/password' }],
    ['a parameter beside its prefix', { parameterName: '/ikr/secret/iam/../../prod' }],
    ["the record's place for a key", { oldKeyId: 'rotation' }],
    ["the history's place for a key", { oldKeyId: 'history#2026-01-01T00:00:00.000Z' }],
    ["another user's ID", { userId: 'AIDASOMEBODYELSE' }],
  ])('is not believed with %s', (_, changes) => {
    const [record] = fc.sample(states.STARTED, 1);
    const item: Item = { ...toRecordItem(record as RotationRecord, 'write'), ...changes };
    expect(toRecord(toRecordItem(record as RotationRecord, 'write'))).toEqual(record);
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

  it.each([undefined, -1, 1e300, Number.NaN, '5', 12_345_678_901_234_567_890n])(
    'is not believed with the date %p',
    (delete_on) => {
      expect(() => toTimer({ user: 'AIDAX', ak: 'AKIAX', delete_on })).toThrow(ItemError);
    },
  );
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
        expect(Math.sign(String(first).localeCompare(String(second)))).toBe(
          Math.sign(one.startedAtMs - other.startedAtMs),
        );
      }),
    );
  });
});

/** What the SDK makes of any attribute that a person may have put there. */
const attribute: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 4 }),
    fc.array(fc.string(), { maxLength: 3 }).map((members) => new Set(members)),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('any'), { maxKeys: 3 }),
  ),
})).any;

describe('an item that a person has changed', () => {
  const readers = { toRecord, toTimer, fromHistoryItem };
  const items = fc.oneof(
    fc.tuple(
      fc.constant(readers.toRecord),
      someRecord.map((one) => toRecordItem(one, 'write')),
    ),
    fc.tuple(fc.constant(readers.toTimer), someTimer.map(toTimerItem)),
    fc.tuple(fc.constant(readers.fromHistoryItem), someHistory.map(toHistoryItem)),
  );
  const changed = items.chain(([read, item]) =>
    fc.tuple(
      fc.constant(read),
      fc.constant(item),
      // DynamoDB itself sees to it that the key is text.
      fc.constantFrom(...Object.keys(item).filter((name) => name !== 'user' && name !== 'ak')),
      attribute,
    ),
  );

  it('is either told of, by its key and the field, or holds nothing but what it may', () => {
    fc.assert(
      fc.property(changed, ([read, item, field, value]) => {
        let found: object;
        try {
          found = read({ ...item, [field]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(ItemError);
          expect((error as Error).message).toMatch(/^The table's item .* can't be read \(/s);
          return;
        }
        for (const [name, own] of Object.entries(found)) {
          if (/AtMs$|OnMs$|UntilMs$|BeforeMs$/.test(name)) {
            expect(() => new Date(Number(own)).toISOString()).not.toThrow();
          }
          if (/KeyId$/.test(name)) expect(own).not.toMatch(/^rotation$|^history#/);
          if (name === 'parameterName') {
            expect(own).toMatch(/^\/ikr\/secret\/iam\/[a-zA-Z0-9_.-]+$/);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
