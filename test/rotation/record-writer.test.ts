import { beforeEach, describe, expect, it } from '@jest/globals';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { isLeased, LEASE_MS } from '../../src/domain/lease.ts';
import type { StartedRecord } from '../../src/domain/record.ts';
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../../src/domain/time.ts';
import { Conflict, OutOfTime } from '../../src/ports/errors.ts';
import { createRecordWriter, type RecordWriter } from '../../src/rotation/record-writer.ts';
import { startedRecord } from '../support/records.ts';

let world: World;
let writer: RecordWriter;
beforeEach(() => {
  world = createWorld();
  writer = createWriter(HOUR_MS);
});

function createWriter(lifeMs: number): RecordWriter {
  const { journal, clock, deadlineAtMs } = world.run({ lifeMs });
  return createRecordWriter(journal, clock, deadlineAtMs);
}

const options = { ignoreBackOff: false };

function begin(changes: Partial<StartedRecord> = {}): Promise<StartedRecord> {
  const { state, startedAtMs, version, leaseUntilMs, ...draft } = startedRecord(changes);
  return writer.begin(draft, options);
}

describe('to begin', () => {
  it('writes the record with the time and a lease of 20 minutes', async () => {
    const record = await begin();
    const nowMs = world.clock.nowMs();
    expect(record).toMatchObject({
      state: 'STARTED',
      version: 1,
      startedAtMs: nowMs,
      leaseUntilMs: nowMs + 20 * MINUTE_MS,
    });
    expect(world.record(record.userId)).toEqual(record);
  });

  it('is refused while a rotation is open, leased or not', async () => {
    await begin();
    world.clock.advance(HOUR_MS / 2);
    await expect(begin({ rotationId: 'rotation-2' })).rejects.toThrow(Conflict);
    expect(world.record('AIDAALICE')?.rotationId).toBe('rotation-1');
  });

  it('needs a minute of the function', async () => {
    world.clock.advance(HOUR_MS - MINUTE_MS);
    await expect(begin()).resolves.toBeDefined();
    world.clock.advance(1);
    await expect(begin({ userId: 'AIDABOB' })).rejects.toThrow(OutOfTime);
    expect(world.record('AIDABOB')).toBeUndefined();
  });
});

describe('to claim', () => {
  it('writes a new version with a new lease, and changes nothing else', async () => {
    const record = await begin();
    world.clock.advance(LEASE_MS);
    const claimed = await writer.claim(record);
    expect(claimed).toEqual({
      ...record,
      version: 2,
      leaseUntilMs: world.clock.nowMs() + LEASE_MS,
    });
    expect(world.record(record.userId)).toEqual(claimed);
  });

  it('is refused until the lease has run out', async () => {
    const record = await begin();
    world.clock.advance(LEASE_MS - 1);
    expect(isLeased(record, world.clock.nowMs())).toBe(true);
    await expect(writer.claim(record)).rejects.toThrow(
      `another run holds it until ${iso(record.leaseUntilMs)}`,
    );
    world.clock.advance(1);
    expect(isLeased(record, world.clock.nowMs())).toBe(false);
    await expect(writer.claim(record)).resolves.toBeDefined();
  });

  it('is not refused by a lease that ends later than any that is taken now', async () => {
    const record = await begin();
    // A computer whose clock was wrong is believed, if not by more than a day.
    const ahead = { ...record, leaseUntilMs: record.leaseUntilMs + DAY_MS };
    expect(isLeased(ahead, world.clock.nowMs())).toBe(true);
    const edited = { ...record, leaseUntilMs: ahead.leaseUntilMs + 1 };
    expect(isLeased(edited, world.clock.nowMs())).toBe(false);
    await expect(writer.claim(edited)).resolves.toBeDefined();
  });

  it('is refused to all but the first of two', async () => {
    const record = await begin();
    world.clock.advance(LEASE_MS);
    const claims = await Promise.allSettled([writer.claim(record), writer.claim(record)]);
    expect(claims.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(claims[1]).toMatchObject({ reason: { name: 'Conflict', current: { version: 2 } } });
  });

  it('is refused on a record that was read too long ago', async () => {
    const record = await begin();
    world.clock.advance(LEASE_MS);
    const claimed = await writer.claim(record);
    await writer.release(claimed, claimed);
    await expect(writer.claim(record)).rejects.toThrow(Conflict);
  });

  it('is refused on the record of another rotation in the same version', async () => {
    const record = await begin();
    world.putRecord({ ...record, rotationId: 'rotation-9' });
    world.clock.advance(LEASE_MS);
    await expect(writer.claim(record)).rejects.toThrow(Conflict);
  });
});

describe('whoever holds a record', () => {
  it('renews the lease with every step, and gives it back with the last', async () => {
    const record = await begin();
    world.clock.advance(10 * MINUTE_MS);
    const next = await writer.advance<StartedRecord, StartedRecord>(record, record);
    expect(next.leaseUntilMs).toBe(world.clock.nowMs() + LEASE_MS);
    const released = await writer.release<StartedRecord, StartedRecord>(next, next);
    expect(released).toMatchObject({ version: 3, leaseUntilMs: 0 });
    expect(world.record('AIDAALICE')).toEqual(released);
  });

  it('may write even after the lease, as long as nobody else has', async () => {
    const record = await begin();
    world.clock.advance(2 * LEASE_MS);
    const released = writer.release<StartedRecord, StartedRecord>(record, record);
    await expect(released).resolves.toBeDefined();
  });

  it.each([
    ['the lease', 'the lease on the rotation record is nearly over', 19, HOUR_MS],
    ['the function', "the function's time is nearly over", 9, 10 * MINUTE_MS],
  ])('stops when less than a minute of %s is left', async (_, message, minutes, lifeMs) => {
    writer = createWriter(lifeMs);
    const record = await begin();
    world.clock.advance(minutes * MINUTE_MS);
    expect(() => writer.assertTimeLeft(record)).not.toThrow();
    world.clock.advance(1);
    expect(() => writer.assertTimeLeft(record)).toThrow(message);
    expect(() => writer.assertTimeLeft(record)).toThrow(OutOfTime);
  });
});
