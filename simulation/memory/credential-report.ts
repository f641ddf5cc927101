import type { AccessKey } from '../../src/domain/identity.ts';
import type { ReportedKey, ReportRow, ReportRows } from '../../src/domain/report-row.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** What the report tells of a key. */
interface KeyFacts {
  readonly status: AccessKey['status'];
  /** By IAM's clock: when it was created, or its status changed. */
  readonly changedAtMs: number;
  readonly usedAtMs: readonly number[];
}

/** Users by their ARN, with their keys. */
export type KeysByArn = ReadonlyMap<string, readonly KeyFacts[]>;

interface ReportOptions {
  /** How long a report is handed out before IAM makes another; 4 hours in reality. */
  readonly maxAgeMs: number;
  /** A use of a key is told this much later. */
  readonly lastUsedLagMs: number;
}

/** IAM's credential report: as it was when it was made, until it is too old. */
export class MemoryCredentialReport {
  readonly #clock: Clock;
  readonly #options: ReportOptions;
  #made: { readonly atMs: number; readonly rows: ReportRows } | undefined;

  constructor(clock: Clock, options: ReportOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** @param read asked only when IAM makes another report */
  rows(read: () => KeysByArn): ReportRows {
    const nowMs = this.#clock.nowMs();
    if (!this.#made || this.#made.atMs + this.#options.maxAgeMs <= nowMs) {
      const rows = [...read()].map(([arn, keys]) => [arn, this.#row(keys, nowMs)] as const);
      this.#made = { atMs: nowMs, rows: new Map(rows) };
    }
    return this.#made.rows;
  }

  #row(keys: readonly KeyFacts[], nowMs: number): ReportRow {
    const knownAtMs = nowMs - this.#options.lastUsedLagMs;
    return keys.map(({ status, changedAtMs, usedAtMs }): ReportedKey => {
      const lastUsedAtMs = usedAtMs.findLast((atMs) => atMs <= knownAtMs);
      return {
        active: status === 'Active',
        changedAtMs,
        ...(lastUsedAtMs !== undefined && { lastUsedAtMs }),
      };
    });
  }
}
