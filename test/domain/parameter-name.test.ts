import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PARAMETER_PREFIX, parameterNameOf, userNameOf } from '../../src/domain/parameter-name.ts';

const iamUserName = fc
  .array(fc.constantFrom(...'abxX59_+=,.@-AF2B'), { minLength: 1, maxLength: 64 })
  .map((chars) => chars.join(''));

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
});
