import { handleBatch } from '../../src/destructor/batch.ts';
import type { Report, ReportRow } from '../../src/domain/report.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/domain/time.ts';
import { runAccount } from '../../src/rotation/run-account.ts';
import type { RunRequest } from '../../src/rotation/run-request.ts';

import type { RunOverrides, World } from './world.ts';

/** One run of the rotator; everybody, unless the request is narrower. */
export function rotate(
  world: World,
  request: Partial<RunRequest> = {},
  overrides: RunOverrides = {},
): Promise<Report> {
  const run = world.run(overrides);
  return runAccount({ force: false, dryRun: run.dryRun, ...request }, run);
}

/** One run of the rotator, and the only row of its report. */
export async function rotateOne(
  world: World,
  request: Partial<RunRequest> = {},
  overrides: RunOverrides = {},
): Promise<ReportRow> {
  const { rows } = await rotate(world, request, overrides);
  const [row, ...others] = rows;
  if (!row || others.length > 0) throw new Error(`the report has ${rows.length} rows, not one`);
  return row;
}

/** What an invocation of the destructor did. */
export interface BatchResult {
  readonly rows: readonly ReportRow[];
  /** Sequence numbers that the stream must deliver again. */
  readonly failures: readonly string[];
}

/**
 * One invocation of the destructor with what waits in the stream, and none if nothing waits. As
 * Lambda does, it takes the records up to the first failed one off the stream; if the function
 * fails, none.
 */
export async function destruct(world: World, overrides: RunOverrides = {}): Promise<BatchResult> {
  const Records = world.table.stream;
  if (Records.length === 0) return { rows: [], failures: [] };
  const { rows, failures } = await handleRecords(world, Records, overrides);
  const failed = Records.findIndex(({ dynamodb }) => failures.includes(dynamodb.SequenceNumber));
  world.table.shift(failed < 0 ? Records.length : failed);
  return { rows, failures };
}

/** One invocation of the destructor with these records. */
export async function handleRecords(
  world: World,
  Records: readonly unknown[],
  overrides: RunOverrides = {},
): Promise<BatchResult> {
  const run = world.run(overrides);
  const failures = await handleBatch({ Records }, run);
  return { rows: run.report.rows, failures };
}

/** The TTL service removes what has expired, and the destructor handles it. */
export async function expire(world: World, overrides: RunOverrides = {}): Promise<BatchResult> {
  world.table.expire();
  return destruct(world, overrides);
}

/** One expiry that the destructor handles without a failure, and the only row of its report. */
export async function expireOne(world: World): Promise<ReportRow> {
  const { rows, failures } = await expire(world);
  const [row, ...others] = rows;
  if (!row || others.length > 0 || failures.length > 0) {
    throw new Error(`${rows.length} rows and ${failures.length} failures, not one row`);
  }
  return row;
}

/** The only timer expires on its date. `World.effects` are those of the destructor then. */
export async function dueNow({ world }: { readonly world: World }): Promise<ReportRow> {
  const [timer] = world.timers();
  world.clock.advance((timer?.deleteOnEpochSeconds ?? 0) * SECOND_MS - world.clock.nowMs());
  world.effects.length = 0;
  return expireOne(world);
}

export interface Life {
  readonly days: number;
  /** Hours from one step to the next; 6 unless told, as the schedule's default is. */
  readonly everyHours?: number;
  /** Whether the owners read their mail and change to their newest key; true unless told. */
  readonly ownersAct?: boolean;
  /** Whether TTL and the destructor work; true unless told. */
  readonly expiry?: boolean;
  /** Asked after every step: whether that is enough. */
  readonly until?: () => boolean;
}

/**
 * Lets time pass: at every step timers expire, the rotator runs, and the owners read their mail
 * and use the newest key they know. A function that fails is invoked again at its next time, and
 * leaves its error in `World.crashes`.
 */
export async function live(
  world: World,
  { days, everyHours = 6, ownersAct = true, expiry = true, until }: Life,
): Promise<void> {
  const untilMs = world.clock.nowMs() + days * DAY_MS;
  while (world.clock.nowMs() < untilMs) {
    world.clock.advance(everyHours * HOUR_MS);
    if (expiry) await survive(world, () => expire(world));
    await survive(world, () => rotate(world));
    if (ownersAct) {
      await world.owners.readMail();
      world.owners.useNewestKeys();
    }
    if (until?.()) return;
  }
}

/** Does some work of a function that may fail. */
async function survive(world: World, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    world.crashes.push(error);
  }
}
