import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  REASON_CODES,
  type Reason,
  reason,
  sentence,
  storedReason,
} from '../../src/domain/reasons.ts';
import { anyJson, hostileText } from '../support/hostile.ts';

/** Whatever the sentences need, each by the name that all of them use for it. */
const DETAILS: NonNullable<Reason['details']> = {
  days: 80,
  minutes: 5,
  until: '2026-01-02T03:04:00.000Z',
  why: 'a cause',
  what: 'a thing',
  todo: 'a thing to do',
  who: 'somebody',
  message: 'a message',
  problem: 'a problem',
  problems: 'some problems',
  keyId: 'AKIAEXAMPLE',
  keys: 'AKIAONE and AKIATWO',
  parameter: '/ikr/secret/iam/alice/AIDAALICE',
  found: 'a value',
  user: 'alice',
  userId: 'AIDAALICE',
  to: 'alice@example.com',
  state: 'DELIVERING',
};

describe('the sentence of a reason', () => {
  it.each(REASON_CODES)('exists for %s, on one line and without a full stop', (code) => {
    const text = sentence({ code, details: DETAILS });
    expect(text).not.toBe(code);
    expect(text).toMatch(/^\S.*[^.\s]$/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it('tells moments in words', () => {
    const { until = '' } = DETAILS;
    expect(sentence(reason('leased', { until: String(until) }))).toContain(
      '2 January 2026, 03:04 UTC',
    );
  });

  it.each(REASON_CODES)('of %s survives a table in which the details are missing', (code) => {
    expect(sentence({ code })).toMatch(/\S/);
    expect(sentence({ code, details: {} })).toMatch(/\S/);
  });

  it('never throws, whatever somebody wrote into the details', () => {
    const value = fc.oneof(hostileText, fc.double(), fc.constantFrom(1e300, -1, Number.NaN));
    const details = fc.dictionary(fc.constantFrom(...Object.keys(DETAILS), '__proto__'), value);
    fc.assert(
      fc.property(fc.constantFrom(...REASON_CODES), details, (code, odd) => {
        expect(typeof sentence({ code, details: odd })).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['of-a-later-version', '', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'is the code itself where this version has none (%j)',
    (code) => {
      expect(sentence({ code, details: DETAILS })).toBe(code);
    },
  );
});

describe('a reason', () => {
  it('stands in the journal as it is told', () => {
    for (const one of [reason('due'), reason('not-due', { days: 80 })]) {
      expect(storedReason.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
    }
  });

  it('without details has no member for them', () => {
    expect(reason('due')).toEqual({ code: 'due' });
    expect(Object.keys(reason('due'))).toEqual(['code']);
  });

  it('of an unknown shape is refused by the journal', () => {
    for (const broken of [null, 'due', { code: 1 }, { code: 'due', details: { why: {} } }]) {
      expect(storedReason.safeParse(broken).success).toBe(false);
    }
    fc.assert(
      fc.property(anyJson, (value) => {
        const parsed = storedReason.safeParse(value);
        if (parsed.success) expect(typeof sentence(parsed.data)).toBe('string');
      }),
    );
  });
});
