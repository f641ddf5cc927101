import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  CONTENT_KEY_PREFIX,
  contentKeyNameOf,
  isContentKeyName,
  userNameOf,
} from '../../src/domain/content-key-name.ts';
import { anyText } from '../support/any-text.ts';
import { hostileText } from '../support/hostile.ts';

const iamUserName = fc
  .array(fc.constantFrom(...'abxX59_+=,.@-AF2B'), { minLength: 1, maxLength: 64 })
  .map((chars) => chars.join(''));
const iamUserId = fc.stringMatching(/^AIDA[A-Z0-9]{12,17}$/);
const anyName = fc.oneof(hostileText, anyText(), iamUserName);
/** Names in SSM of two levels below the prefix, in SSM's own characters. */
const SSM_NAME = /^\/ikr\/secret\/iam\/[a-zA-Z0-9_.-]+\/\w+$/;

describe('the name of a content key', () => {
  it.each([
    ['alice', 'alice'],
    ['first.last-name_2', 'first.last-name_2'],
    ['alice+ci@example.com', 'alice_x2B_ci_x40_example.com'],
    ['a=b,c', 'a_x3D_b_x2C_c'],
    ['_x2B_', '_x5F_x2B_'],
  ])('of %s holds %s and the user ID', (userName, encoded) => {
    expect(contentKeyNameOf(userName, 'AIDAALICE')).toBe(`/ikr/secret/iam/${encoded}/AIDAALICE`);
  });

  it('holds only characters that SSM allows, and leads back to the user', () => {
    fc.assert(
      fc.property(iamUserName, iamUserId, (userName, userId) => {
        const name = contentKeyNameOf(userName, userId);
        expect(name).toMatch(SSM_NAME);
        expect(userNameOf(name)).toBe(userName);
        expect(isContentKeyName(name, { userId })).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('ends in the user ID and nothing else does, so that a policy can allow it by aws:userid', () => {
    fc.assert(
      fc.property(iamUserName, iamUserId, iamUserName, iamUserId, (name, id, other, otherId) => {
        fc.pre(name !== other || id !== otherId);
        expect(contentKeyNameOf(name, id)).not.toBe(contentKeyNameOf(other, otherId));
        if (id === otherId) return;
        expect(contentKeyNameOf(other, otherId).endsWith(`/${id}`)).toBe(false);
        expect(isContentKeyName(contentKeyNameOf(other, otherId), { userId: id })).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['', '../admin', 'a/b', 'a b', 'a\nb', 'ü', 'x'.repeat(65)])(
    'is refused for %j, which is no IAM user name',
    (text) => {
      expect(() => contentKeyNameOf(text, 'AIDAALICE')).toThrow('is no IAM user name');
    },
  );

  it.each(['', '../x', 'AIDA/ALICE', 'AIDA-ALICE', 'AIDAALICE\n', '*', 'A'.repeat(129)])(
    'is refused for %j, which is no IAM user ID',
    (text) => {
      expect(() => contentKeyNameOf('alice', text)).toThrow('is no IAM user ID');
    },
  );

  it('is below the prefix, or refused, whatever a user is called', () => {
    fc.assert(
      fc.property(anyName, anyName, (userName, userId) => {
        let name: string;
        try {
          name = contentKeyNameOf(userName, userId);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(name).toMatch(SSM_NAME);
        // SSM takes 1011 characters.
        expect(name.length).toBeLessThan(500);
        expect(userNameOf(name)).toBe(userName);
      }),
      { numRuns: 2000, examples: [['alice', '__proto__']] },
    );
  });
});

describe('a parameter name', () => {
  it.each([
    '/other/alice/AIDAALICE',
    CONTENT_KEY_PREFIX,
    `${CONTENT_KEY_PREFIX}alice`,
    `${CONTENT_KEY_PREFIX}alice/`,
    `${CONTENT_KEY_PREFIX}/AIDAALICE`,
    `${CONTENT_KEY_PREFIX}a_x41_/AIDAALICE`,
    `${CONTENT_KEY_PREFIX}a_x2F_b/AIDAALICE`,
    `${CONTENT_KEY_PREFIX}a+b/AIDAALICE`,
    `${CONTENT_KEY_PREFIX}alice/../AIDAALICE`,
    `${CONTENT_KEY_PREFIX}alice/AIDAALICE/AIDAALICE`,
    `${CONTENT_KEY_PREFIX}alice/AIDA-ALICE`,
    `${CONTENT_KEY_PREFIX}alice/AIDAALICE\n`,
  ])('is not believed where %j is none of ours', (name) => {
    expect(userNameOf(name)).toBeUndefined();
    expect(isContentKeyName(name, { userId: 'AIDAALICE' })).toBe(false);
  });

  it('is that of a user under any name, and of no other user', () => {
    const name = `${CONTENT_KEY_PREFIX}former-name/AIDAALICE`;
    expect(isContentKeyName(name, { userId: 'AIDAALICE' })).toBe(true);
    expect(isContentKeyName(name, { userId: 'ALICE' })).toBe(false);
    expect(isContentKeyName(name, { userId: 'AIDABOB' })).toBe(false);
    expect(isContentKeyName(name, { userId: '' })).toBe(false);
    expect(isContentKeyName(name, { userId: 'former-name/AIDAALICE' })).toBe(false);
  });

  it('is believed only where it is the very one that a user has', () => {
    const name = fc
      .tuple(
        fc.constantFrom(CONTENT_KEY_PREFIX, '/ikr/secret/iam', '', '/'),
        fc.oneof(anyName, fc.stringMatching(/^[a-c]{0,2}(_x[0-9A-F]{2}_){0,2}$/)),
        fc.oneof(anyName, iamUserId),
      )
      .map(([prefix, userName, userId]) => `${prefix}${userName}/${userId}`);
    fc.assert(
      fc.property(name, (text) => {
        const userName = userNameOf(text);
        if (userName === undefined) return;
        expect(contentKeyNameOf(userName, text.split('/').at(-1) ?? '')).toBe(text);
      }),
      { numRuns: 2000, examples: [[`${CONTENT_KEY_PREFIX}alice/AIDAALICE`]] },
    );
  });
});
