/** Records and observations as they may be, whether or not anything could have led to them. */
import * as fc from 'fast-check';
import type { AccessKey } from '../../../src/domain/identity.ts';
import type { KeyUse, Look, Observed, PlanPolicy } from '../../../src/domain/plan/types.ts';
import { reason } from '../../../src/domain/reasons.ts';
import type { RotationRecord } from '../../../src/domain/record.ts';
import { type ReportRow, rememberedRow } from '../../../src/domain/report-row.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import {
  cancelledRecord,
  closedRecord,
  deactivatedRecord,
  deliveringRecord,
  STARTED_AT_MS,
  scheduledRecord,
  startedRecord,
  withdrawingRecord,
} from '../../support/records.ts';
import { MANAGED } from './situations.ts';

/** All that could be looked at. */
export interface Truth {
  readonly keys: readonly AccessKey[] | 'no-user';
  readonly uses: Readonly<Record<string, KeyUse>>;
  readonly isNameCurrent: boolean;
  readonly obstacle: string | null;
  readonly hasContentKey: boolean;
  readonly retrievable: boolean;
}

const moment = fc
  .integer({ min: -100 * 24, max: 100 * 24 })
  .map((hours) => STARTED_AT_MS + hours * HOUR_MS);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const keyIds = ['AKIAOLD', 'AKIANEW', 'AKIAOTHER'] as const;
const key: fc.Arbitrary<AccessKey> = fc.record({
  accessKeyId: fc.constantFrom(...keyIds),
  status: fc.constantFrom<AccessKey['status']>('Active', 'Inactive'),
  createdAtMs: moment,
});
const pair: fc.Arbitrary<AccessKey[]> = fc.tuple(key, key).map(([a, b]) => [
  { ...a, accessKeyId: 'AKIAOLD' },
  { ...b, accessKeyId: 'AKIANEW' },
]);
const keys = fc.oneof(
  { weight: 3, arbitrary: pair },
  {
    weight: 2,
    arbitrary: fc.uniqueArray(key, { maxLength: 2, selector: ({ accessKeyId }) => accessKeyId }),
  },
);
const use: fc.Arbitrary<KeyUse> = fc.oneof(
  fc.constant<KeyUse>({ kind: 'found', userName: 'alice' }),
  moment.map((lastUsedAtMs): KeyUse => ({ kind: 'found', userName: 'alice', lastUsedAtMs })),
  fc.constantFrom<KeyUse>({ kind: 'gone' }, { kind: 'hidden' }),
);

const truth: fc.Arbitrary<Truth> = fc.record({
  keys: fc.oneof({ weight: 9, arbitrary: keys }, { weight: 1, arbitrary: fc.constant('no-user') }),
  uses: fc.record({ AKIAOLD: use, AKIANEW: use, AKIAOTHER: use }),
  isNameCurrent: fc.boolean(),
  obstacle: fc.constantFrom(null, null, 'sandbox'),
  hasContentKey: fc.boolean(),
  retrievable: fc.boolean(),
}) as fc.Arbitrary<Truth>;

const row: fc.Arbitrary<ReportRow> = fc.array(
  fc
    .record({ active: fc.boolean(), changedAtMs: moment, lastUsedAtMs: maybe(moment) })
    .map(({ lastUsedAtMs, ...slot }) => ({
      ...slot,
      ...(lastUsedAtMs !== undefined && { lastUsedAtMs }),
    })),
  { maxLength: 2 },
);

/** Only what has a value. */
function defined<T extends object>(of: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(of).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

const common = fc.record({
  leaseUntilMs: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, moment),
  failures: fc.nat({ max: 5 }),
});
const dates = fc.record({
  deleteOnMs: moment,
  deactivateOnMs: maybe(moment),
  requireNewKeyUsed: fc.boolean(),
  maxKeyAgeDays: fc.constantFrom(1, 90, 10_000),
  oldKeyCreatedAtMs: moment,
  newKeyCreatedAtMs: moment,
  remindedAtMs: maybe(moment),
  oldKeyGoneAtMs: maybe(moment),
});
const attempts = fc.record({
  attempts: fc.integer({ min: 1, max: 4 }),
  failedAttempts: fc.nat({ max: 4 }),
  firstAttemptAtMs: moment,
  givenUpAtMs: maybe(moment),
  newKeyDeactivatedAtMs: maybe(moment),
  retryNotBeforeMs: maybe(moment),
});

/** A record in any state; its snapshot is added by `situation`. */
const record: fc.Arbitrary<RotationRecord | undefined> = fc
  .tuple(common, dates, attempts)
  .chain(([of, at, tried]) => {
    const { remindedAtMs, oldKeyGoneAtMs, ...promised } = at;
    const delivered = defined({ ...of, ...at });
    const { deactivateOnMs, ...untold } = promised;
    const { oldKeyCreatedAtMs, newKeyCreatedAtMs } = untold;
    const late = { ...delivered, deleteOnMs: STARTED_AT_MS - 100 * DAY_MS };
    return fc.constantFrom<RotationRecord | undefined>(
      scheduledRecord(late),
      deactivatedRecord(late),
      undefined,
      startedRecord({ ...of, oldKeyCreatedAtMs, startedAtMs: newKeyCreatedAtMs }),
      deliveringRecord(defined({ ...of, ...promised, ...tried })),
      withdrawingRecord({ ...of, oldKeyCreatedAtMs, newKeyCreatedAtMs }),
      scheduledRecord(delivered),
      deactivatedRecord(delivered),
      cancelledRecord(defined({ ...of, ...promised, deactivateOnMs })),
      closedRecord({ ...of, retryNotBeforeMs: tried.firstAttemptAtMs }),
      closedRecord({ ...of, outcome: 'seen' }),
    );
  });

const policy: fc.Arbitrary<PlanPolicy> = fc.record({
  reading: fc.constantFrom<PlanPolicy['reading']>(
    ...Array<PlanPolicy['reading']>(6).fill(MANAGED.reading),
    { kind: 'unmanaged' },
    { kind: 'invalid', problems: ['IKR:EMAIL is wrong'] },
  ),
  force: fc.boolean(),
});

const timer: fc.Arbitrary<Observed['timer']> = fc.oneof(
  fc.constant<Observed['timer']>('none'),
  fc
    .record({ rotationId: fc.constantFrom(undefined, 'rotation-1'), vetoed: fc.boolean() })
    .map(({ rotationId, vetoed }) => ({
      userId: 'AIDAALICE',
      oldKeyId: 'AKIAOLD',
      deleteOnEpochSeconds: 1,
      ...(rotationId !== undefined && { rotationId }),
      ...(vetoed && { vetoed }),
    })),
);

/** What a run may have done before it plans. */
const done = fc.constantFrom<Observed['done']>(
  ...Array<Observed['done']>(24).fill({}),
  { claimed: true },
  { claimed: true, begun: true },
  { claimed: true, begun: true, prepared: true },
  { claimed: true, blocked: reason('resting') },
  { claimed: true, notCreated: { throttled: true, message: 'no' } },
  { claimed: true, attempting: true },
  { claimed: true, answer: { kind: 'accepted' } },
  { claimed: true, answer: { kind: 'not-now', reason: 'busy' } },
  { claimed: true, answer: { kind: 'refused', reason: 'no mailbox' } },
  { claimed: true, answer: { kind: 'unknown', reason: 'time-out' } },
  { claimed: true, reactivated: true },
  { claimed: true, newKeyUnknown: true },
);

export interface AnySituation {
  readonly record: RotationRecord | undefined;
  readonly observed: Observed;
  readonly policy: PlanPolicy;
  readonly truth: Truth;
  readonly nowMs: number;
}

export const situation: fc.Arbitrary<AnySituation> = fc
  .record({
    record,
    policy,
    truth,
    nowMs: moment,
    by: fc.constantFrom<Observed['by']>('rotator', 'destructor'),
    user: fc.constantFrom<Observed['user']>('listed', 'listed', 'listed', 'missing'),
    timer,
    done,
    reportRow: maybe(row),
    isFirstSight: fc.boolean(),
    isRemembered: fc.boolean(),
    address: fc.constantFrom(undefined, undefined, 'alice@example.com', 'other@example.com'),
  })
  .map(({ record: kept, policy: holds, truth: facts, nowMs, ...seen }) => {
    const { reportRow, address, isRemembered, user, ...rest } = seen;
    const isSnapshot = isRemembered && reportRow && facts.keys !== 'no-user';
    const keySnapshot = isSnapshot && {
      keys: [...(facts.keys as readonly AccessKey[])],
      reportRow: rememberedRow(reportRow),
    };
    return {
      record: kept && keySnapshot ? { ...kept, keySnapshot } : kept,
      policy: holds,
      truth: facts,
      nowMs,
      observed: {
        ...rest,
        // An expired timer is what wakes the destructor.
        ...(rest.by === 'destructor'
          ? { user: 'not-read' as const, timer: vetoed(rest.timer) ? rest.timer : 'expired' }
          : { user }),
        uses: {},
        ...(reportRow && { reportRow }),
        ...(address && { targetToday: { kind: 'mail', address, form: 'sealed' } as const }),
      },
    };
  });

function vetoed(of: Observed['timer']): boolean {
  return typeof of === 'object' && of.vetoed === true;
}

/** The observation with one more fact. */
export function lookedAt(observed: Observed, look: Look, of: AnySituation): Observed {
  const { keys: listed, uses, isNameCurrent, obstacle, hasContentKey, retrievable } = of.truth;
  switch (look.at) {
    case 'keys':
      return {
        ...observed,
        keys: listed === 'no-user' ? listed : { keys: listed, listedAtMs: of.nowMs },
      };
    case 'use':
      return {
        ...observed,
        uses: { ...observed.uses, [look.keyId]: uses[look.keyId] ?? { kind: 'gone' } },
      };
    case 'name':
      return { ...observed, isNameCurrent };
    case 'obstacle':
      return { ...observed, obstacle };
    case 'content-key':
      return { ...observed, hasContentKey };
    case 'retrievable':
      return { ...observed, retrievable };
  }
}
