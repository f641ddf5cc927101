/** Factories for rotation records: a valid one, with whatever a test cares about. */
import type {
  ClosedRecord,
  DeactivatedRecord,
  DeliveringRecord,
  ScheduledRecord,
  StartedRecord,
} from '../../src/domain/record.ts';
import { DAY_MS } from '../../src/domain/time.ts';

export const STARTED_AT_MS = Date.UTC(2026, 5, 1);

const base = {
  userId: 'AIDAALICE',
  userName: 'alice',
  userArn: 'arn:aws:iam::123456789012:user/alice',
  address: 'alice@example.com',
  rotationId: 'rotation-1',
  version: 1,
  startedAtMs: STARTED_AT_MS,
  leaseUntilMs: 0,
  failures: 0,
  oldKeyId: 'AKIAOLD',
  oldKeyCreatedAtMs: STARTED_AT_MS - 80 * DAY_MS,
  parameterName: '/ikr/secret/iam/alice',
};

const withNewKey = {
  ...base,
  newKeyId: 'AKIANEW',
  newKeyCreatedAtMs: STARTED_AT_MS + 1000,
  sealed: 'header..iv.ciphertext.tag',
  instructions: '',
  deleteOnMs: STARTED_AT_MS + 7 * DAY_MS,
};

export function startedRecord(with_: Partial<StartedRecord> = {}): StartedRecord {
  return { ...base, state: 'STARTED', seenKeyIds: ['AKIAOLD'], ...with_ };
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

export function closedRecord(with_: Partial<ClosedRecord> = {}): ClosedRecord {
  return {
    ...base,
    state: 'CLOSED',
    closedAtMs: STARTED_AT_MS + 7 * DAY_MS,
    outcome: 'failed',
    reason: 'the mail was refused',
    retryNotBeforeMs: 0,
    ...with_,
  };
}
