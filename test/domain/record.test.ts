import { describe, expect, it } from '@jest/globals';
import {
  isOpen,
  isTimerOf,
  nextStepAtMs,
  type RotationRecord,
  recordSchema,
  type Timer,
} from '../../src/domain/record.ts';
import { DAY_MS, LATEST_MS } from '../../src/domain/time.ts';
import {
  cancelledRecord,
  closedRecord,
  deactivatedRecord,
  deliveringRecord,
  STARTED_AT_MS,
  scheduledRecord,
  startedRecord,
  withdrawingRecord,
} from '../support/records.ts';

/** One of each state, with nothing in it that could be left out. */
const RECORDS: readonly RotationRecord[] = [
  startedRecord(),
  deliveringRecord(),
  withdrawingRecord(),
  scheduledRecord(),
  deactivatedRecord(),
  cancelledRecord(),
  closedRecord(),
];
/** A closed record of a user without any rotation names no keys. */
const OPTIONAL_IN_CLOSED = ['oldKeyId', 'oldKeyCreatedAtMs'];

const BY_STATE = RECORDS.map((record) => [record.state, record] as const);
const FIELDS = RECORDS.flatMap((record) =>
  Object.keys(record)
    .filter((field) => record.state !== 'CLOSED' || !OPTIONAL_IN_CLOSED.includes(field))
    .map((field) => [record.state, field, record] as const),
);

/** The names of the fields that are wrong. */
function wrong(record: object): readonly string[] {
  const parsed = recordSchema.safeParse(record);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
}

describe('the schema of a record', () => {
  it.each(BY_STATE)('reads back what was written (%s)', (_, record) => {
    expect(recordSchema.parse(structuredClone(record))).toEqual(record);
  });

  it.each(FIELDS)('needs, in state %s, the field %s', (_, field, record) => {
    const { [field as keyof RotationRecord]: missing, ...rest } = record;
    expect(missing).toBeDefined();
    expect(wrong(rest)).toEqual([field]);
  });

  it.each(BY_STATE)('refuses a record of another schema (%s)', (_, record) => {
    for (const schema of [0, 2, '1', null])
      expect(wrong({ ...record, schema })).toEqual(['schema']);
  });

  it.each(['', 'ROTATING', 'scheduled', 'constructor', null])('knows no state %j', (state) => {
    expect(recordSchema.safeParse({ ...scheduledRecord(), state }).success).toBe(false);
  });

  it('keeps nothing that a state does not have', () => {
    const { sealed } = scheduledRecord();
    const { parameterName } = startedRecord();
    const closed = recordSchema.parse({ ...closedRecord(), sealed, parameterName });
    expect(closed).not.toHaveProperty('sealed');
    expect(closed).not.toHaveProperty('parameterName');
    expect(recordSchema.parse({ ...withdrawingRecord(), sealed })).not.toHaveProperty('sealed');
  });

  it.each([
    ['another user', '/ikr/secret/iam/alice/AIDABOB'],
    ['another user of that name', '/ikr/secret/iam/AIDAALICE/AIDABOB'],
    ['nobody', '/ikr/secret/iam/alice'],
    ['somebody else entirely', '/prod/password'],
    ['a path out of the prefix', '/ikr/secret/iam/../../prod/AIDAALICE'],
    ['a path below', '/ikr/secret/iam/alice/AIDAALICE/more'],
    ['another prefix', '/ikr/secret/iamx/alice/AIDAALICE'],
    ['a name that is not encoded', '/ikr/secret/iam/a+b/AIDAALICE'],
  ])('refuses the parameter of %s', (_, parameterName) => {
    for (const [state, record] of BY_STATE) {
      if (state === 'CLOSED') continue;
      expect(wrong({ ...record, parameterName })).toEqual(['parameterName']);
    }
  });

  it("takes the user's own parameter under a former name", () => {
    expect(
      wrong(scheduledRecord({ parameterName: '/ikr/secret/iam/al_x2B_ice/AIDAALICE' })),
    ).toEqual([]);
  });

  it.each([
    ['deleteOnMs', -1],
    ['deleteOnMs', LATEST_MS + 1],
    ['leaseUntilMs', Number.NaN],
    ['version', 1.5],
    ['failures', -1],
    ['maxKeyAgeDays', 1e9],
    ['oldKeyId', 'AKIA/rotation'],
    ['newKeyId', ''],
    ['requireNewKeyUsed', 'true'],
  ])('refuses what no run could have written: %s = %p', (field, value) => {
    expect(wrong({ ...scheduledRecord(), [field]: value })).toEqual([field]);
  });

  it('refuses a target of a kind or form that it does not know', () => {
    const address = 'alice@example.com';
    for (const target of [
      { kind: 'fax', address },
      { kind: 'mail', address, form: 'zip' },
      { kind: 'mail', form: 'sealed' },
      address,
    ]) {
      expect(recordSchema.safeParse({ ...scheduledRecord(), target }).success).toBe(false);
    }
  });
});

describe('a record', () => {
  it('is open in every state but CLOSED', () => {
    expect(RECORDS.filter(isOpen).map(({ state }) => state)).toEqual([
      'STARTED',
      'DELIVERING',
      'WITHDRAWING',
      'SCHEDULED',
      'DEACTIVATED',
      'CANCELLED',
    ]);
    expect(isOpen(undefined)).toBe(false);
  });

  it('has its next step at the deactivation, then at the deletion', () => {
    const deactivateOnMs = STARTED_AT_MS + 3 * DAY_MS;
    const deleteOnMs = STARTED_AT_MS + 7 * DAY_MS;
    expect(nextStepAtMs(scheduledRecord({ deactivateOnMs }))).toBe(deactivateOnMs);
    expect(nextStepAtMs(scheduledRecord())).toBe(deleteOnMs);
    expect(nextStepAtMs(deactivatedRecord({ deactivateOnMs }))).toBe(deleteOnMs);
  });

  it('knows its own timer by user, old key and rotation', () => {
    const record = scheduledRecord();
    const timer: Timer = {
      userId: 'AIDAALICE',
      oldKeyId: 'AKIAOLD',
      rotationId: 'rotation-1',
      deleteOnEpochSeconds: 1,
    };
    expect(isTimerOf(timer, record)).toBe(true);
    for (const other of [
      { userId: 'AIDABOB' },
      { oldKeyId: 'AKIANEW' },
      { rotationId: 'rotation-0' },
    ]) {
      expect(isTimerOf({ ...timer, ...other }, record)).toBe(false);
    }
    // Made by hand.
    const { rotationId, ...nameless } = timer;
    expect(rotationId).toBeDefined();
    expect(isTimerOf(nameless, record)).toBe(true);
  });
});
