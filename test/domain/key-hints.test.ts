import { describe, expect, it } from '@jest/globals';
import { keysFromHints } from '../../src/domain/key-hints.ts';
import { closedRecord, scheduledRecord } from '../support/records.ts';

const hint = (changedAtMs: number, lastUsedAtMs?: number) => [
  { active: true, changedAtMs, ...(lastUsedAtMs !== undefined && { lastUsedAtMs }) },
];
const createdAt = (...args: Parameters<typeof keysFromHints>) =>
  keysFromHints(...args)[0]?.createdAtMs;

describe('a key of the credential report', () => {
  it('is as old as its last change', () => {
    expect(createdAt(hint(500), undefined)).toBe(500);
    expect(createdAt(hint(500, 600), undefined)).toBe(500);
  });

  it('may be of any age when it was used before its last change', () => {
    expect(createdAt(hint(500, 499), undefined)).toBe(0);
  });

  it('is as old as the key that the last rotation left, however often it was switched since', () => {
    const completed = closedRecord({ outcome: 'completed', newKeyCreatedAtMs: 100 });
    expect(createdAt(hint(500), completed)).toBe(100);
    const undone = closedRecord({
      outcome: 'cancelled',
      oldKeyCreatedAtMs: 7,
      newKeyCreatedAtMs: 9,
    });
    expect(createdAt(hint(500), undone)).toBe(7);
  });

  it('is not made younger by a record, nor judged by an open one', () => {
    const completed = closedRecord({ outcome: 'completed', newKeyCreatedAtMs: 900 });
    expect(createdAt(hint(500), completed)).toBe(500);
    expect(createdAt(hint(500), scheduledRecord())).toBe(500);
    expect(createdAt(hint(500), closedRecord({ outcome: 'completed' }))).toBe(500);
  });

  it('is active or not, and there are as many as in the report', () => {
    const both = [...hint(1), { active: false, changedAtMs: 2 }];
    expect(keysFromHints(both, undefined).map(({ status }) => status)).toEqual([
      'Active',
      'Inactive',
    ]);
  });
});
