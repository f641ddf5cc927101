/**
 * Writes of rotation records: every one is conditional on the version read, and a lease keeps a
 * second run off a record while this one works on it.
 */
import { isLeased, LEASE_MS } from '../domain/lease.ts';
import type { OpenRecord, RotationRecord, StartedRecord, Successor } from '../domain/record.ts';
import { iso, MINUTE_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { Conflict, OutOfTime } from '../ports/errors.ts';
import type { Journal } from '../ports/journal.ts';

/** What must be left of the lease and of the function's time before an effect begins. */
const MARGIN_MS = MINUTE_MS;

/** What a write decides by itself: version and lease. */
export type Draft<R extends RotationRecord> = R extends RotationRecord
  ? Omit<R, 'version' | 'leaseUntilMs'>
  : never;

/** What may be written over an open record while the rotation stays open. */
type OpenSuccessor<R extends OpenRecord> = Extract<Successor<R>, OpenRecord>;

export interface RecordWriter {
  /**
   * To be called before every effect.
   * @throws OutOfTime when less than a minute of the lease or of the function's time is left
   */
  assertTimeLeft(record?: { readonly leaseUntilMs: number }): void;
  /**
   * Opens a rotation and leases it to this run.
   * @throws Conflict when one is open already, or backs off
   */
  begin(
    draft: Omit<Draft<StartedRecord>, 'state' | 'startedAtMs'>,
    options: { readonly ignoreBackOff: boolean },
  ): Promise<StartedRecord>;
  /**
   * Leases an open record to this run.
   * @throws Conflict when another run holds it or has gone on with it
   */
  claim<R extends OpenRecord>(record: R): Promise<R>;
  /** Writes what the record says now, and renews the lease. */
  advance<R extends OpenRecord, N extends OpenSuccessor<R>>(record: R, next: Draft<N>): Promise<N>;
  /** Writes what the record says now, and ends the lease. */
  release<R extends RotationRecord, N extends Successor<R>>(record: R, next: Draft<N>): Promise<N>;
}

/** @param deadlineAtMs when the function is stopped from outside; infinity where nobody does that */
export function createRecordWriter(
  journal: Pick<Journal, 'begin' | 'replace'>,
  clock: Clock,
  deadlineAtMs: number,
): RecordWriter {
  const assertTimeLeft = (leaseUntilMs: number) => {
    if (Math.min(leaseUntilMs, deadlineAtMs) - clock.nowMs() >= MARGIN_MS) return;
    throw new OutOfTime(
      leaseUntilMs < deadlineAtMs
        ? 'the lease on the rotation record is nearly over'
        : "the function's time is nearly over",
    );
  };

  const write = async <R extends RotationRecord, N extends Successor<R>>(
    record: R,
    next: Draft<N>,
    leaseUntilMs: number,
  ): Promise<N> => {
    const written = { ...next, version: record.version + 1, leaseUntilMs } as unknown as N;
    await journal.replace(record, written as Successor<R>);
    return written;
  };

  return {
    assertTimeLeft: (record) => assertTimeLeft(record?.leaseUntilMs ?? Number.POSITIVE_INFINITY),

    async begin(draft, options) {
      assertTimeLeft(Number.POSITIVE_INFINITY);
      const startedAtMs = clock.nowMs();
      const record: StartedRecord = {
        ...draft,
        state: 'STARTED',
        startedAtMs,
        version: 1,
        leaseUntilMs: startedAtMs + LEASE_MS,
      };
      await journal.begin(record, options);
      return record;
    },

    async claim<R extends OpenRecord>(record: R): Promise<R> {
      assertTimeLeft(Number.POSITIVE_INFINITY);
      const nowMs = clock.nowMs();
      if (isLeased(record, nowMs)) {
        throw new Conflict(`another run holds it until ${iso(record.leaseUntilMs)}`, record);
      }
      const claimed: R = { ...record, version: record.version + 1, leaseUntilMs: nowMs + LEASE_MS };
      // Every open state may be written over itself.
      await journal.replace(record, claimed as unknown as Successor<R>);
      return claimed;
    },

    advance: (record, next) => write(record, next, clock.nowMs() + LEASE_MS),
    release: (record, next) => write(record, next, 0),
  };
}
