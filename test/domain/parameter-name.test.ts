import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  ownParameterNameOf,
  PARAMETER_PREFIX,
  parameterNameOf,
  userNameOf,
} from '../../src/domain/parameter-name.ts';
import { hostileText } from '../support/hostile.ts';

const iamUserName = fc
  .array(fc.constantFrom(...'abxX59_+=,.@-AF2B'), { minLength: 1, maxLength: 64 })
  .map((chars) => chars.join(''));

const anyText = fc.oneof(hostileText, fc.string({ unit: 'binary' }), iamUserName);

describe('the parameter name of a user', () => {
  it.each([
    ['alice', 'alice'],
    ['first.last-name_2', 'first.last-name_2'],
    ['alice+ci@example.com', 'alice_x2B_ci_x40_example.com'],
    ['a=b,c', 'a_x3D_b_x2C_c'],
    ['_x2B_', '_x5F_x2B_'],
  ])('of %s is %s', (userName, name) => {
    expect(parameterNameOf(userName)).toBe(`/ikr/secret/iam/${name}`);
  });

  it('holds only characters that SSM allows, and leads back to the user', () => {
    fc.assert(
      fc.property(iamUserName, (userName) => {
        const name = parameterNameOf(userName);
        expect(name).toMatch(/^\/ikr\/secret\/iam\/[a-zA-Z0-9_.-]+$/);
        expect(userNameOf(name)).toBe(userName);
      }),
      { numRuns: 2000 },
    );
  });

  it("is one of the user's own with the ID, which is nobody's plain name", () => {
    const iamUserId = fc.stringMatching(/^AIDA[A-Z0-9]{12,17}$/);
    fc.assert(
      fc.property(iamUserName, iamUserId, iamUserName, (userName, userId, other) => {
        const name = ownParameterNameOf(userName, userId);
        expect(name).toMatch(/^\/ikr\/secret\/iam\/[a-zA-Z0-9_.-]+$/);
        expect(userNameOf(name)).toBe(userName);
        expect(name).not.toBe(parameterNameOf(other));
      }),
      {
        examples: [['alice', 'AIDA123456789012', '_x2F_AIDA123456789012']],
        numRuns: 2000,
      },
    );
    expect(ownParameterNameOf('alice', 'AIDAALICE')).toBe('/ikr/secret/iam/alice_x2F_AIDAALICE');
    expect(parameterNameOf('a_x2F_AIDAALICE')).toBe('/ikr/secret/iam/a_x5F_x2F_AIDAALICE');
    expect(() => ownParameterNameOf('alice', '../x')).toThrow('is no IAM user ID');
  });

  it.each(['', '../admin', 'a/b', 'a b', 'a\nb', 'ü', 'x'.repeat(65)])(
    'is refused for %j, which is no IAM user name',
    (text) => {
      expect(() => parameterNameOf(text)).toThrow('is no IAM user name');
    },
  );

  it.each([
    '/other/alice',
    `${PARAMETER_PREFIX}a_x41_`,
    `${PARAMETER_PREFIX}`,
    `${PARAMETER_PREFIX}a/b`,
    `${PARAMETER_PREFIX}a/AIDAB`,
    `${PARAMETER_PREFIX}a_x2F_`,
    `${PARAMETER_PREFIX}_x2F_AIDAB`,
    `${PARAMETER_PREFIX}a_x2F_b`,
    `${PARAMETER_PREFIX}a_x2F_AIDAB_x2F_AIDAB`,
  ])('is not believed where %s is no encoding of ours', (name) => {
    expect(userNameOf(name)).toBeUndefined();
  });

  it('is one level below the prefix, or refused, whatever a user is called', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let name: string;
        try {
          name = parameterNameOf(text);
        } catch (error) {
          expect((error as Error).message).toBe(`${JSON.stringify(text)} is no IAM user name`);
          return;
        }
        expect(name.startsWith(PARAMETER_PREFIX)).toBe(true);
        expect(name.slice(PARAMETER_PREFIX.length)).toMatch(/^[a-zA-Z0-9_.-]+$/);
        // SSM takes 1011 characters.
        expect(name.length).toBeLessThan(400);
        expect(userNameOf(name)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("is nobody else's", () => {
    fc.assert(
      fc.property(iamUserName, iamUserName, (one, other) => {
        fc.pre(one !== other);
        expect(parameterNameOf(one)).not.toBe(parameterNameOf(other));
      }),
    );
  });

  it('is believed only where it is the very one that a user has', () => {
    const name = fc
      .tuple(fc.constantFrom(PARAMETER_PREFIX, '/ikr/secret/iam', '', '/'), anyText)
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, (text) => {
        const userName = userNameOf(text);
        if (userName === undefined) return;
        if (!text.includes('_x2F_')) expect(parameterNameOf(userName)).toBe(text);
        expect(text.split('/')).toHaveLength(5);
      }),
      { numRuns: 2000 },
    );
  });
});
