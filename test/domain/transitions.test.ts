/** The table of transitions is a type: what is expected to be an error here must not compile. */
import { expect, it } from '@jest/globals';
import type { RecordIn, State, Successor } from '../../src/domain/record.ts';
import type { Draft, RecordWriter } from '../../src/rotation/record-writer.ts';

type IsAllowed<From extends State, To extends State> =
  RecordIn<To> extends Successor<RecordIn<From>> ? true : false;

/** Every transition of the diagram in docs/ARCHITECTURE.md, and a forbidden one for each state. */
const TRANSITIONS: readonly [
  IsAllowed<'STARTED', 'DELIVERING'>,
  IsAllowed<'DELIVERING', 'SCHEDULED'>,
  IsAllowed<'DELIVERING', 'WITHDRAWING'>,
  IsAllowed<'DELIVERING', 'CANCELLED'>,
  IsAllowed<'SCHEDULED', 'DEACTIVATED'>,
  IsAllowed<'SCHEDULED', 'CANCELLED'>,
  IsAllowed<'DEACTIVATED', 'CLOSED'>,
  IsAllowed<'WITHDRAWING', 'CLOSED'>,
  IsAllowed<'CANCELLED', 'CLOSED'>,
] = [true, true, true, true, true, true, true, true, true];

const FORBIDDEN: readonly [
  IsAllowed<'STARTED', 'SCHEDULED'>,
  IsAllowed<'DELIVERING', 'DEACTIVATED'>,
  IsAllowed<'WITHDRAWING', 'DELIVERING'>,
  IsAllowed<'SCHEDULED', 'DELIVERING'>,
  IsAllowed<'DEACTIVATED', 'SCHEDULED'>,
  IsAllowed<'CANCELLED', 'SCHEDULED'>,
  IsAllowed<'CLOSED', 'STARTED'>,
] = [false, false, false, false, false, false, false];

/** Never called: that it compiles, with its expected errors, is the test. */
function forbiddenWrites(
  writer: RecordWriter,
  cancelled: RecordIn<'CANCELLED'>,
  scheduled: Draft<RecordIn<'SCHEDULED'>>,
): unknown {
  // @ts-expect-error a cancelled rotation is never scheduled again
  return writer.release<RecordIn<'CANCELLED'>, RecordIn<'SCHEDULED'>>(cancelled, scheduled);
}

it('allows the transitions of the diagram, and no other', () => {
  expect([...TRANSITIONS].every(Boolean)).toBe(true);
  expect([...FORBIDDEN].some(Boolean)).toBe(false);
  expect(forbiddenWrites).toBeInstanceOf(Function);
});
