import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readBatch, readRecord, sequenceNumberOf } from '../../src/destructor/event.ts';
import { anyJson, deep, hostileText } from '../support/hostile.ts';

const TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
const ACCOUNT_ID = '123456789012';
const keys = { account: { S: '123456789012' }, item: { S: 'AIDAALICE/timer/AKIAOLD' } };
const image = { ...keys, delete_on: { N: '1800000000' } };

function removal(changes: object = {}, dynamodb: object = {}) {
  return {
    eventName: 'REMOVE',
    userIdentity: TTL,
    dynamodb: { Keys: keys, OldImage: image, SequenceNumber: '1', ...dynamodb },
    ...changes,
  };
}

const timer = { userId: 'AIDAALICE', oldKeyId: 'AKIAOLD', deleteOnEpochSeconds: 1_800_000_000 };

describe('the removal of a timer', () => {
  it('is an expiry when the TTL service made it', () => {
    expect(readRecord(removal())).toEqual({ kind: 'expired', accountId: ACCOUNT_ID, timer });
  });

  it('is an expiry however the type of the service is spelt', () => {
    const userIdentity = { ...TTL, type: 'service' };
    expect(readRecord(removal({ userIdentity }))).toEqual({
      kind: 'expired',
      accountId: ACCOUNT_ID,
      timer,
    });
  });

  it.each([
    ['nobody is named', undefined],
    ['null is named', null],
    ['another service is named', { type: 'Service', principalId: 'replication.dynamodb' }],
    ['a user of that name did it', { type: 'IAMUser', principalId: 'dynamodb.amazonaws.com' }],
  ])('is a person when %s', (_, userIdentity) => {
    expect(readRecord(removal({ userIdentity }))).toEqual({
      kind: 'removed',
      accountId: ACCOUNT_ID,
      timer,
    });
  });

  it('carries the rotation and a veto along', () => {
    const OldImage = { ...image, rotationId: { S: 'rotation-1' }, vetoed: { BOOL: true } };
    expect(readRecord(removal({}, { OldImage }))).toEqual({
      kind: 'expired',
      accountId: ACCOUNT_ID,
      timer: { ...timer, rotationId: 'rotation-1', vetoed: true },
    });
    const unvetoed = { ...image, vetoed: { BOOL: false } };
    expect(readRecord(removal({}, { OldImage: unvetoed }))).toEqual({
      kind: 'expired',
      accountId: ACCOUNT_ID,
      timer,
    });
  });
});

describe('another change', () => {
  it.each(['INSERT', 'MODIFY'])('is nothing to do when it is a write (%s)', (eventName) => {
    expect(readRecord({ eventName })).toEqual({ kind: 'other' });
  });

  it('is told of when a rotation record was removed', () => {
    const record = { ...keys, item: { S: 'AIDAALICE/rotation' } };
    expect(readRecord(removal({}, { Keys: record, OldImage: record }))).toEqual({
      kind: 'record-removed',
      accountId: ACCOUNT_ID,
      userId: 'AIDAALICE',
    });
  });

  it.each([
    ['history', '123456789012/history', '2026-01-01T00:00:00.000Z/AIDAALICE/rotation-1'],
    ['a notice', '123456789012', 'notices/no-delivery'],
    ['the last run', '123456789012', 'run'],
    ['a claim of the mail quota', 'quota/mail', '2026-01-01T00:00:00.000Z'],
  ])('is nothing to do when %s was removed', (_, account, item) => {
    const itemKeys = { account: { S: account }, item: { S: item } };
    expect(readRecord(removal({}, { Keys: itemKeys, OldImage: itemKeys }))).toEqual({
      kind: 'other',
    });
  });

  it.each(['123456789012/history', 'quota/mail', '12345678901', '1234567890123', 'x'])(
    "is nothing to do when what looks like a timer or a record is in %s, no account's partition",
    (account) => {
      for (const item of ['AIDAALICE/timer/AKIAOLD', 'AIDAALICE/rotation']) {
        const itemKeys = { account: { S: account }, item: { S: item } };
        const OldImage = { ...image, ...itemKeys };
        expect(readRecord(removal({}, { Keys: itemKeys, OldImage }))).toEqual({ kind: 'other' });
      }
    },
  );

  it.each<[string, unknown]>([
    ['no object', 5],
    ['nothing', undefined],
    ['no event name', { dynamodb: {} }],
    ['an unknown event name', { eventName: 'TRUNCATE' }],
    ['no keys', removal({ dynamodb: { OldImage: image } })],
    ['a key of another type', removal({}, { Keys: { ...keys, item: { N: '1' } } })],
    ['an empty key', removal({}, { Keys: { ...keys, item: { S: '' } } })],
    ['no old image', removal({}, { OldImage: undefined })],
    ['no date', removal({}, { OldImage: keys })],
    ['a date that is text', removal({}, { OldImage: { ...image, delete_on: { S: '5' } } })],
    ['a negative date', removal({}, { OldImage: { ...image, delete_on: { N: '-5' } } })],
    ['a veto that is text', removal({}, { OldImage: { ...image, vetoed: { S: 'true' } } })],
    ['an identity that is text', removal({ userIdentity: 'Service' })],
    [
      "another user's image",
      removal({}, { OldImage: { ...image, item: { S: 'AIDABOB/timer/AKIAOLD' } } }),
    ],
    [
      "another account's image",
      removal({}, { OldImage: { ...image, account: { S: '210987654321' } } }),
    ],
    [
      "another item's image",
      removal({}, { OldImage: { ...image, item: { S: 'AIDAALICE/rotation' } } }),
    ],
  ])('can not be read when it has %s, and nothing is thrown', (_, record) => {
    expect(readRecord(record)).toEqual({ kind: 'unreadable', problem: expect.any(String) });
  });
});

describe('a place in the stream', () => {
  it('is the sequence number', () => {
    expect(sequenceNumberOf(removal())).toBe('1');
  });

  it.each([[undefined], [{}], [{ dynamodb: {} }], [{ dynamodb: { SequenceNumber: '' } }]])(
    'is missing in %j',
    (record) => {
      expect(sequenceNumberOf(record)).toBeUndefined();
    },
  );
});

describe('a batch', () => {
  it('is a list of whatever records', () => {
    expect(readBatch({ Records: [1, 'x'] })).toEqual([1, 'x']);
    expect(readBatch({ Records: [] })).toEqual([]);
  });
});

describe('a record that somebody has made or changed', () => {
  /** Every kind of attribute, well-formed and not. */
  const attribute = fc.oneof(
    fc
      .oneof(hostileText, fc.constantFrom('AIDAALICE', 'AKIAOLD', 'rotation', ''))
      .map((S) => ({ S })),
    fc
      .constantFrom(
        '0',
        '-1',
        '1.5',
        '1e300',
        'NaN',
        'Infinity',
        '9'.repeat(38),
        '١',
        ' 1',
        '1800000000',
      )
      .map((N) => ({ N })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constantFrom<unknown>(
      { NULL: true },
      { B: 'AAAA' },
      { SS: ['AIDAALICE'] },
      { NS: ['1'] },
      { BS: ['AAAA'] },
      { L: [{ S: 'AIDAALICE' }] },
      { M: { S: { S: 'AIDAALICE' } } },
      { S: 'AIDAALICE', N: '1' },
      { S: ['AIDAALICE'] },
      { s: 'AIDAALICE' },
      'AIDAALICE',
    ),
    anyJson,
  );
  const userIdentity = fc.oneof(
    fc.constantFrom<unknown>(
      TTL,
      undefined,
      null,
      { ...TTL, principalId: 'DynamoDB.amazonaws.com' },
      { ...TTL, principalId: 'dynamodb.amazonaws.com.evil.test' },
      { ...TTL, type: 'AssumedRole' },
      { ...TTL, type: 'Service ' },
      [TTL],
    ),
    anyJson,
  );
  const place = fc.constantFrom(
    ['eventName'],
    ['userIdentity'],
    ['dynamodb'],
    ['dynamodb', 'Keys'],
    ['dynamodb', 'OldImage'],
    ['dynamodb', 'SequenceNumber'],
    ...['Keys', 'OldImage'].flatMap((side) =>
      ['account', 'item', 'delete_on', 'rotationId', 'vetoed'].map((name) => [
        'dynamodb',
        side,
        name,
      ]),
    ),
  );
  const change = fc.tuple(place, attribute);
  const forged = fc
    .tuple(userIdentity, fc.array(change, { maxLength: 3 }))
    .map(([identity, changes]) => {
      const record = structuredClone(removal());
      Object.assign(record, { userIdentity: identity });
      for (const [path, value] of changes) put(record, path, value);
      return record as unknown;
    });

  function put(target: object, [name = '', ...rest]: readonly string[], value: unknown): void {
    const own = target as Record<string, unknown>;
    if (rest.length === 0) own[name] = value;
    else if (typeof own[name] === 'object' && own[name] !== null) put(own[name], rest, value);
  }

  /** A timer that is plainly there, read in another way than the program reads it. */
  const isPlain = (record: unknown) => {
    const { dynamodb } = record as { dynamodb?: { Keys?: object; OldImage?: object } };
    const of = (side: object | undefined, name: string, type: string) =>
      (side as Record<string, Record<string, unknown>> | undefined)?.[name]?.[type];
    return (
      ['account', 'item'].every(
        (name) =>
          typeof of(dynamodb?.Keys, name, 'S') === 'string' &&
          of(dynamodb?.Keys, name, 'S') === of(dynamodb?.OldImage, name, 'S'),
      ) &&
      /^\d{12}$/.test(String(of(dynamodb?.Keys, 'account', 'S'))) &&
      /^\w+\/timer\/\w+$/.test(String(of(dynamodb?.Keys, 'item', 'S'))) &&
      /^[0-9]{1,12}$/.test(String(of(dynamodb?.OldImage, 'delete_on', 'N')))
    );
  };

  it('is read as a timer only where keys and image are one, as an expiry only from the TTL service', () => {
    fc.assert(
      fc.property(fc.oneof(forged, anyJson), (record) => {
        const item = readRecord(record);
        if (item.kind === 'unreadable') {
          expect(item.problem).not.toBe('');
          return;
        }
        if (!('timer' in item)) return;
        expect(isPlain(record)).toBe(true);
        const { userIdentity: who } = record as { userIdentity?: Partial<typeof TTL> };
        const byTtl = who?.type === 'Service' && who.principalId === 'dynamodb.amazonaws.com';
        expect(item.kind).toBe(byTtl ? 'expired' : 'removed');
        expect(item.timer.oldKeyId).toMatch(/^\w+$/);
        expect(Number.isSafeInteger(item.timer.deleteOnEpochSeconds)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('is read though it is nested deeply', () => {
    expect(readRecord(removal({}, { OldImage: { ...image, more: deep() } }))).toMatchObject({
      timer,
    });
    expect(readRecord(removal({}, { OldImage: deep() })).kind).toBe('unreadable');
    expect(readRecord(deep()).kind).toBe('unreadable');
  });

  it('has a place in the stream only in words', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const told = sequenceNumberOf(removal({}, { SequenceNumber: value }));
        expect(told).toBe(typeof value === 'string' && value !== '' ? value : undefined);
      }),
    );
  });
});
