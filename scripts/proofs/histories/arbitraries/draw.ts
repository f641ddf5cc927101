/** What all draws have in common. */
import fc from 'fast-check';
import type { Which } from '../../../../simulation/scenario/user-actions.ts';

/** Which user. */
export const who = fc.nat({ max: 2 });
export const which = fc.constantFrom<Which>('oldest', 'newest');

/** The first is what it shrinks to. */
export const oneOf = <T>(...values: readonly [T, number][]): fc.Arbitrary<T> =>
  fc.oneof(...values.map(([value, weight]) => ({ weight, arbitrary: fc.constant(value) })));

/** One time in eight. */
export const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
