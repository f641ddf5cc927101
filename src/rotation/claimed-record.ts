/**
 * A rotation record that this run holds: nobody else goes on with it while the lease lasts.
 */
import type {
  ClosedRecord,
  HistoryItem,
  OpenRecord,
  Outcome,
  RotationRecord,
  StartedRecord,
} from '../domain/record.ts';
import { CLOCK_SKEW_MS, iso, MINUTE_MS } from '../domain/time.ts';
import type { ContentKeys } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import { Conflict, OutOfTime } from '../ports/errors.ts';
import type { Journal } from '../ports/journal.ts';

/** Longer than a Lambda lives (15 minutes), so that a lease that ran out belongs to nobody. */
export const LEASE_MS = 20 * MINUTE_MS;
/** What must be left of the lease and of the function's time before an effect begins. */
const MARGIN_MS = MINUTE_MS;

export interface HoldPorts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly parameters: ContentKeys;
  /** When the function is stopped from outside. */
  readonly deadlineAtMs: number;
}

/** What a write decides by itself: version and lease. */
type Draft<R extends RotationRecord> = R extends RotationRecord
  ? Omit<R, 'version' | 'leaseUntilMs'>
  : never;

/**
 * Whether somebody may still be at work on the record. A lease that ends later than any that is taken
 * now is a hand's or a wrong clock's work, and keeps nobody off.
 */
export function isLeased({ leaseUntilMs }: RotationRecord, nowMs: number): boolean {
  return leaseUntilMs > nowMs && leaseUntilMs <= nowMs + LEASE_MS + CLOCK_SKEW_MS;
}

export class Held<R extends OpenRecord> {
  readonly record: R;
  readonly #ports: HoldPorts;

  private constructor(record: R, ports: HoldPorts) {
    this.record = record;
    this.#ports = ports;
  }

  /**
   * Opens a rotation and holds it.
   * @throws Conflict when one is open already, or backs off
   */
  static async begin(
    draft: Omit<Draft<StartedRecord>, 'state' | 'startedAtMs'>,
    ports: HoldPorts,
    options: { readonly ignoreBackOff: boolean },
  ): Promise<Held<StartedRecord>> {
    assertTimeLeft(Number.POSITIVE_INFINITY, ports);
    const startedAtMs = ports.clock.nowMs();
    const record: StartedRecord = {
      ...draft,
      state: 'STARTED',
      startedAtMs,
      version: 1,
      leaseUntilMs: startedAtMs + LEASE_MS,
    };
    await ports.journal.begin(record, options);
    return new Held(record, ports);
  }

  /**
   * Takes a lease on an open record.
   * @throws Conflict when somebody else holds it or has gone on with it
   */
  static async claim<R extends OpenRecord>(record: R, ports: HoldPorts): Promise<Held<R>> {
    assertTimeLeft(Number.POSITIVE_INFINITY, ports);
    if (isLeased(record, ports.clock.nowMs())) {
      throw new Conflict(`another run holds it until ${iso(record.leaseUntilMs)}`, record);
    }
    return new Held(record, ports).advance<R>(record as unknown as Draft<R>);
  }

  /**
   * To be called before every effect.
   * @throws OutOfTime when less than a minute of the lease or of the function's time is left
   */
  assertTimeLeft(): void {
    assertTimeLeft(this.record.leaseUntilMs, this.#ports);
  }

  /** Writes what the record says now, and renews the lease. */
  async advance<N extends OpenRecord>(next: Draft<N>): Promise<Held<N>> {
    return new Held(await this.#write<N>(next, this.#ports.clock.nowMs() + LEASE_MS), this.#ports);
  }

  /** Writes the last thing that this run has to say, and lets the next one at it. */
  async release<N extends OpenRecord>(next: Draft<N>): Promise<N> {
    return this.#write<N>(next, 0);
  }

  /**
   * Ends the rotation: the content key goes, the history is written, the record closes. Each step
   * may be repeated by the run that finds the record still open.
   */
  async close(end: {
    readonly outcome: Outcome;
    readonly reason: string;
    readonly newKeyId?: string;
    readonly failures?: number;
    readonly retryNotBeforeMs?: number;
  }): Promise<ClosedRecord> {
    const { journal, parameters, clock } = this.#ports;
    const { userId, userName, userArn, address, rotationId, startedAtMs } = this.record;
    const { oldKeyId, oldKeyCreatedAtMs, parameterName } = this.record;

    this.assertTimeLeft();
    await parameters.remove(parameterName, rotationId);

    const closedAtMs = clock.nowMs();
    const facts = {
      userId,
      userName,
      userArn,
      rotationId,
      startedAtMs,
      closedAtMs,
      outcome: end.outcome,
      reason: end.reason,
      oldKeyId,
      oldKeyCreatedAtMs,
      ...(end.newKeyId !== undefined && { newKeyId: end.newKeyId }),
    } satisfies HistoryItem;
    await journal.addHistory(facts);
    return this.#write<ClosedRecord>(
      {
        ...facts,
        state: 'CLOSED',
        address,
        parameterName,
        ...('newKeyCreatedAtMs' in this.record && {
          newKeyCreatedAtMs: this.record.newKeyCreatedAtMs,
        }),
        failures: end.failures ?? 0,
        retryNotBeforeMs: end.retryNotBeforeMs ?? 0,
      },
      0,
    );
  }

  async #write<N extends RotationRecord>(next: Draft<N>, leaseUntilMs: number): Promise<N> {
    const written = { ...next, version: this.record.version + 1, leaseUntilMs } as unknown as N;
    await this.#ports.journal.replace(this.record, written);
    return written;
  }
}

function assertTimeLeft(leaseUntilMs: number, { clock, deadlineAtMs }: HoldPorts): void {
  const leftMs = Math.min(leaseUntilMs, deadlineAtMs) - clock.nowMs();
  if (leftMs < MARGIN_MS) {
    throw new OutOfTime(
      leaseUntilMs < deadlineAtMs
        ? 'the lease on the rotation record is nearly over'
        : "the function's time is nearly over",
    );
  }
}
