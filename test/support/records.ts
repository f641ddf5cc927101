/** Factories for rotation records: a valid one, with whatever a test cares about. */
import {
  type CancelledRecord,
  type ClosedRecord,
  type DeactivatedRecord,
  type DeliveringRecord,
  RECORD_SCHEMA,
  type ScheduledRecord,
  type StartedRecord,
  type WithdrawingRecord,
} from '../../src/domain/record.ts';
import { DAY_MS } from '../../src/domain/time.ts';

export const STARTED_AT_MS = Date.UTC(2026, 5, 1);

const base = {
  schema: RECORD_SCHEMA,
  accountId: '123456789012',
  userId: 'AIDAALICE',
  userName: 'alice',
  userArn: 'arn:aws:iam::123456789012:user/alice',
  rotationId: 'rotation-1',
  version: 1,
  startedAtMs: STARTED_AT_MS,
  leaseUntilMs: 0,
  failures: 0,
  target: { kind: 'mail', address: 'alice@example.com', form: 'sealed' },
  oldKeyId: 'AKIAOLD',
  oldKeyCreatedAtMs: STARTED_AT_MS - 80 * DAY_MS,
  parameterName: '/ikr/secret/iam/alice/AIDAALICE',
} as const;

const withNewKey = {
  ...base,
  newKeyId: 'AKIANEW',
  newKeyCreatedAtMs: STARTED_AT_MS + 1000,
  sealed: 'header..iv.ciphertext.tag',
  instructions: '',
  deleteOnMs: STARTED_AT_MS + 7 * DAY_MS,
  requireNewKeyUsed: true,
  maxKeyAgeDays: 90,
};

export function startedRecord(with_: Partial<StartedRecord> = {}): StartedRecord {
  return { ...base, state: 'STARTED', seenKeyIds: ['AKIAOLD'], earlierRotationIds: [], ...with_ };
}

export function deliveringRecord(with_: Partial<DeliveringRecord> = {}): DeliveringRecord {
  return {
    ...withNewKey,
    state: 'DELIVERING',
    attempts: 1,
    failedAttempts: 0,
    firstAttemptAtMs: STARTED_AT_MS + 2000,
    ...with_,
  };
}

export function scheduledRecord(with_: Partial<ScheduledRecord> = {}): ScheduledRecord {
  return { ...withNewKey, state: 'SCHEDULED', deliveredAtMs: STARTED_AT_MS + 3000, ...with_ };
}

export function deactivatedRecord(with_: Partial<DeactivatedRecord> = {}): DeactivatedRecord {
  return {
    ...withNewKey,
    state: 'DEACTIVATED',
    deliveredAtMs: STARTED_AT_MS + 3000,
    deactivatedAtMs: STARTED_AT_MS + 3 * DAY_MS,
    ...with_,
  };
}

export function cancelledRecord(with_: Partial<CancelledRecord> = {}): CancelledRecord {
  return {
    ...withNewKey,
    state: 'CANCELLED',
    cancelledAtMs: STARTED_AT_MS + 2 * DAY_MS,
    reason: { code: 'timer-removed' },
    ...with_,
  };
}

export function withdrawingRecord(with_: Partial<WithdrawingRecord> = {}): WithdrawingRecord {
  const { newKeyId, newKeyCreatedAtMs } = withNewKey;
  return {
    ...base,
    newKeyId,
    newKeyCreatedAtMs,
    state: 'WITHDRAWING',
    reason: { code: 'delivery-refused', details: { to: 'alice@example.com', why: 'no mailbox' } },
    ...with_,
  };
}

export function closedRecord(with_: Partial<ClosedRecord> = {}): ClosedRecord {
  const { parameterName, target, startedAtMs, ...closed } = base;
  return {
    ...closed,
    state: 'CLOSED',
    closedAtMs: STARTED_AT_MS + 7 * DAY_MS,
    outcome: 'failed',
    reason: { code: 'undeliverable' },
    retryNotBeforeMs: 0,
    ...with_,
  };
}
