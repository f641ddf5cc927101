import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  fromHistoryItem,
  type Item,
  ItemError,
  readAccountItems,
  readHistoryItems,
  readRangeKey,
  toHistoryItem,
  toRecord,
  toRecordItem,
  toTimer,
  toTimerItem,
} from '../../src/aws/items.ts';
import { isContentKeyName } from '../../src/domain/content-key-name.ts';
import { RECORD_SCHEMA } from '../../src/domain/record.ts';
import { LATEST_MS } from '../../src/domain/time.ts';
import { anyText } from '../support/any-text.ts';
import { startedRecord } from '../support/records.ts';
import {
  accountId,
  OPTIONAL,
  someHistory,
  someRecord,
  someTimer,
  states,
} from './support/journal-items.ts';

const ACCOUNT_ID = '123456789012';
const KEY_NAMES = ['account', 'item'];

describe('a record in the table', () => {
  it.each(Object.entries(states))('comes back as it was written (%s)', (_, records) => {
    fc.assert(
      fc.property(records, fc.string(), (record, writeId) => {
        expect(toRecord(toRecordItem(record, writeId))).toEqual(record);
      }),
    );
  });

  it('lies under its account and user, never expires, and names its write', () => {
    fc.assert(
      fc.property(someRecord, fc.string(), (record, writeId) => {
        const item = toRecordItem(record, writeId);
        expect(item).toMatchObject({
          account: record.accountId,
          item: `${record.userId}/rotation`,
          writeId,
        });
        expect(item).not.toHaveProperty('delete_on');
      }),
    );
  });

  it('is not believed when any field is missing or of another type', () => {
    fc.assert(
      fc.property(someRecord, fc.nat(), (record, pick) => {
        const fields = Object.keys(record).filter(
          (field) => !OPTIONAL[record.state].includes(field),
        );
        const field = fields[pick % fields.length] ?? '';
        const item = toRecordItem(record, 'write');
        const { [field]: value, ...without } = item;
        const other = typeof value === 'boolean' ? 'true' : true;
        for (const broken of [without, { ...item, [field]: other }, { ...item, [field]: null }]) {
          expect(() => toRecord(broken)).toThrow(ItemError);
          expect(() => toRecord(broken)).toThrow(field);
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
    ["another user's parameter", { parameterName: '/ikr/secret/iam/alice/AIDABOB' }],
    ["the record's place for a key", { oldKeyId: 'AIDAALICE/rotation' }],
    ["another user's place for a key", { oldKeyId: '../AIDABOB/timer/AKIAOLD' }],
    ["another user's ID", { userId: 'AIDABOB', parameterName: '/ikr/secret/iam/bob/AIDABOB' }],
    ["another account's ID", { accountId: '210987654321' }],
    ['a target that nobody knows', { target: { kind: 'pigeon', address: 'x' } }],
    ['a reason in words', { state: 'CLOSED', reason: 'because' }],
  ])('is not believed with %s', (_, changes) => {
    const item = toRecordItem(startedRecord(), 'write');
    expect(toRecord(item)).toEqual(startedRecord());
    expect(() => toRecord({ ...item, ...changes })).toThrow(
      'it was changed by hand; repair or delete it',
    );
  });

  it.each([0, RECORD_SCHEMA + 1, 1.5])(
    'is left alone when another version wrote it (schema %p), whatever else is in it',
    (schema) => {
      const item = toRecordItem(startedRecord(), 'write');
      for (const changed of [
        { ...item, schema },
        { ...item, schema, state: 'NEW_STATE', version: 'x', target: undefined },
      ]) {
        expect(() => toRecord(changed)).toThrow(
          /^The table's item 123456789012 AIDAALICE\/rotation was written by another version/,
        );
      }
    },
  );

  it.each([undefined, null, '1', Number.NaN])(
    'is told as changed by hand when its schema is %p',
    (schema) => {
      const item = { ...toRecordItem(startedRecord(), 'write'), schema };
      expect(() => toRecord(item)).toThrow(/\(schema\).*changed by hand/);
    },
  );

  it('tells nothing of its values when it is not believed', () => {
    const [record] = fc.sample(states.SCHEDULED, 1);
    if (!record) throw new Error('nothing was drawn');
    const item = toRecordItem(record, 'write');
    expect(() => toRecord({ ...item, version: 'eyJ.secret', sealed: 5 })).toThrow(
      /^The table's item \d+ \w+\/rotation can't be read \((version, sealed|sealed, version)\)/,
    );
  });

  it('drops what a former state left behind', () => {
    const [record] = fc.sample(states.CANCELLED, 1);
    if (!record) throw new Error('nothing was drawn');
    const item = { ...toRecordItem(record, 'write'), attempts: 3, foo: 'bar' };
    expect(toRecord(item)).toEqual(record);
  });
});

describe('a timer in the table', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(accountId, someTimer, (account, timer) => {
        expect(toTimer(toTimerItem(account, timer))).toEqual(timer);
      }),
    );
  });

  it('lies under its account, user and key, and expires by the attribute that TTL looks at, in seconds', () => {
    const timer = { userId: 'AIDAX', oldKeyId: 'AKIAX', deleteOnEpochSeconds: 1_800_000_000 };
    expect(toTimerItem(ACCOUNT_ID, timer)).toEqual({
      account: ACCOUNT_ID,
      item: 'AIDAX/timer/AKIAX',
      delete_on: 1_800_000_000,
    });
  });

  it.each([undefined, -1, 1e300, Number.NaN, '5', 12_345_678_901_234_567_890n])(
    'is not believed with the date %p',
    (delete_on) => {
      const item = { account: ACCOUNT_ID, item: 'AIDAX/timer/AKIAX', delete_on };
      expect(() => toTimer(item)).toThrow(ItemError);
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

  it('lies in a partition of its own, in the order in which rotations were closed', () => {
    fc.assert(
      fc.property(someHistory, someHistory, (one, other) => {
        const [first, second] = [one, other].map(toHistoryItem);
        expect(first?.account).toBe(`${one.accountId}/history`);
        if (one.closedAtMs === other.closedAtMs) return;
        expect(String(first?.item) < String(second?.item)).toBe(one.closedAtMs < other.closedAtMs);
      }),
    );
  });

  it('is not taken for a record or a timer, whatever the rotation is called', () => {
    fc.assert(
      fc.property(someHistory, (history) => {
        expect(readRangeKey(String(toHistoryItem(history).item))).toEqual({ kind: 'other' });
      }),
      {
        examples: [
          [{ ...fc.sample(someHistory, 1)[0], rotationId: 'x/rotation' } as never],
          [{ ...fc.sample(someHistory, 1)[0], rotationId: 'timer/AKIAX' } as never],
        ],
      },
    );
  });

  it.each([{ accountId: '210987654321' }, { userId: 'AIDABOB' }, { closedAtMs: 5 }])(
    'is not believed where its key says something else than %p',
    (changes) => {
      const [history] = fc.sample(someHistory, 1);
      if (!history) throw new Error('nothing was drawn');
      const item = { ...toHistoryItem(history), ...changes };
      expect(() => fromHistoryItem(item)).toThrow(/\((accountId|item)\)/);
    },
  );

  it('counts a rotation once that was closed twice, after an interrupted run', () => {
    const [history] = fc.sample(someHistory, 1);
    if (!history) throw new Error('nothing was drawn');
    const [first, again, later] = [10, 20, 30].map((closedAtMs) => ({ ...history, closedAtMs }));
    const another = { ...history, rotationId: `${history.rotationId}-2`, closedAtMs: 15 };
    const items = [later, first, again, another].map((one) => toHistoryItem(one ?? history));
    expect(readHistoryItems(items)).toEqual({ items: [another, later], problems: [] });
  });
});

/** What the SDK makes of any attribute that a person may have put there. */
const attribute: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    anyText(),
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

const items: fc.Arbitrary<readonly [(item: Item) => object, Item]> = fc.oneof(
  someRecord.map((one) => [toRecord, toRecordItem(one, 'write')] as const),
  fc.tuple(accountId, someTimer).map(([id, one]) => [toTimer, toTimerItem(id, one)] as const),
  someHistory.map((one) => [fromHistoryItem, toHistoryItem(one)] as const),
);
const changed = items.chain(([read, item]) =>
  fc.tuple(
    fc.constant(read),
    fc.constant(item),
    // DynamoDB itself sees to it that the key is text.
    fc.constantFrom(...Object.keys(item).filter((name) => !KEY_NAMES.includes(name))),
    attribute,
  ),
);

describe('an item that a person has changed', () => {
  it('is either told of, by its key and the field, or holds nothing but what it may', () => {
    fc.assert(
      fc.property(changed, ([read, item, field, value]) => {
        let found: object;
        try {
          found = read({ ...item, [field]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(ItemError);
          expect((error as Error).message).toMatch(
            /^The table's item .* (can't be read \(|was w)/s,
          );
          return;
        }
        for (const [name, own] of Object.entries(found)) {
          if (/AtMs$|OnMs$|UntilMs$|BeforeMs$/.test(name)) {
            expect(() => new Date(Number(own)).toISOString()).not.toThrow();
          }
          if (/KeyId$/.test(name) && read !== fromHistoryItem) expect(own).toMatch(/^\w+$/);
          if (name === 'parameterName') {
            expect(isContentKeyName(String(own), found as { userId: string })).toBe(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("never stands in the way of the account's others", () => {
    const mixed = fc.array(fc.tuple(changed, items), { maxLength: 6 });
    fc.assert(
      fc.property(mixed, (pairs) => {
        const good = pairs.map(([, [, item]]) => item);
        const bad = pairs.map(([[, item, field, value]]) => ({ ...item, [field]: value }));
        const alone = readAccountItems(good);
        const beside = readAccountItems(good.flatMap((item, at) => [bad[at] ?? item, item]));
        expect(beside.records).toEqual(expect.arrayContaining(alone.records));
        expect(beside.timers).toEqual(expect.arrayContaining(alone.timers));
        expect(alone.unreadable).toEqual([]);
      }),
    );
  });
});
