import { describe, expect, it } from '@jest/globals';
import { readBatch, readRecord, sequenceNumberOf } from '../../src/destructor/event.ts';

const TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
const keys = { user: { S: 'AIDAALICE' }, ak: { S: 'AKIAOLD' } };
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
    expect(readRecord(removal())).toEqual({ kind: 'expired', timer });
  });

  it('is an expiry however the type of the service is spelt', () => {
    const userIdentity = { ...TTL, type: 'service' };
    expect(readRecord(removal({ userIdentity }))).toEqual({ kind: 'expired', timer });
  });

  it.each([
    ['nobody is named', undefined],
    ['null is named', null],
    ['another service is named', { type: 'Service', principalId: 'replication.dynamodb' }],
    ['a user of that name did it', { type: 'IAMUser', principalId: 'dynamodb.amazonaws.com' }],
  ])('is a person when %s', (_, userIdentity) => {
    expect(readRecord(removal({ userIdentity }))).toEqual({ kind: 'removed', timer });
  });

  it('carries the rotation and a veto along', () => {
    const OldImage = { ...image, rotationId: { S: 'rotation-1' }, vetoed: { BOOL: true } };
    expect(readRecord(removal({}, { OldImage }))).toEqual({
      kind: 'expired',
      timer: { ...timer, rotationId: 'rotation-1', vetoed: true },
    });
    const unvetoed = { ...image, vetoed: { BOOL: false } };
    expect(readRecord(removal({}, { OldImage: unvetoed }))).toEqual({ kind: 'expired', timer });
  });
});

describe('another change', () => {
  it.each(['INSERT', 'MODIFY'])('is nothing to do when it is a write (%s)', (eventName) => {
    expect(readRecord({ eventName })).toEqual({ kind: 'other' });
  });

  it('is told of when a rotation record was removed', () => {
    const record = { ...keys, ak: { S: 'rotation' } };
    expect(readRecord(removal({}, { Keys: record, OldImage: record }))).toEqual({
      kind: 'record-removed',
      userId: 'AIDAALICE',
    });
  });

  it('is nothing to do when history was removed', () => {
    const history = { ...keys, ak: { S: 'history#2026-01-01T00:00:00.000Z' } };
    expect(readRecord(removal({}, { Keys: history }))).toEqual({ kind: 'other' });
  });

  it.each<[string, unknown]>([
    ['no object', 5],
    ['nothing', undefined],
    ['no event name', { dynamodb: {} }],
    ['an unknown event name', { eventName: 'TRUNCATE' }],
    ['no keys', removal({ dynamodb: { OldImage: image } })],
    ['a key of another type', removal({}, { Keys: { ...keys, ak: { N: '1' } } })],
    ['an empty key', removal({}, { Keys: { ...keys, ak: { S: '' } } })],
    ['no old image', removal({}, { OldImage: undefined })],
    ['no date', removal({}, { OldImage: keys })],
    ['a date that is text', removal({}, { OldImage: { ...image, delete_on: { S: '5' } } })],
    ['a negative date', removal({}, { OldImage: { ...image, delete_on: { N: '-5' } } })],
    ['a veto that is text', removal({}, { OldImage: { ...image, vetoed: { S: 'true' } } })],
    ['an identity that is text', removal({ userIdentity: 'Service' })],
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
