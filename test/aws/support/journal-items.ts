/** Any record, timer and history item that the journal can hold. */
import fc from 'fast-check';
import { contentKeyNameOf } from '../../../src/domain/content-key-name.ts';
import {
  type HistoryItem,
  type Outcome,
  RECORD_SCHEMA,
  type RecordIn,
  type RotationRecord,
  type State,
  type Timer,
} from '../../../src/domain/record.ts';
import type { Target } from '../../../src/domain/target.ts';
import { LATEST_MS } from '../../../src/domain/time.ts';

const atMs = fc.integer({ min: 0, max: LATEST_MS });
const count = fc.nat();
const text = fc.string({ unit: 'grapheme' });
const keyId = fc.stringMatching(/^[A-Z0-9]{16,20}$/);
const userName = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
const outcome = fc.constantFrom<Outcome>(
  'completed',
  'failed',
  'postponed',
  'undone',
  'cancelled',
  'user-gone',
  'unused',
  'seen',
);
const someReason = fc.record(
  { code: text, details: fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.oneof(text, count)) },
  { requiredKeys: ['code'], noNullPrototype: true },
);
const target: fc.Arbitrary<Target> = fc.record(
  {
    kind: fc.constant('mail'),
    address: text,
    form: fc.constantFrom('sealed', 'plaintext'),
  },
  { noNullPrototype: true },
);
const accessKey = fc.record(
  {
    accessKeyId: keyId,
    status: fc.constantFrom('Active', 'Inactive'),
    createdAtMs: atMs,
  },
  { noNullPrototype: true },
);
const keySnapshot = fc.record(
  { keys: fc.array(accessKey, { maxLength: 2 }), reportRow: text },
  { requiredKeys: ['keys'], noNullPrototype: true },
);

export const accountId = fc.stringMatching(/^\d{12}$/);
const userId = fc.stringMatching(/^AIDA[A-Z0-9]{12,17}$/);

/** The attributes that may be missing. */
export const OPTIONAL: Readonly<Record<State | 'history', readonly string[]>> = {
  STARTED: ['keySnapshot'],
  DELIVERING: [
    'keySnapshot',
    'deactivateOnMs',
    'givenUpAtMs',
    'newKeyDeactivatedAtMs',
    'retryNotBeforeMs',
  ],
  WITHDRAWING: ['keySnapshot'],
  SCHEDULED: ['keySnapshot', 'deactivateOnMs', 'remindedAtMs', 'oldKeyGoneAtMs'],
  DEACTIVATED: ['keySnapshot', 'deactivateOnMs', 'remindedAtMs', 'oldKeyGoneAtMs'],
  CANCELLED: ['keySnapshot', 'deactivateOnMs'],
  CLOSED: ['keySnapshot', 'oldKeyId', 'oldKeyCreatedAtMs', 'newKeyId', 'newKeyCreatedAtMs'],
  history: ['newKeyId'],
};

const subject = {
  schema: fc.constant(RECORD_SCHEMA),
  accountId,
  userId,
  userName,
  userArn: text,
  rotationId: text,
  version: count,
  leaseUntilMs: atMs,
  failures: count,
  keySnapshot,
};
const rotation = {
  ...subject,
  startedAtMs: atMs,
  oldKeyId: keyId,
  oldKeyCreatedAtMs: atMs,
  parameterName: fc.constant(''),
  target,
};
const withNewKey = {
  ...rotation,
  newKeyId: keyId,
  newKeyCreatedAtMs: atMs,
  sealed: text,
  instructions: text,
  deactivateOnMs: atMs,
  deleteOnMs: atMs,
  requireNewKeyUsed: fc.boolean(),
  maxKeyAgeDays: count.map((days) => days % 1000),
};
const delivered = { ...withNewKey, deliveredAtMs: atMs, remindedAtMs: atMs, oldKeyGoneAtMs: atMs };

type Model = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Any object of these attributes, the optional ones there or not. */
function some<T>(model: Model, optional: readonly string[]): fc.Arbitrary<T> {
  const requiredKeys = Object.keys(model).filter((name) => !optional.includes(name));
  return fc.record(model, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** Any record in a state; the parameter is the user's own. */
function recordIn<S extends State>(state: S, model: Model): fc.Arbitrary<RecordIn<S>> {
  return some<RecordIn<S>>({ ...model, state: fc.constant(state) }, OPTIONAL[state]).map(
    (record) =>
      'parameterName' in record
        ? { ...record, parameterName: contentKeyNameOf(record.userName, record.userId) }
        : record,
  );
}

export const states: { readonly [S in State]: fc.Arbitrary<RecordIn<S>> } = {
  STARTED: recordIn('STARTED', {
    ...rotation,
    seenKeyIds: fc.array(keyId),
    earlierRotationIds: fc.array(text),
  }),
  DELIVERING: recordIn('DELIVERING', {
    ...withNewKey,
    attempts: count,
    failedAttempts: count,
    firstAttemptAtMs: atMs,
    givenUpAtMs: atMs,
    newKeyDeactivatedAtMs: atMs,
    retryNotBeforeMs: atMs,
  }),
  WITHDRAWING: recordIn('WITHDRAWING', {
    ...rotation,
    newKeyId: keyId,
    newKeyCreatedAtMs: atMs,
    reason: someReason,
  }),
  SCHEDULED: recordIn('SCHEDULED', delivered),
  DEACTIVATED: recordIn('DEACTIVATED', { ...delivered, deactivatedAtMs: atMs }),
  CANCELLED: recordIn('CANCELLED', { ...withNewKey, cancelledAtMs: atMs, reason: someReason }),
  CLOSED: recordIn('CLOSED', {
    ...subject,
    closedAtMs: atMs,
    outcome,
    reason: someReason,
    retryNotBeforeMs: atMs,
    oldKeyId: keyId,
    oldKeyCreatedAtMs: atMs,
    newKeyId: keyId,
    newKeyCreatedAtMs: atMs,
  }),
};

export const someRecord: fc.Arbitrary<RotationRecord> = fc.oneof(...Object.values(states));

export const someTimer: fc.Arbitrary<Timer> = some(
  {
    userId,
    oldKeyId: keyId,
    deleteOnEpochSeconds: count,
    rotationId: text,
    vetoed: fc.constant(true),
  },
  ['rotationId', 'vetoed'],
);

export const someHistory: fc.Arbitrary<HistoryItem> = some(
  {
    accountId,
    userId,
    userName: text,
    userArn: text,
    rotationId: text,
    startedAtMs: atMs,
    closedAtMs: atMs,
    outcome,
    reason: someReason,
    oldKeyId: text,
    newKeyId: text,
    oldKeyCreatedAtMs: atMs,
  },
  OPTIONAL.history,
);
