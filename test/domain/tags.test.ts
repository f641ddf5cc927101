import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isKnownTag, readTags, tagProblem } from '../../src/domain/tags.ts';

import { anyText } from '../support/any-text.ts';

const tags = (values: Record<string, string>) =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

describe('the tags of a user', () => {
  it('make no managed user without IKR:EMAIL', () => {
    expect(readTags(tags({ team: 'blue', 'IKR:ROTATE_AFTER_DAYS': 'abc' }))).toEqual({
      kind: 'unmanaged',
    });
  });

  it('are read whatever the case of their keys', () => {
    expect(
      readTags(
        tags({
          'ikr:email': 'alice@example.com',
          'Ikr:Rotate_After_Days': '30',
          'IKR:DELETE_AFTER_DAYS': '3',
          'ikr:deactivate_after_days': '2',
        }),
      ),
    ).toEqual({
      kind: 'managed',
      tags: {
        address: 'alice@example.com',
        rotateAfterDays: 30,
        deleteAfterDays: 3,
        deactivateAfterDays: 2,
        instructions: '',
      },
    });
  });

  it.each(['\u0131KR:EMAIL', 'I\u212aR:EMAIL', '\uff29KR:EMAIL', 'IKR:EMA\u0131L'])(
    'are none of ours when a key only looks like one (%j)',
    (key) => {
      const own = { key: 'IKR:EMAIL', value: 'alice@example.com' };
      const hostile = { key, value: 'eve@evil.test' };
      expect(readTags([hostile])).toEqual({ kind: 'unmanaged' });
      expect(readTags([hostile, own])).toMatchObject({ tags: { address: 'alice@example.com' } });
      expect(isKnownTag(key)).toBe(false);
    },
  );

  it('mean nothing under any other key, whatever letters Unicode has for ours', () => {
    const ours = /^(IKR:(EMAIL|(ROTATE|DELETE|DEACTIVATE)_AFTER_DAYS|INSTRUCTION_\d{1,3}))$/i;
    const near = fc
      .tuple(
        fc.constantFrom('IKR:EMAIL', 'IKR:DELETE_AFTER_DAYS', 'IKR:INSTRUCTION_0'),
        fc.nat(),
        fc.oneof(
          fc.constantFrom('\u0131', '\u0130', '\u212a', '\u017f', '\u00df', ''),
          anyText({ maxLength: 1 }),
        ),
      )
      .map(([key, at, letter]) => {
        const place = at % key.length;
        return key.slice(0, place) + letter + key.slice(place + 1);
      });
    const own = tags({ 'IKR:EMAIL': 'alice@example.com' });
    fc.assert(
      fc.property(near, fc.constantFrom('eve@evil.test', '5', 'hello'), (key, value) => {
        // Without the flag `u`, the pattern compares ASCII letters alone.
        fc.pre(!ours.test(key));
        expect(readTags([{ key, value }, ...own])).toEqual(readTags(own));
        expect(readTags([{ key, value }])).toEqual({ kind: 'unmanaged' });
      }),
      { numRuns: 500 },
    );
  });

  it('join instructions by one space in numeric order, 10 after 9', () => {
    const numbered = Object.fromEntries(
      [10, 2, 0, 9, 1].map((number) => [`IKR:INSTRUCTION_${number}`, `step ${number}.`]),
    );
    expect(readTags(tags({ 'IKR:EMAIL': 'a@example.com', ...numbered }))).toMatchObject({
      tags: { instructions: 'step 0. step 1. step 2. step 9. step 10.' },
    });
  });

  it('may have an instruction without a number, which is left alone', () => {
    expect(
      readTags(tags({ 'IKR:EMAIL': 'a@example.com', 'IKR:INSTRUCTION_x': 'boom' })),
    ).toMatchObject({ kind: 'managed', tags: { instructions: '' } });
  });

  it.each(['0', '-1', '1.5', '1e3', ' 7', '7 ', '', 'abc', '0x10', '٣', '999999', '+5', '007'])(
    'with %j for a number of days are one mistake of that user',
    (value) => {
      const reading = readTags(
        tags({ 'IKR:EMAIL': 'a@example.com', 'IKR:DELETE_AFTER_DAYS': value }),
      );
      expect(reading).toEqual({
        kind: 'invalid',
        problems: [expect.stringContaining('IKR:DELETE_AFTER_DAYS')],
      });
    },
  );

  it.each([
    'alice',
    'alice@',
    '@example.com',
    'a b@example.com',
    'a@b@c',
    'a@example..com',
    'a@-example.com',
    'a@example.com\r\nBcc: eve@evil.test',
    `${'x'.repeat(65)}@example.com`,
    `a@${'x.'.repeat(125)}example.com`,
  ])('with the address %j are one mistake of that user', (value) => {
    expect(readTags(tags({ 'IKR:EMAIL': value }))).toEqual({
      kind: 'invalid',
      problems: [expect.stringContaining('IKR:EMAIL')],
    });
  });

  it('tell every mistake at once', () => {
    const reading = readTags(
      tags({ 'IKR:EMAIL': 'nobody', 'IKR:ROTATE_AFTER_DAYS': '0', 'IKR:DELETE_AFTER_DAYS': 'x' }),
    );
    expect(reading).toMatchObject({ kind: 'invalid', problems: { length: 3 } });
  });

  it('never crash, whatever a hostile tagger writes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            key: fc.oneof(
              fc.string(),
              fc.constantFrom('IKR:EMAIL', 'IKR:ROTATE_AFTER_DAYS', '__proto__', 'IKR:constructor'),
              fc.string().map((tail) => `IKR:${tail}`),
            ),
            value: anyText(),
          }),
        ),
        (hostile) => {
          const reading = readTags(hostile);
          if (reading.kind === 'managed')
            expect(reading.tags.address).toMatch(/^[^\s<>,]+@[^\s<>,]+$/);
          for (const tag of hostile) expect(tagProblem(tag) ?? '').not.toMatch(/[\r\n]/);
        },
      ),
    );
  });

  it.each([
    ['IKR:EMAIL', true],
    ['ikr:instruction_12', true],
    ['IKR:INSTRUCTION_x', false],
    ['IKR:INSTRUCTION_01', false],
    ['IKR:MAIL', false],
    ['IKR:CONSTRUCTOR', false],
  ])('know %s: %s', (key, known) => {
    expect(isKnownTag(key)).toBe(known);
  });
});
