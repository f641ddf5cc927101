import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readUsersFile } from '../../src/cli/users-file.ts';

import { anyText } from '../support/any-text.ts';

const mistakesIn = (text: string) =>
  readUsersFile(text).mistakes.map(({ line, user, tag, problem }) =>
    [line, user, tag, problem].filter((part) => part !== undefined).join(' '),
  );
const tagsOf = (tags: Record<string, unknown>) => mistakesIn(JSON.stringify({ alice: tags }));

describe('a file of users', () => {
  it('is read as users with their tags, in the order of the file', () => {
    const { users, mistakes } = readUsersFile(
      '\ufeff{"bob": {"IKR:EMAIL": "b@example.com", "Team": ""}, "alice": {"ikr:email": "a@example.com"}}',
    );

    expect(mistakes).toEqual([]);
    expect(users).toEqual([
      {
        userName: 'bob',
        tags: [
          { key: 'IKR:EMAIL', value: 'b@example.com' },
          { key: 'Team', value: '' },
        ],
      },
      { userName: 'alice', tags: [{ key: 'ikr:email', value: 'a@example.com' }] },
    ]);
  });

  it.each([
    ['', /^the file is no JSON/],
    ['{"alice": }', /^the file is no JSON/],
    ['{\n"alice": {"a": "b"}\n"bob": {}}', /^3 the file is no JSON.*column 1/],
    ['[]', /must be an object/],
    ['null', /must be an object/],
    ['{}', /names no user/],
  ])('must be an object of users: %j', (text, problem) => {
    expect(mistakesIn(text)).toEqual([expect.stringMatching(problem)]);
  });

  it('may name a user and a tag only once, in whatever case', () => {
    const text = `{
      "alice": { "IKR:EMAIL": "a@example.com",
                 "ikr:email": "b@example.com" },
      "Alice": { "IKR:EMAIL": "a@example.com" },
      "alice": { "IKR:EMAIL": "a@example.com" }
    }`;
    expect(mistakesIn(text)).toEqual([
      '3 alice ikr:email the tag is in line 2 already, as IKR:EMAIL; IAM tells no case apart',
      '4 Alice the user is in line 2 already, as alice; IAM tells no case apart',
      '5 alice the user is in the file twice, the first time in line 2',
    ]);
  });

  it('tells the tags of two users in one line apart', () => {
    const text =
      '{"alice": {"IKR:EMAIL": "a@example.com"}, "alice": {"IKR:EMAIL": "b@example.com"}}';
    expect(mistakesIn(text)).toEqual([
      '1 alice the user is in the file twice, the first time in line 1',
    ]);
  });

  it('is not fooled by braces, quotes and newlines within texts', () => {
    const text = '{"alice": {"a": "}{\\"\\n,:", "b": "x", "c":\n"y"}, "alice": {"a": "x"}}';
    expect(mistakesIn(text)).toContainEqual(
      '2 alice the user is in the file twice, the first time in line 1',
    );
  });

  it('takes no text in a list for a name', () => {
    expect(mistakesIn('{"alice": ["b", "a", "a"], "a": {"x": "y"}}')).toEqual([
      expect.stringContaining('1 alice the tags must be an object'),
    ]);
  });

  it.each([
    ['IKR:EMIAL', 'did you mean IKR:EMAIL?'],
    ['IKR:MAIL', 'did you mean IKR:EMAIL?'],
    ['IRK:EMAIL', 'did you mean IKR:EMAIL?'],
    ['IKR_EMAIL', 'did you mean IKR:EMAIL?'],
    ['ikr:delete_after_day', 'did you mean IKR:DELETE_AFTER_DAYS?'],
    ['IKR:ROTATE_AFTER', 'did you mean IKR:ROTATE_AFTER_DAYS?'],
    ['IKR:INSTRUCTION_X', 'instructions are numbered'],
    ['IKR:INSTRUCTION_01', 'instructions are numbered'],
    ['IKR:SOMETHING_ELSE_ALTOGETHER', 'there are IKR:EMAIL, IKR:ROTATE_AFTER_DAYS'],
  ])('has no tag %s', (name, hint) => {
    expect(tagsOf({ [name]: 'x' })).toEqual([expect.stringContaining(hint)]);
  });

  it('may hold tags that are none of ours', () => {
    expect(tagsOf({ Email: 'x', team: 'blue', IKR: 'x', 'our:IKR:EMAIL': 'y' })).toEqual([]);
  });

  it.each([
    [{ 'IKR:EMAIL': 'alice' }, 'which is no mail address'],
    [{ 'IKR:EMAIL': '' }, 'which is no mail address'],
    [{ 'IKR:EMAIL': "o'brien@example.com" }, `the value holds "'"`],
    [{ 'IKR:ROTATE_AFTER_DAYS': '1.5' }, 'a whole number of days'],
    [{ 'IKR:ROTATE_AFTER_DAYS': '0' }, 'a whole number of days'],
    [{ 'IKR:ROTATE_AFTER_DAYS': 60 }, 'write "60"'],
    [{ 'IKR:ROTATE_AFTER_DAYS': null }, 'must be a text'],
    [{ 'IKR:INSTRUCTION_0': 'a, b' }, 'the value holds ","'],
    [{ 'IKR:INSTRUCTION_0': 'x'.repeat(257) }, 'go on in the next IKR:INSTRUCTION_ tag'],
    [{ team: 'x'.repeat(257) }, 'the value has 257 characters; IAM takes 256'],
    [{ ['k'.repeat(129)]: 'x' }, 'the name has 129 characters; IAM takes 128'],
    [{ 'a&b': 'x' }, 'the name may hold letters'],
    [{ '': 'x' }, 'a tag needs a name'],
    [{ 'aws:team': 'x' }, 'belong to AWS'],
    [
      { 'IKR:DELETE_AFTER_DAYS': '5', 'IKR:DEACTIVATE_AFTER_DAYS': '5' },
      '5 days must be less than',
    ],
    [{}, 'there are no tags for this user'],
    [
      Object.fromEntries([...Array(51).keys()].map((at) => [`t${at}`, 'x'])),
      '51 tags are too many',
    ],
  ])('is checked by the rules of IAM and of this program: %j', (tags, problem) => {
    expect(tagsOf(tags)).toEqual([expect.stringContaining(problem)]);
  });

  it('takes what IAM takes: letters of any script, and values of full length', () => {
    const values = {
      'IKR:INSTRUCTION_0': 'Größe 大きさ +=:/@'.padEnd(256, 'x'),
      ['k'.repeat(128)]: '',
    };
    expect(tagsOf(values)).toEqual([]);
  });

  it.each(['hei di', 'a'.repeat(65), '', 'a/b', 'ä'])('refuses the user name %j', (name) => {
    expect(mistakesIn(JSON.stringify({ [name]: { a: 'x' } }))).toEqual([
      expect.stringContaining('no IAM user name'),
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'a value',
      { 'IKR:INSTRUCTION_0': 'x'.repeat(15_000_000) },
      /15000000 characters; IAM takes 256/,
    ],
    [
      'escapes',
      { 'IKR:INSTRUCTION_0': '\\'.repeat(5_000_000) },
      /5000000 characters; IAM takes 256/,
    ],
    ['a name', { [`IKR:${'x'.repeat(5_000_000)}`]: 'x' }, /5000004 characters; IAM takes 128/],
  ])('is told what is wrong when %s is far too long', (_, tags, problem) => {
    const mistakes = readUsersFile(JSON.stringify({ alice: tags })).mistakes;
    expect(mistakes.map((one) => one.problem)).toEqual([expect.stringMatching(problem)]);
  });

  it.each(['\u0131KR:EMAIL', 'I\u212aR:EMAIL'])(
    'has no tag that only looks like one of ours (%j)',
    (name) => {
      expect(tagsOf({ [name]: 'eve@evil.test' })).toEqual([
        expect.stringContaining('did you mean IKR:EMAIL?'),
      ]);
    },
  );

  it('is read or refused in words, whatever is in it, and nobody is taken whom IAM can not have', () => {
    const word = fc.oneof(
      { weight: 3, arbitrary: fc.stringMatching(/^[\w+=,.@-]{1,64}$/) },
      { weight: 1, arbitrary: anyText({ maxLength: 8 }) },
      { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', '', 'IKR:EMAIL') },
    );
    const key = fc.oneof(
      fc.constantFrom(
        'IKR:EMAIL',
        'ikr:delete_after_days',
        'IKR:INSTRUCTION_3',
        '__proto__',
        'Team',
      ),
      anyText({ maxLength: 8 }),
    );
    const value = fc.oneof(
      fc.constantFrom('a@example.com', '7', '=cmd', '\u001b[2J', '\r\n', '<b>'),
      anyText({ maxLength: 8 }),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const object = fc
      .dictionary(word, fc.oneof(fc.dictionary(key, value), fc.jsonValue({ maxDepth: 1 })))
      .map((content) => JSON.stringify(content));
    const file = fc
      .tuple(fc.oneof(object, anyText()), fc.nat(), fc.string({ maxLength: 2 }))
      .map(([text, at, put]) => {
        // Most files are whole, some are not.
        const place = at % (text.length * 5 + 1);
        return place < text.length ? text.slice(0, place) + put + text.slice(place + 1) : text;
      });
    fc.assert(
      fc.property(file, (text) => {
        const { users, mistakes } = readUsersFile(text);
        expect(users.length + mistakes.length).toBeGreaterThan(0);
        for (const { problem } of mistakes) expect(problem).not.toBe('');
        for (const { userName, tags } of users) {
          expect(userName).toMatch(/^[\w+=,.@-]{1,64}$/);
          expect(tags.length).toBeGreaterThan(0);
          for (const tag of tags) {
            expect(tag.key).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u);
            expect(tag.value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('reads back any JSON of users without losing its line', () => {
    const word = anyText({ maxLength: 8 });
    fc.assert(
      fc.property(fc.dictionary(word, fc.dictionary(word, word)), (users) => {
        const { mistakes } = readUsersFile(JSON.stringify(users, undefined, 1));
        for (const { line, problem } of mistakes) {
          expect(line).toBeGreaterThan(0);
          expect(problem).not.toContain('twice');
        }
      }),
    );
  });
});
