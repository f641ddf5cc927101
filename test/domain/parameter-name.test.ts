import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PARAMETER_PREFIX, parameterNameOf, userNameOf } from '../../src/domain/parameter-name.ts';
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
        expect(parameterNameOf(userName)).toBe(text);
        expect(text.split('/')).toHaveLength(5);
      }),
      { numRuns: 2000 },
    );
  });
});
